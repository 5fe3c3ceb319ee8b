import { expect, test } from 'vitest';
import type { Blocker } from '../../src/domain/activation.ts';
import { blockerInWords } from '../../src/console/change/blocker-words.ts';
import { danishBlockers } from '../../src/console/change/blockers-da.ts';
import { durationInWords } from '../../src/console/numbers.ts';

const COPENHAGEN = { id: 'c', product: 'truetalk', timeZone: 'Europe/Copenhagen' };

const BLOCKERS: readonly Blocker[] = [
  { code: 'not-announced', status: 'activated' },
  { code: 'announcement-held', heldUntil: '2026-03-02T10:00:00.000Z' },
  { code: 'notices-being-written', count: 2 },
  { code: 'controllers-not-notified', count: 1, controllers: ['kunde-1'] },
  { code: 'contacts-untold', count: 7, controllers: ['1', '2', '3', '4', '5', '6', '7'] },
  { code: 'objection-windows-open', count: 100_000, lastDeadline: '2026-03-12T23:00:00.000Z' },
  { code: 'objections-pending', count: 1, objections: ['o'] },
  { code: 'answers-unread', count: 2, answers: ['a', 'b'] },
  { code: 'mails-being-read', count: 1 },
  { code: 'counts-disagree' },
  { code: 'planned-date-not-reached', plannedActivationOn: '2026-03-13' },
  { code: 'wording-unconfirmed', texts: ['processing', 'personalData'] },
  { code: 'upstream-not-effective', effectiveOn: '2026-04-01' },
  {
    code: 'register-changed',
    differences: [{ entry: null, company: 'Gintel AS', element: 'company', expected: 'Gintel AS', found: null }],
  },
  { code: 'nobody-to-activate' },
  { code: 'approvals-missing', count: 3, controllers: ['kunde-1', 'kunde-2', 'kunde-3'] },
  { code: 'approvals-not-effective-yet', count: 1, earliestAt: null },
  { code: 'authority-unconfirmed', count: 1, approvals: ['p'] },
];

test('the examples are of every blocker', () => {
  expect(BLOCKERS.map(({ code }) => code).toSorted()).toEqual(Object.keys(danishBlockers).toSorted());
});

test.each(BLOCKERS)('$code says what it is and what to do, in both languages', (blocker) => {
  const [danish, english] = (['da', 'en'] as const).map((language) => blockerInWords(blocker, COPENHAGEN, language));
  for (const words of [danish!, english!]) {
    expect(words.what).toMatch(/^\p{Lu}|^\d.*[^.]\.$/u);
    expect(words.todo).toMatch(/\.$/);
    expect(`${words.what} ${words.todo}`).not.toMatch(/undefined|null|NaN|\[object|\d{4}-\d\d-\d\d/);
  }
  expect(danish!.what).not.toBe(english!.what);
  expect(danish!.way?.href).toBe(english!.way?.href);
});

test('days, deadlines and numbers are as people read them', () => {
  const words = (index: number, language: 'da' | 'en') => blockerInWords(BLOCKERS[index]!, COPENHAGEN, language).what;
  expect(words(5, 'da')).toBe(
    'Fristen for indsigelse løber for 100.000 kunder, for den sidste til torsdag den 12. marts 2026 kl. 23.59 dansk tid.',
  );
  expect(words(10, 'en')).toBe('The planned day, Friday 13 March 2026, has not come.');
  expect(words(11, 'da')).toContain('beskrivelse af behandlingen, kategorier af personoplysninger');
});

test('the first customers are named with the way to each, and no more of them', () => {
  const nameOf = (customer: string) => (customer === '1' ? 'Kunde 1 A/S' : customer);
  const { customers } = blockerInWords(BLOCKERS[4]!, COPENHAGEN, 'da', nameOf);
  expect(customers).toHaveLength(5);
  expect(customers[0]).toEqual({ name: 'Kunde 1 A/S', href: '/console/changes/c/controllers/1' });
  expect(customers[1]!.name).toBe('2');
});

test.each([
  [0.2, 'ca. 1 sekund', 'about 1 second'],
  [99, 'ca. 99 sekunder', 'about 99 seconds'],
  [150, 'ca. 3 minutter', 'about 3 minutes'],
  [7_000, 'ca. 2 timer', 'about 2 hours'],
  [400_000, 'ca. 5 dage', 'about 5 days'],
])('%d seconds are %s', (seconds, danish, english) => {
  expect(durationInWords(seconds, 'da')).toBe(danish);
  expect(durationInWords(seconds, 'en')).toBe(english);
});

import { expect, test } from 'vitest';
import { ADDITION, ADDITION_IN_INDIA, NEW_ACTIVITY, TRANSFER_BASIS } from '../../emails/example-changes.ts';
import type { Answer } from '../../src/domain/answer.ts';
import { digestMail } from '../../src/domain/officer-digest.ts';
import { answerMail } from '../../src/domain/officer-mail.ts';

const at = Temporal.Instant.from('2026-11-25T09:00:00Z');
const customer = { externalId: '17', name: 'Ærø Kommune', deadline: null };
const answer = {
  id: '019ac0de-0000-7000-8000-0000000000a1',
  from: { name: 'Dorthe Persson', email: 'dpo@aeroe.example' },
  subject: 'SV: TrueTalk',
  text: 'Hvor ligger jeres servere?',
  receivedAt: at,
} as Answer;

test.each([
  ['time to object', ADDITION, 'om det er en indsigelse. Indtil det er afgjort, kan ændringen ikke gennemføres.'],
  ['approval', NEW_ACTIVITY, 'om det er en godkendelse, et nej eller noget andet. Indtil det er afgjort, kan'],
  ['both', ADDITION_IN_INDIA, 'om det er en godkendelse, et nej, en indsigelse eller noget andet. Indtil'],
  ['nothing', TRANSFER_BASIS, 'hvad kunden vil have svar på. Det hindrer ikke, at ændringen gennemføres.'],
])('An answer about a change that needs %s is told by what it can be', (_needs, change, told) => {
  const { subject, body } = answerMail({ change, customer }, answer);
  expect(body).toContain(`En af jer skal læse svaret og afgøre, ${told}`);
  expect(body).not.toMatch(/mod nyt|undefined/);
  if (change === TRANSFER_BASIS) {
    expect(subject).toBe('TrueTalk: Svar fra Ærø Kommune om Userflow Inc. og Google skal læses');
    expect(body).toContain(
      'en e-mail om nyt overførselsgrundlag for Userflow Inc. og Google ved levering af TrueTalk.',
    );
  }
});

test('Who is not reached keeps a change from being activated, but one that informs alone', () => {
  const product = { id: 'truetalk', name: 'TrueTalk', timeZone: 'Europe/Copenhagen' };
  const failed = { notices: 1, customers: { count: 1, named: [customer] }, unreached: { count: 1, named: [customer] } };
  const bodyOn = (change: typeof ADDITION) =>
    digestMail(product, at, { failures: [{ change, ...failed }], folded: [] }).body;
  expect(bodyOn(ADDITION)).toContain('Ændringen kan ikke gennemføres, før det er sket.');
  expect(bodyOn(TRANSFER_BASIS)).toContain('Det hindrer ikke, at ændringen gennemføres.');
});

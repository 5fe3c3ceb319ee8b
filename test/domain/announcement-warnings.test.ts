import { describe, expect, test } from 'vitest';
import { announcementWarnings } from '../../src/domain/announcement-warnings.ts';
import type { Announcement } from '../../src/domain/change.ts';
import type { RegisterEntry } from '../../src/domain/register.ts';
import { isSimilarName } from '../../src/domain/similar-names.ts';
import { aContent, anAnnouncement, anEntry, aProduct, aSubProcessor } from '../support/examples.ts';

const day = (text: string) => Temporal.PlainDate.from(text);
const { terms } = aProduct();
const anAtlassian = (overrides: Partial<RegisterEntry> = {}) =>
  anEntry(50, { name: 'Atlassian Pty Ltd', id: 'entry-1', ...overrides });
const everybody = { controllers: 3, byLanguage: { da: 2, en: 1 }, withoutApprover: null };

function warnings(
  announcement: Partial<Announcement> = {},
  { register = [] as RegisterEntry[], audience = everybody, at = '2026-03-02T09:00:00Z', roll = false } = {},
) {
  const facts = { terms: { ...terms, rollForward: roll }, register, announced: [] };
  const made = anAnnouncement({ plannedActivationOn: day('2026-06-15'), ...announcement });
  return announcementWarnings(made, aContent(made, register), facts, audience, Temporal.Instant.from(at));
}
const codes = (...given: Parameters<typeof warnings>) => warnings(...given).map(({ code }) => code);

describe('A preview warns', () => {
  test('of nothing where nothing is to be looked at', () => {
    expect(warnings()).toEqual([]);
  });

  test('where nobody would be told', () => {
    expect(codes({}, { audience: { controllers: 0, byLanguage: { da: 0, en: 0 }, withoutApprover: null } })).toEqual([
      'nobody-to-notify',
    ]);
  });

  test('of holidays in the window, and of a last day on which nobody works, unless the terms roll it', () => {
    const christmas = { at: '2026-12-14T08:00:00Z' };
    const announced = { plannedActivationOn: day('2027-02-01') };
    expect(warnings(announced, christmas)).toEqual([
      {
        code: 'few-working-days',
        message: 'Of the 10 days to object, 7 are working days in Denmark: 2026-12-24 is none.',
      },
      {
        code: 'last-day-not-working',
        message:
          'The last day to object, 2026-12-24, is no working day in Denmark, and the terms do not roll it forward.',
      },
    ]);
    expect(codes(announced, { ...christmas, roll: true })).toEqual(['few-working-days']);
    // A weekend in the window is nothing to look at; at its end it is.
    expect(codes({}, { at: '2026-08-12T08:00:00Z' })).toContain('last-day-not-working');
  });

  test('of a day that cannot be kept if one notice is late, and of one more than a year away', () => {
    expect(codes({ plannedActivationOn: day('2026-03-13') })).toEqual(['no-day-to-spare']);
    expect(codes({ plannedActivationOn: day('2026-03-14') })).toEqual([]);
    expect(codes({ plannedActivationOn: day('2027-03-02') })).toEqual([]);
    expect(codes({ plannedActivationOn: day('2027-03-03') })).toEqual(['planned-date-far']);
  });

  test('of a company that is nearly called like one in the register, and not of the same one, which is refused', () => {
    const register = [anAtlassian({})];
    expect(warnings({ subProcessor: aSubProcessor(1, { name: 'Atlasian Inc.' }) }, { register })).toEqual([
      {
        code: 'similar-name',
        message:
          'Atlasian Inc. is nearly called like Atlassian Pty Ltd, which is in the register (entry entry-1): is it another company?',
      },
    ]);
    expect(codes({ subProcessor: aSubProcessor(1, { name: 'ATLASSIAN pty ltd' }) }, { register })).toEqual([]);
    expect(codes({ subProcessor: aSubProcessor(1, { name: 'Zendesk Inc.' }) }, { register })).toEqual([]);
  });

  test('of texts that readers of English would get in Danish', () => {
    const danish = { reason: { da: 'Kun dansk' }, subProcessor: aSubProcessor(1, { processing: { da: 'Drift' } }) };
    expect(warnings(danish)).toEqual([
      {
        code: 'not-translated',
        message: '1 notice is in English, and these texts are in Danish only: reason, subProcessor.processing.',
      },
    ]);
    expect(
      codes(danish, { audience: { controllers: 3, byLanguage: { da: 3, en: 0 }, withoutApprover: null } }),
    ).toEqual([]);
  });

  test('of nothing about days to object where no window opens', () => {
    const register = [anEntry(11)];
    const removal = {
      kind: 'removal',
      removes: 'entry-11',
      subProcessor: null,
      plannedActivationOn: day('2026-12-14'),
    } as const;
    expect(codes(removal, { register, at: '2026-12-14T08:00:00Z' })).toEqual([]);
  });

  test('of no company that is nearly called like itself, where its name is corrected', () => {
    const register = [anAtlassian()];
    const corrected = aSubProcessor(50, { name: 'Atlassian Pty. Ltd' });
    expect(codes({ kind: 'amendment', amends: 'entry-1', subProcessor: corrected }, { register })).toEqual([]);
  });

  test('of what could be announced apart, where an amendment mixes what needs approval with what does not', () => {
    const register = [anEntry(11)];
    const planned = { processing: { da: 'Optagelse af samtaler', en: 'Recording of calls' } };
    const amendment = (overrides: object) => ({
      kind: 'amendment' as const,
      amends: 'entry-11',
      subProcessor: aSubProcessor(11, { ...planned, ...overrides }),
    });
    expect(codes(amendment({}), { register })).toEqual([]);
    const found = warnings(amendment({ address: 'Havnegade 2, 8000 Aarhus C', name: 'Nordlys Drift ApS' }), {
      register,
    });
    expect(found.map(({ code }) => code)).toEqual(['could-be-apart']);
    expect(found[0]?.message).toContain('name, address need no approval');
  });
});

test.each([
  ['Gintel AS', 'Gintel A/S', true],
  ['Gintel AS', 'Gintel', true],
  ['Userflow', 'User-Flow, Inc.', true],
  ['Müller GmbH', 'Muller', true],
  ['Nordlys Hosting ApS', 'Nordlys Hostng ApS', true],
  ['Google LLC', 'Goggle LLC', true],
  ['Google LLC', 'Google Cloud EMEA Limited', false],
  ['SAP', 'SAS', false],
  ['A/S', 'ApS', false],
  ['', '', false],
  ['日本', '日本 株式会社', false],
  ['Microsoft', 'Microsoft', true],
])('%j is easily taken for %j: %s', (one, other, isSimilar) => {
  expect(isSimilarName(one, other)).toBe(isSimilar);
  expect(isSimilarName(other, one)).toBe(isSimilar);
});

import { describe, expect, test } from 'vitest';
import {
  APPROVAL_TERMS,
  areSame,
  looseningOf,
  nextAnnouncement,
  refuseTerms,
  warningOf,
} from '../../src/domain/terms.ts';

const terms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false, ...APPROVAL_TERMS };
const under = (changed: Partial<typeof terms>) => ({ terms: { ...terms, ...changed }, contractMinimum: null });
const DENMARK = { company: 'Telenor A/S', country: 'DK' };
const NORWAY = { company: 'Gintel AS', country: 'NO' };

describe('terms of approval (D46)', () => {
  test.each<[Partial<typeof terms>, string, string]>([
    [{ approvalAnswerDays: 6 }, 'terms.approvalAnswerDays', 'Expected 7 to 365 days to answer, found 6.'],
    [{ approvalAnswerDays: 366 }, 'terms.approvalAnswerDays', 'Expected 7 to 365 days to answer, found 366.'],
    [{ approvalEffectiveAfterHours: -1 }, 'terms.approvalEffectiveAfterHours', 'Expected 0 to 720 hours, found -1.'],
    [{ approvalEffectiveAfterHours: 721 }, 'terms.approvalEffectiveAfterHours', 'Expected 0 to 720 hours, found 721.'],
  ])('out of range are refused: %o', (changed, path, detail) => {
    expect(refuseTerms(under(changed), null, null)).toEqual({ because: 'terms-out-of-range', path, detail });
  });

  test.each([
    { approvalAnswerDays: 7, approvalEffectiveAfterHours: 0 },
    { approvalAnswerDays: 365, approvalEffectiveAfterHours: 720 },
  ])('at the ends of their ranges are taken: %o', (changed) => {
    expect(refuseTerms(under(changed), null, null)).toBeNull();
  });

  // Every term: a new one that is compared nowhere would change without a reason.
  const others: { readonly [Term in keyof typeof terms]: (typeof terms)[Term] } = {
    objectionWindowDays: 14,
    timeZone: 'Europe/Oslo',
    rollForward: true,
    placesNeedApproval: false,
    activitiesNeedApproval: false,
    replacementsNeedApproval: true,
    approvalAnswerDays: 14,
    approvalEffectiveAfterHours: 0,
    places: [DENMARK],
  };
  test.each(Object.entries(others))('change with %s, and need a reason', (name, value) => {
    const changed = under({ [name]: value });
    expect(areSame(changed, under({}))).toBe(false);
    expect(refuseTerms(changed, under({}), null)).toMatchObject({ because: 'terms-reason-required', path: 'reason' });
    expect(refuseTerms(changed, under({}), 'Annex C')).toBeNull();
  });

  test('are the same in whatever order places stand', () => {
    expect(areSame(under({ places: [DENMARK, NORWAY] }), under({ places: [NORWAY, DENMARK] }))).toBe(true);
  });

  test('are loosened by a switch that is turned off, a place that is added, and an approval that takes effect sooner', () => {
    const saidOf = (changed: Partial<typeof terms>, before: Partial<typeof terms> = {}) =>
      looseningOf({ ...terms, ...before, ...changed }, { ...terms, ...before }).map((each) => warningOf(each).message);
    expect(saidOf({ placesNeedApproval: false })).toEqual([expect.stringContaining('(C.5)')]);
    expect(saidOf({ activitiesNeedApproval: false })).toEqual([expect.stringContaining('(B.1)')]);
    expect(saidOf({ replacementsNeedApproval: false }, { replacementsNeedApproval: true })).toHaveLength(1);
    expect(saidOf({ places: [DENMARK, NORWAY] }, { places: [DENMARK] })).toEqual([
      expect.stringMatching(/: Gintel AS: NO\.$/),
    ]);
    expect(saidOf({ approvalEffectiveAfterHours: 2 })).toEqual([
      expect.stringContaining('after 2 hours instead of 24'),
    ]);
  });

  test('are not loosened by what asks for more, or by another spelling of a place', () => {
    const stricter = {
      replacementsNeedApproval: true,
      approvalEffectiveAfterHours: 48,
      approvalAnswerDays: 7,
      places: [],
    };
    expect(looseningOf({ ...terms, ...stricter }, { ...terms, places: [DENMARK] })).toEqual([]);
    const spelt = { company: 'TELENOR  a/s', country: 'DK' };
    expect(looseningOf({ ...terms, places: [spelt] }, { ...terms, places: [DENMARK] })).toEqual([]);
  });

  test('say the last day to answer a request, counted as a window: also 29 February', () => {
    const asked = Temporal.Instant.from('2028-01-30T09:00:00Z');
    expect(nextAnnouncement(terms, asked).lastDayToAnswer.toString()).toBe('2028-02-29');
  });
});

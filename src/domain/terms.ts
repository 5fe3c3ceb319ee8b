import { canonicalJson } from './canonical-json.ts';
import {
  deadlineOf,
  earliestPlannedActivation,
  lastDay,
  type AnswerTerms,
  type WindowTerms,
} from './objection-window.ts';
import { nameKey } from './register.ts';
import type { Warning } from './warning.ts';

/** What a product's contract promises its controllers at least: nothing is announced below it (D9). */
export interface ContractMinimum {
  readonly objectionWindowDays: number;
  readonly timeZone: string;
}

/** What a product's terms say of approval (B.1, C.5), and of its places. */
export interface ApprovalTerms {
  /** Whether a place that is not listed needs approval (C.5). */
  readonly placesNeedApproval: boolean;
  /** Whether another processing activity, or other personal data, of an approved company needs approval (B.1). */
  readonly activitiesNeedApproval: boolean;
  /** Whether another company for an approved activity needs approval (B.1, read literally). */
  readonly replacementsNeedApproval: boolean;
  /** Whole days to answer a request, counted as D9. */
  readonly approvalAnswerDays: number;
  /** Hours from the first accepted receipt to when an approval takes effect. */
  readonly approvalEffectiveAfterHours: number;
  /** The places that the terms list (C.5). */
  readonly places: readonly Place[];
}

/** A place where a company may process. */
export interface Place {
  readonly company: string;
  readonly country: string;
}

/** What terms say of approval where nothing else is said: what B.1 and C.5 demand. */
export const APPROVAL_TERMS: ApprovalTerms = {
  placesNeedApproval: true,
  activitiesNeedApproval: true,
  replacementsNeedApproval: false,
  approvalAnswerDays: 30,
  approvalEffectiveAfterHours: 24,
  places: [],
};

/** The terms that a change keeps from its announcement (D6). */
export type AnnouncedTerms = AnswerTerms & Pick<ApprovalTerms, 'approvalEffectiveAfterHours'>;

/** The terms of a product, and the contract that they keep; `null` where Varsel has not been told one. */
export interface TermsUnderContract {
  readonly terms: WindowTerms & ApprovalTerms;
  readonly contractMinimum: ContractMinimum | null;
}

export interface TermsRefusal {
  readonly because: 'terms-out-of-range' | 'terms-below-contract' | 'terms-reason-required';
  /** Where in the product the fault is. */
  readonly path: string;
  readonly detail: string;
}

/** Easter has five days in a row on which nobody works: a week always has some on which somebody does. */
const SHORTEST_DAYS = 7;
const LONGEST_DAYS = 365;
/** A month is enough to say "that was not us". */
const LONGEST_HOURS = 720;

/**
 * Why a product cannot have these terms; `null` when it can (D9, D46): a window, and the time to answer a request, are of 7 to 365
 * days, an approval takes effect within 720 hours, no window is below the contract's minimum, and what changes, changes for a
 * reason. `before` is what stands; `null` for a new product.
 */
export function refuseTerms(
  given: TermsUnderContract,
  before: TermsUnderContract | null,
  reason: string | null,
): TermsRefusal | null {
  return (
    refuseDays(given.terms.objectionWindowDays, 'terms.objectionWindowDays') ??
    refuseDays(given.terms.approvalAnswerDays, 'terms.approvalAnswerDays', 'days to answer') ??
    refuseHours(given.terms.approvalEffectiveAfterHours, 'terms.approvalEffectiveAfterHours') ??
    (given.contractMinimum &&
      (refuseDays(given.contractMinimum.objectionWindowDays, 'contractMinimum.objectionWindowDays') ??
        refuseBelow(given.terms, given.contractMinimum))) ??
    (before && reason === null && !areSame(given, before)
      ? {
          because: 'terms-reason-required',
          path: 'reason',
          detail: 'Terms that change need a reason, which is kept on record.',
        }
      : null)
  );
}

function refuseDays(days: number, path: string, what?: string): TermsRefusal | null {
  if (days >= SHORTEST_DAYS && days <= LONGEST_DAYS) return null;
  const range = `${SHORTEST_DAYS} to ${LONGEST_DAYS}`;
  const expected = what === undefined ? `a window of ${range} days` : `${range} ${what}`;
  return { because: 'terms-out-of-range', path, detail: `Expected ${expected}, found ${days}.` };
}

function refuseHours(hours: number, path: string): TermsRefusal | null {
  if (hours >= 0 && hours <= LONGEST_HOURS) return null;
  return { because: 'terms-out-of-range', path, detail: `Expected 0 to ${LONGEST_HOURS} hours, found ${hours}.` };
}

function refuseBelow(terms: WindowTerms, minimum: ContractMinimum): TermsRefusal | null {
  const because = 'terms-below-contract';
  if (terms.objectionWindowDays < minimum.objectionWindowDays) {
    const detail = `The contract promises ${minimum.objectionWindowDays} days at least, found ${terms.objectionWindowDays}.`;
    return { because, path: 'terms.objectionWindowDays', detail };
  }
  if (terms.timeZone === minimum.timeZone) return null;
  // A day ends up to 26 hours earlier elsewhere.
  const detail = `The contract counts days in ${minimum.timeZone}, found ${terms.timeZone}.`;
  return { because, path: 'terms.timeZone', detail };
}

/** Whether both are the same terms under the same contract. The order of places says nothing. */
export function areSame(one: TermsUnderContract, other: TermsUnderContract): boolean {
  const comparable = ({ terms, contractMinimum }: TermsUnderContract) =>
    canonicalJson({ contractMinimum, ...terms, places: terms.places.map((place) => canonicalJson(place)).toSorted() });
  return comparable(one) === comparable(other);
}

/** What terms let pass that those before them did not. */
export type Loosening =
  | { readonly what: 'placesNeedApproval' | 'activitiesNeedApproval' | 'replacementsNeedApproval' }
  | { readonly what: 'places'; readonly places: readonly Place[] }
  | { readonly what: 'approvalEffectiveAfterHours'; readonly from: number; readonly to: number };

/**
 * What terms let pass without approval that those before them did not (D46): said to whoever changes them, and refused nowhere,
 * because only the contract can tell whether its controllers have agreed to it.
 */
export function looseningOf(after: ApprovalTerms, before: ApprovalTerms): Loosening[] {
  const switchedOff = (['placesNeedApproval', 'activitiesNeedApproval', 'replacementsNeedApproval'] as const).filter(
    (name) => before[name] && !after[name],
  );
  const isListed = ({ company, country }: Place) =>
    before.places.some((place) => nameKey(place.company) === nameKey(company) && place.country === country);
  const places = after.places.filter((place) => !isListed(place));
  const [from, to] = [before.approvalEffectiveAfterHours, after.approvalEffectiveAfterHours];
  return [
    ...switchedOff.map((what) => ({ what })),
    ...(places.length > 0 ? [{ what: 'places', places } as const] : []),
    ...(to < from ? [{ what: 'approvalEffectiveAfterHours', from, to } as const] : []),
  ];
}

/** The same as a warning of the API. */
export function warningOf(loosening: Loosening): Warning {
  return { code: 'terms-loosened', message: looseningInWords(loosening) };
}

function looseningInWords(loosening: Loosening): string {
  switch (loosening.what) {
    case 'placesNeedApproval':
      return 'A place that is not listed needs no approval any more (C.5).';
    case 'activitiesNeedApproval':
      return 'Another processing activity, or other personal data, needs no approval any more (B.1).';
    case 'replacementsNeedApproval':
      return 'Another company for an approved activity needs no approval any more (B.1).';
    case 'places': {
      const listed = loosening.places.map(({ company, country }) => `${company}: ${country}`).join(', ');
      return `These places need no approval any more, because they are listed (C.5): ${listed}.`;
    }
    case 'approvalEffectiveAfterHours':
      return `An approval takes effect after ${loosening.to} hours instead of ${loosening.from}: so long can a contact say that it was not theirs.`;
  }
}

/** What an announcement under these terms would mean for a controller that is notified at `now`. */
export function nextAnnouncement(terms: AnnouncedTerms, now: Temporal.Instant) {
  return {
    /** The last day to object. */
    lastDay: lastDay(now, terms),
    /** Exclusive. */
    deadline: deadlineOf(now, terms),
    earliestPlannedActivation: earliestPlannedActivation(now, terms),
    /** The last day to answer a request for approval. */
    lastDayToAnswer: lastDay(now, { ...terms, objectionWindowDays: terms.approvalAnswerDays }),
  };
}

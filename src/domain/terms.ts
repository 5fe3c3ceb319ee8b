import { canonicalJson } from './canonical-json.ts';
import {
  deadlineOf,
  earliestPlannedActivation,
  lastDay,
  type AnswerTerms,
  type WindowTerms,
} from './objection-window.ts';

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
  readonly places: readonly { readonly company: string; readonly country: string }[];
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

/**
 * Why a product cannot have these terms; `null` when it can (D9): a window is of 7 to 365 days and not below the contract's
 * minimum, and what changes, changes for a reason. `before` is what stands; `null` for a new product.
 */
export function refuseTerms(
  given: TermsUnderContract,
  before: TermsUnderContract | null,
  reason: string | null,
): TermsRefusal | null {
  return (
    refuseDays(given.terms.objectionWindowDays, 'terms.objectionWindowDays') ??
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

function refuseDays(days: number, path: string): TermsRefusal | null {
  if (days >= SHORTEST_DAYS && days <= LONGEST_DAYS) return null;
  const detail = `Expected a window of ${SHORTEST_DAYS} to ${LONGEST_DAYS} days, found ${days}.`;
  return { because: 'terms-out-of-range', path, detail };
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

/** Whether both are the same terms under the same contract. */
export function areSame(one: TermsUnderContract, other: TermsUnderContract): boolean {
  return (
    one.terms.objectionWindowDays === other.terms.objectionWindowDays &&
    one.terms.timeZone === other.terms.timeZone &&
    one.terms.rollForward === other.terms.rollForward &&
    one.terms.placesNeedApproval === other.terms.placesNeedApproval &&
    one.terms.activitiesNeedApproval === other.terms.activitiesNeedApproval &&
    one.terms.replacementsNeedApproval === other.terms.replacementsNeedApproval &&
    one.terms.approvalAnswerDays === other.terms.approvalAnswerDays &&
    one.terms.approvalEffectiveAfterHours === other.terms.approvalEffectiveAfterHours &&
    canonicalJson(one.terms.places) === canonicalJson(other.terms.places) &&
    one.contractMinimum?.objectionWindowDays === other.contractMinimum?.objectionWindowDays &&
    one.contractMinimum?.timeZone === other.contractMinimum?.timeZone
  );
}

/** What an announcement under these terms would mean for a controller that is notified at `now`. */
export function nextAnnouncement(terms: WindowTerms, now: Temporal.Instant) {
  return {
    /** The last day to object. */
    lastDay: lastDay(now, terms),
    /** Exclusive. */
    deadline: deadlineOf(now, terms),
    earliestPlannedActivation: earliestPlannedActivation(now, terms),
  };
}

import { instantText, later } from './instant.ts';
import { answerDeadlineOf, isInTime } from './objection-window.ts';
import type { AnnouncedTerms } from './terms.ts';

/** How a controller stands by its approvals and refusals. `contract`: its agreement lists the change. */
export const APPROVAL_STATES = ['none', 'unconfirmed', 'waiting', 'approved', 'refused', 'contract'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** The same, as it is shown: of who has said nothing, whether an answer is still awaited. Both are a no (D41). */
export const SHOWN_APPROVAL_STATES = [...APPROVAL_STATES, 'unanswered'] as const;
export type ShownApprovalState = (typeof SHOWN_APPROVAL_STATES)[number];

/** How a controller is shown to stand at `now`. Silence is a refusal once its time to answer is over, and before (D41). */
export function shownState(
  state: ApprovalState,
  answerBy: Temporal.Instant | null,
  now: Temporal.Instant,
): ShownApprovalState {
  return state === 'none' && answerBy !== null && !isInTime(now, answerBy) ? 'unanswered' : state;
}

/** How the controllers of a change that asks for approval stand. */
export interface ApprovalProgress {
  /** Whether it is activated for each that has approved, in waves (D43). */
  readonly forEach: boolean;
  /** Controllers that count, those without a window yet among them. */
  readonly total: number;
  /** How many stand how; of who has said nothing, by the day on which they were notified (`null`: not yet). */
  readonly states: readonly {
    readonly state: ApprovalState;
    readonly askedOn: Temporal.Instant | null;
    readonly count: number;
  }[];
  /** The first external ids of those who have not approved, or have refused. */
  readonly missing: readonly string[];
  /** The first ids of approvals that a second person has to confirm. */
  readonly unconfirmed: readonly string[];
  /** When the last approval that waits takes effect: `null` where none does, where a receipt is awaited, or very many wait. */
  readonly waitingUntil: Temporal.Instant | null;
  /** Where it is for each: how many have approved, and are in no wave yet. */
  readonly ready: number;
}

/** Why approvals are in the way of an activation (D20, D41). */
export type ApprovalBlocker =
  | { code: 'nobody-to-activate' }
  | { code: 'approvals-missing'; count: number; controllers: string[] }
  | { code: 'approvals-not-effective-yet'; count: number; earliestAt: string | null }
  | { code: 'authority-unconfirmed'; count: number; approvals: string[] };

const countOf = ({ states }: ApprovalProgress, ...wanted: readonly ApprovalState[]) =>
  states.filter(({ state }) => wanted.includes(state)).reduce((sum, { count }) => sum + count, 0);

/**
 * What is missing of approvals: one of every controller, effective and with no refusal over it (D41). Where the change is activated
 * for each that has approved (D43), one who is in no wave yet is enough. None of a change that asks for no approval, `null`.
 */
export function approvalBlockers(progress: ApprovalProgress | null): ApprovalBlocker[] {
  if (progress === null) return [];
  if (progress.forEach) return progress.ready > 0 ? [] : [{ code: 'nobody-to-activate' }];
  const blockers: ApprovalBlocker[] = [];
  const [waiting, unconfirmed] = [countOf(progress, 'waiting'), countOf(progress, 'unconfirmed')];
  const missing = progress.total - countOf(progress, 'approved', 'contract') - waiting - unconfirmed;
  if (missing > 0) {
    const controllers = [...progress.missing];
    blockers.push({ code: 'approvals-missing', count: missing, controllers });
  }
  if (waiting > 0) {
    const earliestAt = progress.waitingUntil && instantText(progress.waitingUntil);
    blockers.push({ code: 'approvals-not-effective-yet', count: waiting, earliestAt });
  }
  if (unconfirmed > 0) {
    const approvals = [...progress.unconfirmed];
    blockers.push({ code: 'authority-unconfirmed', count: unconfirmed, approvals });
  }
  return blockers;
}

/** Whether time alone brings what is missing of approvals: those that wait take effect at a time that is known. */
export function onlyTimeIsMissing(progress: ApprovalProgress | null): boolean {
  return approvalBlockers(progress).every(
    (blocker) => blocker.code === 'approvals-not-effective-yet' && blocker.earliestAt !== null,
  );
}

/** Until when the last of those who have said nothing is asked for its answer; `null` where everybody has answered. */
export function lastAnswerBy({ states }: ApprovalProgress, terms: AnnouncedTerms): Temporal.Instant | null {
  const asked = states.filter(({ state, askedOn, count }) => state === 'none' && askedOn !== null && count > 0);
  return asked.reduce<Temporal.Instant | null>(
    (last, { askedOn }) => later(last, askedOn && answerDeadlineOf(askedOn, terms)),
    null,
  );
}

/** How many controllers stand how at `now`, as the API shows it; who has no window yet has said nothing. */
export function shownApprovals(
  progress: ApprovalProgress,
  terms: AnnouncedTerms,
  now: Temporal.Instant,
): Record<ShownApprovalState, number> {
  const shown = { none: 0, unanswered: 0, unconfirmed: 0, waiting: 0, approved: 0, refused: 0, contract: 0 };
  for (const { state, askedOn, count } of progress.states) {
    shown[shownState(state, askedOn && answerDeadlineOf(askedOn, terms), now)] += count;
  }
  const counted = progress.states.reduce((sum, { count }) => sum + count, 0);
  return { ...shown, none: shown.none + Math.max(0, progress.total - counted) };
}

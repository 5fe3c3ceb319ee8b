import {
  approvalBlockers,
  onlyTimeIsMissing,
  type ApprovalBlocker,
  type ApprovalProgress,
} from './approval-progress.ts';
import { CLOCK_TOLERANCE_MS } from './clock.ts';
import { isInTime } from './objection-window.ts';
import { instantText, later, startOfDay } from './instant.ts';
import type { ChangeStatus } from './change.ts';
import { onlyInforms, type Regime, type Worded } from './regime.ts';
import type { RegisterDifference } from './register-changed.ts';

/** The most ids that one blocker lists. */
export const LISTED_IN_BLOCKER = 100;

/**
 * How long an activation waits after the last deadline, so that objections received before it can be filed (D22): three seconds
 * after the clock of every other process has passed the deadline, where ours is ahead and theirs is behind (D29).
 */
const SETTLING_MS = 3_000 + 2 * CLOCK_TOLERANCE_MS;

/**
 * How many milliseconds an activation requested at `now` waits before it is judged: the rest of `SETTLING_MS` shortly after
 * the last deadline, so that objections received before it are on record (D22); otherwise 0. `latestDeadline` is `null`
 * while no window has opened.
 */
export function settlingTime(latestDeadline: Temporal.Instant | null, now: Temporal.Instant): number {
  if (latestDeadline === null) return 0;
  const since = now.since(latestDeadline).total('milliseconds');
  return since >= 0 && since < SETTLING_MS ? SETTLING_MS - since : 0;
}

/** A reason why a change cannot be activated now (D20). */
export type Blocker =
  | ApprovalBlocker
  | { code: 'not-announced'; status: ChangeStatus }
  | { code: 'announcement-held'; heldUntil: string }
  | { code: 'notices-being-written'; count: number }
  | { code: 'controllers-not-notified'; count: number; controllers: string[] }
  | { code: 'contacts-untold'; count: number; controllers: string[] }
  | { code: 'objection-windows-open'; count: number; lastDeadline: string | null }
  | { code: 'objections-pending'; count: number; objections: string[] }
  | { code: 'answers-unread'; count: number; answers: string[] }
  | { code: 'mails-being-read'; count: number }
  | { code: 'counts-disagree' }
  | { code: 'planned-date-not-reached'; plannedActivationOn: string }
  | { code: 'wording-unconfirmed'; texts: Worded[] }
  | { code: 'upstream-not-effective'; effectiveOn: string }
  | { code: 'register-changed'; differences: RegisterDifference[] };

/** The facts that decide an activation, read under the change's row lock (D22). */
export interface ActivationFacts {
  readonly status: ChangeStatus;
  readonly regime: Regime;
  /** Until when nobody is told of the change (D33); `null` once its controllers are. */
  readonly heldUntil: Temporal.Instant | null;
  readonly timeZone: string;
  readonly plannedActivationOn: Temporal.PlainDate;
  /** Controllers that no notice has been written for yet: a fan-out does within seconds (D5). */
  readonly unwritten: number;
  /** From when the processor's own sub-processor makes the change (D45); `null` where it has told nothing. */
  readonly upstreamEffectiveOn: Temporal.PlainDate | null;
  readonly notNotified: { readonly count: number; readonly controllers: readonly string[] };
  /** Controllers that were notified, and none of whose present contacts has been told (D35). */
  readonly untoldContacts: { readonly count: number; readonly controllers: readonly string[] };
  readonly openWindows: number;
  /** The latest deadline of a controller that counts; `null` when no window has opened. */
  readonly latestDeadline: Temporal.Instant | null;
  readonly pendingObjections: { readonly count: number; readonly ids: readonly string[] };
  /** How controllers stand by their approvals; `null` where the change asks for none (D41). */
  readonly approvals: ApprovalProgress | null;
  /** Written answers that no officer has read: each may be an objection (D17). */
  readonly unreadAnswers: { readonly count: number; readonly ids: readonly string[] };
  /** Mails on record that nobody has read yet, also those that may be about another change. Mostly gone within seconds. */
  readonly unreadMails: number;
  /** Whether the counts above hide a blocker that the rows have. A job mends them within seconds. */
  readonly countsDisagree: boolean;
  /** Of which texts it is stated that only their words change, while no second person has confirmed it (D39). */
  readonly wordingUnconfirmed: readonly Worded[];
  /** What the change takes for granted of the register and is no longer so: it is void (D38). */
  readonly registerChanged: readonly RegisterDifference[];
}

/**
 * Every reason why the change cannot be activated at `now` (D20); none means that it can. No role can skip one (D21). What its
 * regime does not ask of controllers is none (D40): where nobody can object, who could not be reached does not stand in its way, and
 * where nobody is asked anything, nor does what was written.
 */
export function blockersOf(facts: ActivationFacts, now: Temporal.Instant): Blocker[] {
  if (facts.status !== 'announced') return [{ code: 'not-announced', status: facts.status }];
  const { regime, heldUntil } = facts;
  const blockers: Blocker[] = [];
  if (heldUntil !== null) blockers.push({ code: 'announcement-held', heldUntil: instantText(heldUntil) });
  if (regime.objection) blockers.push(...unreached(facts), ...ofObjections(facts, now));
  else if (facts.unwritten > 0) blockers.push({ code: 'notices-being-written', count: facts.unwritten });
  if (!onlyInforms(regime)) {
    blockers.push(...approvalBlockers(facts.approvals), ...unread(facts));
    if (facts.countsDisagree) blockers.push({ code: 'counts-disagree' });
  }
  if (Temporal.Instant.compare(now, startOfDay(facts.plannedActivationOn, facts.timeZone)) < 0) {
    blockers.push({ code: 'planned-date-not-reached', plannedActivationOn: facts.plannedActivationOn.toString() });
  }
  const { wordingUnconfirmed: texts, registerChanged: differences } = facts;
  if (texts.length > 0) blockers.push({ code: 'wording-unconfirmed', texts: [...texts] });
  if (differences.length > 0) blockers.push({ code: 'register-changed', differences: [...differences] });
  const { upstreamEffectiveOn: effectiveOn, timeZone } = facts;
  if (effectiveOn !== null && Temporal.Instant.compare(now, startOfDay(effectiveOn, timeZone)) < 0) {
    blockers.push({ code: 'upstream-not-effective', effectiveOn: effectiveOn.toString() });
  }
  return blockers;
}

/**
 * What would stand in the way of a change of another regime, and not of this one (D40): who could not be reached yet, and, of a
 * change that only informs, what is unread. Shown before the activation and after it.
 */
export function shownOnly(facts: ActivationFacts): Blocker[] {
  const { status, regime } = facts;
  if (regime.objection || status === 'withdrawn') return [];
  return [...unreached(facts), ...(onlyInforms(regime) ? unread(facts) : [])];
}

function unreached({ notNotified, untoldContacts }: ActivationFacts): Blocker[] {
  const listed = (code: 'controllers-not-notified' | 'contacts-untold', { count, controllers }: typeof notNotified) =>
    count > 0 ? [{ code, count, controllers: controllers.slice(0, LISTED_IN_BLOCKER) }] : [];
  return [...listed('controllers-not-notified', notNotified), ...listed('contacts-untold', untoldContacts)];
}

function ofObjections(facts: ActivationFacts, now: Temporal.Instant): Blocker[] {
  const { openWindows, latestDeadline, pendingObjections } = facts;
  const blockers: Blocker[] = [];
  if (openWindows > 0 || (latestDeadline !== null && isInTime(now, latestDeadline))) {
    blockers.push({
      code: 'objection-windows-open',
      count: openWindows,
      lastDeadline: latestDeadline && instantText(latestDeadline),
    });
  }
  if (pendingObjections.count > 0) {
    blockers.push({
      code: 'objections-pending',
      count: pendingObjections.count,
      objections: pendingObjections.ids.slice(0, LISTED_IN_BLOCKER),
    });
  }
  return blockers;
}

function unread({ unreadAnswers, unreadMails }: ActivationFacts): Blocker[] {
  const blockers: Blocker[] = [];
  if (unreadAnswers.count > 0) {
    blockers.push({
      code: 'answers-unread',
      count: unreadAnswers.count,
      answers: unreadAnswers.ids.slice(0, LISTED_IN_BLOCKER),
    });
  }
  if (unreadMails > 0) blockers.push({ code: 'mails-being-read', count: unreadMails });
  return blockers;
}

/**
 * The earliest instant at which the change can be activated, by these facts. `null` while somebody has to act first (a
 * controller is not notified, its contacts are untold, an objection is pending, an answer is unread), while the change is held,
 * while the counts are wrong, and when the change has ended. Only what its regime asks for counts, as in `blockersOf`.
 */
export function earliestActivation(facts: ActivationFacts): Temporal.Instant | null {
  const { status, regime, heldUntil, notNotified, untoldContacts, pendingObjections, unreadAnswers } = facts;
  if (status !== 'announced' || heldUntil !== null) return null;
  if (facts.wordingUnconfirmed.length + facts.registerChanged.length > 0) return null;
  const possible = earliestByPlan(facts);
  if (onlyInforms(regime)) return possible;
  if (facts.countsDisagree || unreadAnswers.count > 0 || !onlyTimeIsMissing(facts.approvals)) return null;
  const approved = later(facts.approvals?.waitingUntil ?? null, possible);
  if (!regime.objection) return approved;
  if (notNotified.count + untoldContacts.count + pendingObjections.count > 0) return null;
  return later(facts.latestDeadline, approved);
}

/** When the planned day begins, or that from which the change is made upstream (D45), whichever is later. */
function earliestByPlan({ plannedActivationOn, upstreamEffectiveOn, timeZone }: ActivationFacts): Temporal.Instant {
  const effective = upstreamEffectiveOn && startOfDay(upstreamEffectiveOn, timeZone);
  return later(effective, startOfDay(plannedActivationOn, timeZone));
}

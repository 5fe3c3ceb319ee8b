import { isStillTold, type Change } from './change.ts';
import { isInTime } from './objection-window.ts';

/** The kinds of messages to contacts. */
export const MESSAGE_KINDS = [
  'notice',
  'late-notice',
  'reminder',
  'approval-reminder',
  'deadline-moved',
  'objection-received',
  'objection-rejected',
  'objection-resolved',
  'withdrawal-code',
  'withdrawal-requested',
  'withdrawal-stopped',
  'approval-code',
  'approval-received',
  'refusal-received',
  'approval-ended',
  'change-activated',
  'change-withdrawn',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** The state of a message. `in-flight`: a process is sending it and has recorded no outcome yet. */
export type MessageStatus = 'pending' | 'in-flight' | 'accepted' | 'failed' | 'cancelled';

/**
 * The kinds that tell a contact of a change for the first time (D35): in time, or after its controller's deadline, to who became
 * a contact since the controller was notified. Only a notice in time opens a window (D8).
 */
export const TELLING_KINDS = ['notice', 'late-notice'] as const satisfies readonly MessageKind[];

/** Whether messages of this kind tell a contact of a change for the first time. */
export function tellsOfChange(kind: MessageKind): boolean {
  return TELLING_KINDS.some((each) => each === kind);
}

/** The kinds that state a deadline. A deadline once sent is never taken back (D11). */
export const DEADLINE_KINDS = [
  'notice',
  'late-notice',
  'reminder',
  'deadline-moved',
] as const satisfies readonly MessageKind[];
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** Whether messages of this kind state a deadline. */
export function statesDeadline(kind: MessageKind): kind is DeadlineKind {
  return DEADLINE_KINDS.some((each) => each === kind);
}

/**
 * The kinds that go to all controllers of a change. Single replies are sent before them: a receipt (D18) must not wait
 * behind a million notices. The index `messages_to_send` has the same list, in this order: change both, by a migration.
 */
export const BULK_KINDS = [
  'notice',
  'reminder',
  'approval-reminder',
  'change-activated',
  'change-withdrawn',
] as const satisfies readonly MessageKind[];

/** The facts that decide whether a queued message is still sent, read when it is claimed. */
export interface MootnessFacts {
  readonly kind: MessageKind;
  readonly change: Pick<Change, 'status' | 'regime'>;
  /** Whether the controller counts for the change and has a window, open or not (D7). */
  readonly hasWindow: boolean;
  /** The deadline that the message would state; `null` when there is none. */
  readonly deadline: Temporal.Instant | null;
  /** Of an `approval-reminder`: until when the controller's answer is asked for, or `null` when it has not been notified. */
  readonly answerBy: Temporal.Instant | null;
}

/**
 * Whether a queued message is moot at `now`: it is then cancelled instead of sent. Only a message that states a deadline can
 * be moot: its change has ended (D24), its controller has left (D7), the notice that opened the window has bounced, so that
 * there is no deadline to state (D11, D12), or it is a reminder of a deadline that has passed. A notice that states none, of a change
 * without time to object, is moot by its change and its controller alone (D40).
 */
export function isMoot({ kind, change, hasWindow, deadline, answerBy }: MootnessFacts, now: Temporal.Instant): boolean {
  if (!statesDeadline(kind) && kind !== 'approval-reminder') return false;
  if (!isStillTold(change) || !hasWindow) return true;
  if (kind === 'approval-reminder') return answerBy === null || !isInTime(now, answerBy);
  if (kind === 'notice' && !change.regime.objection) return false;
  return deadline === null || (kind === 'reminder' && !isInTime(now, deadline));
}

/**
 * The outcome of one attempt to send a message.
 * - `accepted`: the receiving mail system took it.
 * - `retry`: it did not, for now; the message is tried again.
 * - `failed`: it did not, for good.
 * - `deferred`: the fault is on our side; the attempt does not count against the recipient.
 * - `unknown`: the SMTP response was lost after the content was sent; the message may have arrived.
 */
export const SEND_OUTCOMES = ['accepted', 'retry', 'failed', 'deferred', 'unknown'] as const;
export type SendOutcome = (typeof SEND_OUTCOMES)[number];

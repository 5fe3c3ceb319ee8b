import type { ChangeStatus } from './change.ts';
import { isInTime } from './objection-window.ts';

/** What is written to contacts. */
export const MESSAGE_KINDS = [
  'notice',
  'reminder',
  'deadline-moved',
  'objection-received',
  'objection-rejected',
  'objection-resolved',
  'change-activated',
  'change-withdrawn',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Where a message stands on its way. `in-flight`: a process has begun to send it and has recorded no outcome yet. */
export type MessageStatus = 'pending' | 'in-flight' | 'accepted' | 'failed' | 'cancelled';

/** The kinds that tell until when a controller can object. A deadline that was told is never taken back (D11). */
export const DEADLINE_KINDS = ['notice', 'reminder', 'deadline-moved'] as const satisfies readonly MessageKind[];
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** Whether messages of this kind tell until when a controller can object. */
export function tellsDeadline(kind: MessageKind): kind is DeadlineKind {
  return DEADLINE_KINDS.some((each) => each === kind);
}

/**
 * The kinds that go to all controllers of a change. Single replies are sent before them: a receipt (D18) must not wait behind
 * a million notices. The index `messages_to_send` has the same list, in this order: change both, by a migration.
 */
export const BULK_KINDS = [
  'notice',
  'reminder',
  'change-activated',
  'change-withdrawn',
] as const satisfies readonly MessageKind[];

/** What decides whether a queued message is still to be sent, as things stand when it is claimed. */
export interface MootnessFacts {
  readonly kind: MessageKind;
  readonly changeStatus: ChangeStatus;
  /** Whether the controller counts for the change and has a window, open or not (D7). */
  readonly hasWindow: boolean;
  /** The deadline that the message would tell; `null` when there is none. */
  readonly deadline: Temporal.Instant | null;
}

/**
 * Whether a queued message has lost its point at `now` and is cancelled instead of sent. Only a message that tells a
 * deadline can: its change has ended (D24), its controller has left (D7), the notice that opened the window has bounced, so
 * that there is no deadline to tell (D11, D12), or it is a reminder of a deadline that has passed.
 */
export function isMoot({ kind, changeStatus, hasWindow, deadline }: MootnessFacts, now: Temporal.Instant): boolean {
  if (!tellsDeadline(kind)) return false;
  if (changeStatus !== 'announced' || !hasWindow || deadline === null) return true;
  return kind === 'reminder' && !isInTime(now, deadline);
}

/**
 * What became of one attempt to hand a message over.
 * - `accepted`: the receiving mail system took it.
 * - `retry`: this recipient, later. `failed`: this recipient, for good.
 * - `deferred`: our side is at fault; the recipient is charged no attempt.
 * - `unknown`: the response was lost after the content was sent; it may have arrived.
 */
export type DeliveryOutcome = 'accepted' | 'retry' | 'failed' | 'deferred' | 'unknown';

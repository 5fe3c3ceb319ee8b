import { later } from './instant.ts';
import type { SendOutcome } from './message.ts';
import { deadlineOf, type WindowTerms } from './objection-window.ts';

/** The effect of an attempt to send a notice on its controller's window. */
export interface NoticeEffect {
  /** When the controller was notified, and the deadline that follows (D9); `null` if the outcome is unknown. */
  readonly opening: { readonly notifiedAt: Temporal.Instant; readonly deadline: Temporal.Instant } | null;
  /** Whether the notice printed no deadline, or an earlier one than `finishedAt` gives (D11). */
  readonly printedTooEarly: boolean;
}

/**
 * The effect of an attempt to send a notice. An accepted notice notifies the controller at that moment (D8, D9). A notice of
 * unknown outcome may have reached the contact, and then its printed deadline holds (D11). `null` for every other outcome:
 * nothing has reached the contact.
 */
export function effectOfNotice(
  {
    outcome,
    finishedAt,
    printedDeadline,
  }: {
    readonly outcome: SendOutcome;
    readonly finishedAt: Temporal.Instant;
    readonly printedDeadline: Temporal.Instant | null;
  },
  terms: WindowTerms,
): NoticeEffect | null {
  if (outcome !== 'accepted' && outcome !== 'unknown') return null;
  const deadline = deadlineOf(finishedAt, terms);
  return {
    opening: outcome === 'accepted' ? { notifiedAt: finishedAt, deadline } : null,
    printedTooEarly: later(printedDeadline, deadline) !== printedDeadline,
  };
}

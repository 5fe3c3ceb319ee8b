import { later } from './instant.ts';
import type { DeliveryOutcome } from './message.ts';
import { deadlineOf, type WindowTerms } from './objection-window.ts';

/** What an attempt to send a notice says of the window of its controller. */
export interface NoticeEffect {
  /** When the controller was notified, and its deadline by that (D9); `null` where the notice may have arrived, or not. */
  readonly opening: { readonly notifiedAt: Temporal.Instant; readonly deadline: Temporal.Instant } | null;
  /** Whether the notice told an earlier deadline than it opens a window with, or none (D11). */
  readonly toldTooEarly: boolean;
}

/**
 * What an attempt to send a notice means for its controller's window: one that was accepted notifies the controller at that
 * moment (D8, D9). One whose outcome is unknown may have told a deadline, which then holds (D11). `null` for every other
 * outcome: nothing has reached the contact.
 */
export function effectOfNotice(
  {
    outcome,
    finishedAt,
    printedDeadline,
  }: {
    readonly outcome: DeliveryOutcome;
    readonly finishedAt: Temporal.Instant;
    readonly printedDeadline: Temporal.Instant | null;
  },
  terms: WindowTerms,
): NoticeEffect | null {
  if (outcome !== 'accepted' && outcome !== 'unknown') return null;
  const deadline = deadlineOf(finishedAt, terms);
  return {
    opening: outcome === 'accepted' ? { notifiedAt: finishedAt, deadline } : null,
    toldTooEarly: later(printedDeadline, deadline) !== printedDeadline,
  };
}

import { later } from './instant.ts';
import type { SendOutcome } from './message.ts';
import { openingAt, type Opening, type WindowRule } from './objection-window.ts';

/** The effect of an attempt to send a notice on its controller's window. */
export interface NoticeEffect {
  /** `null` if the outcome is unknown. */
  readonly opening: Opening | null;
  /** Whether the notice printed no deadline, or an earlier one than `finishedAt` gives (D11); never of a change without one. */
  readonly printedTooEarly: boolean;
}

/**
 * The effect of an attempt to send a notice. An accepted notice notifies the controller at that moment (D8, D9). A notice of
 * unknown outcome may have reached the contact, and then its printed deadline holds (D11). `null` for every other outcome:
 * nothing has reached the contact. Of a change without time to object it notifies, and opens nothing (D40).
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
  rule: WindowRule,
): NoticeEffect | null {
  if (outcome !== 'accepted' && outcome !== 'unknown') return null;
  const opening = openingAt(finishedAt, rule);
  return {
    opening: outcome === 'accepted' ? opening : null,
    printedTooEarly: opening.deadline !== null && later(printedDeadline, opening.deadline) !== printedDeadline,
  };
}

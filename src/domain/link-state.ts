import type { ChangeStatus } from './change.ts';
import { dayIn } from './instant.ts';
import { isInTime } from './objection-window.ts';
import type { Regime } from './regime.ts';

/**
 * What the page behind a link is about: whether its reader can object, or how the change ended (D25). `told`: the change has no
 * time to object; it informs, or asks for approval, which is apart from this state (D40).
 */
export type LinkState =
  'not-notified' | 'open' | 'closed' | 'told' | 'agreement-ended' | 'activated' | 'not-activated' | 'withdrawn';

/** The link's change, and the window that the link's controller has for it. */
export interface LinkFacts {
  readonly change: { readonly status: ChangeStatus; readonly regime: Pick<Regime, 'objection'> };
  /** Whether the change has ended without coming to the link's controller (D43). */
  readonly isLeftOut: boolean;
  readonly window: {
    /** The controller's deadline; `null` while it has not been notified, and of a change without time to object. */
    readonly deadline: Temporal.Instant | null;
    /** When its agreement ended; `null` while it runs (D7). */
    readonly leftAt: Temporal.Instant | null;
  };
}

/** The state of a link at `now`. A change that has ended comes first, then an agreement that has ended, then the window. */
export function linkState({ change, window, isLeftOut }: LinkFacts, now: Temporal.Instant): LinkState {
  if (isLeftOut) return 'not-activated';
  if (change.status !== 'announced') return change.status;
  if (window.leftAt !== null) return 'agreement-ended';
  if (!change.regime.objection) return 'told';
  if (window.deadline === null) return 'not-notified';
  return isInTime(now, window.deadline) ? 'open' : 'closed';
}

/** Whether an objection through the link would come in time: also before the controller is notified (D14). */
export function canObject(state: LinkState): boolean {
  return state === 'open' || state === 'not-notified';
}

/**
 * The time left until a deadline: `days` after today on the calendar of `timeZone`, 0 on the last day; and `hours`, rounded
 * down.
 */
export function timeLeft(
  deadline: Temporal.Instant,
  timeZone: string,
  now: Temporal.Instant,
): { days: number; hours: number } {
  // The deadline is exclusive (D9): the last day contains the millisecond before it.
  const lastDay = dayIn(timeZone, deadline.subtract({ milliseconds: 1 }));
  const { days } = dayIn(timeZone, now).until(lastDay, { largestUnit: 'days' });
  return { days, hours: Math.floor(now.until(deadline).total('hours')) };
}

import type { Clock } from '../domain/clock.ts';
import type { SendResult } from '../mail/classify.ts';

/** Faults of our own side in a row that pause the sending. One alone may be about one recipient. */
const FAULTS_TO_PAUSE = 3;
/**
 * Refusals in a row that name no mailbox, and pause the sending. One may be about its recipient; many are about us, and each
 * costs a recipient an attempt.
 */
const REFUSALS_TO_PAUSE = 10;
/** How long a pause lasts. It doubles with each pause in a row. */
const PAUSE_SECONDS = { first: 10, longest: 300 };

/** How the sending goes: as usual, not at all for now, or with one message that tries the mail server. */
export type SendingState = 'sending' | 'paused' | 'probing';

/** A circuit breaker: pauses while the mail server does not take our mail, and probes with one message whether it does again. */
export interface Breaker {
  /** Counts the result of an attempt. Returns how long the pause is that begins with it; `null` where none does. */
  note(result: SendResult): { pausedForSeconds: number } | null;
  state(): SendingState;
  /** Whether the latest attempt failed by a fault of our own side. */
  isAtFault(): boolean;
}

export function createBreaker(clock: Clock): Breaker {
  let faultsInARow = 0;
  let refusalsInARow = 0;
  let pauses = 0;
  let pausedUntil: Temporal.Instant | null = null;
  const isPaused = () => pausedUntil !== null && Temporal.Instant.compare(pausedUntil, clock()) > 0;
  return {
    note({ outcome, mayBeOurFault = false }) {
      faultsInARow = outcome === 'deferred' ? faultsInARow + 1 : 0;
      if (mayBeOurFault) refusalsInARow += 1;
      else if (outcome === 'accepted') refusalsInARow = 0;
      if (outcome !== 'deferred' && refusalsInARow < REFUSALS_TO_PAUSE) {
        [pauses, pausedUntil] = [0, null];
        return null;
      }
      if (isPaused() || (outcome === 'deferred' && faultsInARow < FAULTS_TO_PAUSE && pauses === 0)) return null;
      const seconds = Math.min(PAUSE_SECONDS.first * 2 ** pauses, PAUSE_SECONDS.longest);
      pauses += 1;
      pausedUntil = clock().add({ seconds });
      return { pausedForSeconds: seconds };
    },
    state() {
      if (isPaused()) return 'paused';
      return pauses > 0 ? 'probing' : 'sending';
    },
    isAtFault: () => faultsInARow > 0,
  };
}

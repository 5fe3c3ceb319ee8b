import type { Clock } from '../domain/clock.ts';
import type { DeliveryResult } from '../mail/classify.ts';

/** So many faults of our own side, and no success between them, pause the run: one alone may be about one recipient. */
const FAULTS_TO_PAUSE = 3;
/** The same for refusals that may mean a recipient or us: each may cost a recipient its message, many in a row are our own side. */
const REFUSALS_TO_PAUSE = 10;
/** How long our own side is then left alone: doubled with each pause, to the second number. */
const PAUSE_SECONDS = { first: 10, longest: 300 };

/** How the handing over of mail goes: as usual, left alone for now, or tried with one message. */
export type SendingState = 'sending' | 'paused' | 'probing';

/** Leaves a mail server alone that does not take our mail, and finds out with one message whether it does again. */
export interface Breaker {
  /** Keeps count of how our own side does. Returns for how long it begins to pause, if it does. */
  note(result: DeliveryResult): { pausedForSeconds: number } | null;
  state(): SendingState;
  /** Whether the latest message failed by a fault of our own side. */
  isAtFault(): boolean;
}

export function createBreaker(clock: Clock): Breaker {
  let faultsInARow = 0;
  let refusalsInARow = 0;
  let pauses = 0;
  let pausedUntil: Temporal.Instant | null = null;
  const isPaused = () => pausedUntil !== null && Temporal.Instant.compare(pausedUntil, clock()) > 0;
  return {
    note({ outcome, mayMeanUs = false }) {
      faultsInARow = outcome === 'deferred' ? faultsInARow + 1 : 0;
      if (mayMeanUs) refusalsInARow += 1;
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

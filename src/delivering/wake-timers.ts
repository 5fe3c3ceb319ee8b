import type { Clock } from '../domain/clock.ts';

/** What is due later than this is found by the sweep. */
const SWEEP_MS = 10_000;

/** Timers for what becomes due before the next sweep. They do not keep the process alive. */
export interface WakeTimers {
  wakeAt(at: Temporal.Instant): void;
  clear(): void;
}

export function wakeTimers(clock: Clock, wake: () => void): WakeTimers {
  const timers = new Set<NodeJS.Timeout>();
  return {
    wakeAt(at) {
      const inMs = at.epochMilliseconds - clock().epochMilliseconds;
      if (inMs > SWEEP_MS) return;
      const ring = () => {
        timers.delete(timer);
        wake();
      };
      const timer = setTimeout(ring, Math.max(inMs, 0));
      timers.add(timer.unref());
    },
    clear() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

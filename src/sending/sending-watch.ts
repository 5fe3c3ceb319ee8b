import type { Clock } from '../domain/clock.ts';

/** Failures for longer than this are no blip. */
const FAILING_FOR = { seconds: 30 };

/** What is seen of this process's sending from outside: whether it can claim and record. */
export interface SendingWatch {
  /** Messages were claimed or recorded, or none was due. */
  worked(): void;
  /** The database could not be used. */
  failed(): void;
  /** Why it cannot do its work, in words for an operator; `null` where it can. */
  fault(): string | null;
  lastWorkedAt(): Temporal.Instant;
}

export function sendingWatch(clock: Clock): SendingWatch {
  let workedAt = clock();
  let failingSince: Temporal.Instant | null = null;
  return {
    worked() {
      workedAt = clock();
      failingSince = null;
    },
    failed() {
      failingSince ??= clock();
    },
    fault() {
      const isFailing = failingSince && Temporal.Instant.compare(failingSince.add(FAILING_FOR), clock()) <= 0;
      return isFailing ? 'The sending can neither claim nor record: its database connections fail' : null;
    },
    lastWorkedAt: () => workedAt,
  };
}

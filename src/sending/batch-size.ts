/** A batch is what goes out in this time: behind a slow mail server, more would wait until its lease ends. */
const AHEAD_MS = 50;

/** How many messages the next batch claims. */
export interface BatchSize {
  /** Notes that a message has been asked for: all requests but those of the senders at work mean that one has been sent. */
  noteRequest(): void;
  /** What the last 50 ms sent, at least `least` and at most `most`. `at` in milliseconds; each call measures since the last. */
  next(at: number): number;
}

/** The size of batches for so many concurrent senders, which begin to send at `startedAt` (milliseconds). */
export function batchSize({
  senders,
  least,
  most,
  startedAt,
}: {
  senders: number;
  least: number;
  most: number;
  startedAt: number;
}): BatchSize {
  let requests = 0;
  let last = { sent: 0, at: startedAt };
  return {
    noteRequest() {
      requests += 1;
    },
    next(at) {
      const sent = Math.max(requests - senders, 0);
      const sinceLast = sent - last.sent;
      const goingOut = sinceLast === 0 ? 0 : Math.ceil((sinceLast / (at - last.at)) * AHEAD_MS);
      last = { sent, at };
      return Math.max(least, Math.min(goingOut, most));
    },
  };
}

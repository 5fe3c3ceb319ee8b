/** So many notices, of which something is true since this instant. */
export interface CountedAt {
  readonly at: Temporal.Instant;
  readonly amount: number;
}

/** How many notices were accepted, and had failed, by an instant; `sent` is both. */
export interface SentBy {
  readonly at: Temporal.Instant;
  readonly sent: number;
  readonly accepted: number;
  readonly failed: number;
}

/** The most points of a course, without its beginning. */
export const MAX_POINTS = 60;

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
/** Seconds between two points: what people count time in. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

/**
 * How the notices of a change went out, from `from` until `until`: a point for each step, the last one at `until`. The step is the
 * shortest that makes no more than `MAX_POINTS` of them. A notice counts where its minute begins, as the ledger has it.
 */
export function sendingOverTime(
  counted: { readonly accepted: readonly CountedAt[]; readonly failed: readonly CountedAt[] },
  from: Temporal.Instant,
  until: Temporal.Instant,
): { readonly stepSeconds: number; readonly points: readonly SentBy[] } {
  const seconds = Math.max(0, until.since(from).total('seconds'));
  const fitting = STEPS.find((step) => seconds / step <= MAX_POINTS);
  // Of a change that is sent for years: whole days, as many as it takes.
  const stepSeconds = fitting ?? Math.ceil(seconds / MAX_POINTS / DAY) * DAY;
  // One at least: what it has come to.
  const steps = Math.max(1, Math.ceil(seconds / stepSeconds));
  const begin = from.epochMilliseconds;
  const instants = Array.from({ length: steps }, (_, index) => begin + (index + 1) * stepSeconds * 1_000);
  const moments = [begin, ...instants.map((at) => Math.min(at, begin + seconds * 1_000))];
  const by = (amounts: readonly CountedAt[], moment: number) =>
    amounts.filter(({ at }) => at.epochMilliseconds <= moment).reduce((sum, { amount }) => sum + amount, 0);
  const points = moments.map((moment, index) => {
    // What is counted at the beginning is of the minute that follows.
    const upTo = index === 0 ? begin - MINUTE * 1_000 : moment;
    const [accepted, failed] = [by(counted.accepted, upTo), by(counted.failed, upTo)];
    return { at: Temporal.Instant.fromEpochMilliseconds(moment), sent: accepted + failed, accepted, failed };
  });
  return { stepSeconds, points };
}

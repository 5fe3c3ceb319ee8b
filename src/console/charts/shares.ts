/** A count of a chart: what it is called, and how it is drawn (`chart-<tone>` in the stylesheet). */
export interface Part {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}
export type Tone = 'good' | 'waiting' | 'bad' | 'plain' | 'none';

/** A part with its place on a bar, in percent of its whole length. */
export interface Share extends Part {
  readonly from: number;
  readonly width: number;
  /** Its share of all in whole percent, as `percentsOf`. */
  readonly percent: string;
}

/** So much of a bar, in percent, has what is there at all: one of 100,000 must be seen. */
const SEEN = 1;

/**
 * Parts of a whole, side by side on one bar, each as long as its share, and none of those that are there shorter than what can be
 * seen. The longer ones give that away, so that the bar stays whole. Without a count the bar is empty.
 */
export function sharesOf(parts: readonly Part[]): Share[] {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const shares = parts.map(({ count }) => (total === 0 ? 0 : (count / total) * 100));
  const widths = shares.map((share) => (share === 0 ? 0 : Math.max(share, SEEN)));
  const tooMuch = widths.reduce((sum, width) => sum + width, 0) - 100;
  const spare = widths.reduce((sum, width) => sum + Math.max(0, width - SEEN), 0);
  const fitting = widths.map((width) =>
    tooMuch > 0 && spare > 0 ? width - Math.max(0, width - SEEN) * (tooMuch / spare) : width,
  );
  const percents = percentsOf(parts.map(({ count }) => count));
  let from = 0;
  return parts.map((part, index) => {
    const width = rounded(fitting[index] ?? 0);
    const share = { ...part, from: rounded(from), width, percent: percents[index] ?? '0' };
    from += fitting[index] ?? 0;
    return share;
  });
}

/** Bars below each other, each as long as its count beside the greatest, and seen where there is one. */
export function barsOf<Bar extends { readonly count: number }>(
  bars: readonly Bar[],
): (Bar & { readonly width: number })[] {
  const greatest = Math.max(0, ...bars.map(({ count }) => count));
  return bars.map((bar) => ({
    ...bar,
    width: bar.count === 0 ? 0 : rounded(Math.max((bar.count / greatest) * 100, SEEN)),
  }));
}

/**
 * The share of each count in whole percent, which add up to 100: what is missing of that when all are rounded down goes to the largest
 * remainders. "< 1" of something that would be "0", and "> 99" of less than all that would be "100".
 */
function percentsOf(counts: readonly number[]): string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return counts.map(() => '0');
  const whole = counts.map((count) => Math.floor((count * 100) / total));
  const missing = 100 - whole.reduce((sum, percent) => sum + percent, 0);
  const remainder = (index: number) => ((counts[index] ?? 0) * 100) % total;
  const raised = new Set(
    counts
      .map((_, index) => index)
      .sort((a, b) => remainder(b) - remainder(a))
      .slice(0, missing),
  );
  return counts.map((count, index) => {
    const percent = (whole[index] ?? 0) + (raised.has(index) ? 1 : 0);
    if (percent === 0 && count > 0) return '< 1';
    return percent === 100 && count < total ? '> 99' : String(percent);
  });
}

const rounded = (value: number) => Math.round(value * 100) / 100;

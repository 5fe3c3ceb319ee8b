/** One figure, or one per round; or the name of what a line is about. */
export type Figure = number | string | readonly number[];

/** A line of a table: figures by the names of their columns. */
export type Row = Readonly<Record<string, Figure>>;

/** The value below which this part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** The middle one; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Seconds that work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Rows as text, columns right-aligned. A figure of several rounds is shown as its median and range. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('   '))
    .map((line) => `  ${line}\n`)
    .join('');
}

function shown(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  if (typeof figure === 'string') return figure;
  if (typeof figure === 'number') return digits(figure);
  if (figure.length === 1) return digits(median(figure));
  return `${digits(median(figure))} (${digits(Math.min(...figure))}–${digits(Math.max(...figure))})`;
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

import type { Row } from './figures.ts';

export interface Setting {
  readonly rounds: number;
  /** What the measurement starts, ended when it is over or interrupted. */
  readonly parts: AsyncDisposableStack;
  readonly say: (progress: string) => void;
}

/** Something that is measured at several sizes. */
export interface Measurement {
  /** What its figures are, for a reader of the table. */
  readonly about: string;
  /** The sizes unless others are asked for: so many controllers, each with one contact. */
  readonly sizes: readonly number[];
  /** So often unless asked otherwise; figures are medians. */
  readonly rounds: number;
  measure(size: number, setting: Setting): Promise<Row>;
  /** Adds what compares one size with another. */
  compare?(rows: readonly Row[]): Row[];
}

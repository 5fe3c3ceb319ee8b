/** What a verification finds wrong (D53). docs/evidence.md says of each what it means. */
export const FAULT_KINDS = [
  'missing',
  'altered',
  'person-altered',
  'emptied',
  'backdated',
  'added',
  'seal',
  'checkpoint',
  'key',
  'witness',
  'state',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that is wrong, in words. It names rows by their keys, and no person. */
export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
}

/** So many faults are listed; all are counted. */
const LISTED = 1_000;

/** What a verification has found. */
export interface Verification {
  /** How many rows are sealed and were held against themselves, and how many states were derived. */
  readonly sealed: number;
  readonly derived: number;
  /** Rows whose personal part was emptied, with an erasure on record. */
  readonly erased: number;
  /** Rows that were written since the newest checkpoint. */
  readonly recent: number;
  readonly checkpoints: number;
  readonly epochs: number;
  /** The first 1,000 faults. */
  readonly faults: readonly Fault[];
  readonly counts: Readonly<Record<FaultKind, number>>;
}

/** Gathers what is found, in bounded memory. */
export class Findings {
  sealed = 0;
  derived = 0;
  erased = 0;
  recent = 0;
  checkpoints = 0;
  epochs = 0;
  readonly faults: Fault[] = [];
  readonly counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;

  /** Adds a fault. `times`: where so many are told in one. */
  add(kind: FaultKind, message: string, times = 1): void {
    this.counts[kind] += times;
    if (this.faults.length < LISTED) this.faults.push({ kind, message });
  }

  result(): Verification {
    const { sealed, derived, erased, recent, checkpoints, faults, counts } = this;
    return { sealed, derived, erased, recent, checkpoints, epochs: this.epochs, faults, counts };
  }
}

/** How many faults there are. */
export function faultsIn({ counts }: Pick<Verification, 'counts'>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** What was found, in one sentence. */
export function inWords(found: Verification): string {
  const faults = faultsIn(found);
  const seen = `${found.sealed} sealed rows (${found.erased} of them with persons emptied), ${found.checkpoints} checkpoints in ${found.epochs} trees and ${found.derived} states were verified; ${found.recent} rows are too new to be sealed.`;
  if (faults === 0) return `The record is as it was sealed: ${seen}`;
  const kinds = FAULT_KINDS.filter((kind) => found.counts[kind] > 0).map((kind) => `${kind} ${found.counts[kind]}`);
  return `The record is NOT as it was sealed: ${faults} faults (${kinds.join(', ')}). ${seen}`;
}

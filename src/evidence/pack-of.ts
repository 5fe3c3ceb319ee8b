import type { Change } from '../domain/change.ts';

/** What a pack is asked for. */
export interface PackOf {
  readonly change: Change;
  /** Whose share it is (D54); `null` for the whole. */
  readonly controller: { readonly id: string; readonly externalId: string } | null;
  /** Without what is of persons, and without mails. */
  readonly isRedacted: boolean;
}

import type { WindowTerms } from './objection-window.ts';
import type { SubProcessor } from './register.ts';
import type { Text } from './text.ts';

export const CHANGE_KINDS = ['addition', 'replacement'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export const CHANGE_STATUSES = ['announced', 'activated', 'withdrawn'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/** What an officer announces (D1, D2). */
export interface Announcement {
  readonly product: string;
  readonly kind: ChangeKind;
  readonly replaces: string | null;
  readonly subProcessor: SubProcessor;
  readonly reason: Text;
  readonly plannedActivationOn: Temporal.PlainDate;
  readonly supersedes: string | null;
}

/** Who announces, and where a written answer can be sent, as it was when the change was announced. */
export interface Processor {
  readonly name: string;
  readonly registrationNumber: string;
  readonly address: string;
}
export interface ObjectionAddress {
  readonly email: string;
  readonly postal: string;
}

/** An announced change. What it says and the terms it was announced under never change (D6). */
export interface Change extends Announcement {
  readonly id: string;
  readonly status: ChangeStatus;
  readonly version: number;
  readonly productName: string;
  readonly processor: Processor;
  readonly objectionAddress: ObjectionAddress;
  readonly terms: WindowTerms;
  readonly announcedAt: Temporal.Instant;
  readonly activatedAt: Temporal.Instant | null;
  readonly withdrawnAt: Temporal.Instant | null;
  readonly withdrawalReason: Text | null;
}

/** How far a change has come. */
export interface ChangeProgress {
  readonly controllers: { readonly total: number; readonly notified: number; readonly windowsOpen: number };
  readonly notices: {
    readonly total: number;
    readonly accepted: number;
    readonly pending: number;
    readonly failed: number;
  };
  /** Rejected attempts are on record (D15, D16) and not counted as objections. */
  readonly objections: { readonly total: number; readonly pending: number };
  /** What controllers have written back. */
  readonly answers: { readonly total: number; readonly unread: number };
  readonly notNotified: readonly string[];
  readonly pendingObjections: readonly string[];
  readonly unreadAnswers: readonly string[];
  readonly latestDeadline: Temporal.Instant | null;
  /** Notices accepted since `rateCountedSince`. */
  readonly acceptedLately: number;
}

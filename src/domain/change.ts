import type { ApprovalProgress } from './approval-progress.ts';
import type { Effect } from './effect.ts';
import { onlyInforms, type ChangeElement, type Regime, type Worded } from './regime.ts';
import type { EntryNow, SubProcessor } from './register.ts';
import type { AnnouncedTerms } from './terms.ts';
import type { Text } from './text.ts';
import type { TransferBasis } from './transfer-basis.ts';

export const CHANGE_KINDS = ['addition', 'replacement', 'amendment', 'removal', 'transfer-basis'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export const CHANGE_STATUSES = ['announced', 'activated', 'withdrawn'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/**
 * What becomes of a sub-processor of an entry that leaves the register (D47). `parentId` is an entry of the register; the one that is
 * replaced means the company that takes its place, which has no id before the activation.
 */
export type ChildDecision =
  | { readonly entry: string; readonly then: 'leaves' }
  | { readonly entry: string; readonly then: 'stays'; readonly parentId: string | null };

/** The basis that a place of an entry shall rest on. */
export interface BasisOfPlace {
  readonly entry: string;
  readonly country: string;
  readonly transferBasis: TransferBasis | null;
}

/** What the processor's own sub-processor has told it of the change (D45). */
export interface Upstream {
  readonly noticeReceivedOn: Temporal.PlainDate;
  readonly objectBy: Temporal.PlainDate | null;
  readonly effectiveOn: Temporal.PlainDate;
  readonly reference: string | null;
}

/** For whom a change is activated: for all controllers at once, or for those who have approved, in waves (D43). */
export const SCOPES = ['all', 'each'] as const;
export type Scope = (typeof SCOPES)[number];

/** What an officer announces (D1, D2, D38). */
export interface Announcement {
  readonly product: string;
  readonly kind: ChangeKind;
  /** The entry that the company replaces, of a `replacement`. */
  readonly replaces: string | null;
  /** The entry that gets other facts, of an `amendment`. */
  readonly amends: string | null;
  /** The entry that leaves, of a `removal`. */
  readonly removes: string | null;
  /** Of a `transfer-basis`: which places shall rest on what. */
  readonly entries: readonly BasisOfPlace[];
  readonly children: readonly ChildDecision[];
  /** The company as it shall be; `null` of a `removal` and a `transfer-basis`. */
  readonly subProcessor: SubProcessor | null;
  readonly wordingOnly: readonly Worded[];
  /** What the change shall need beyond what its clauses demand. */
  readonly regime: Regime;
  readonly scope: Scope;
  /** Of scope `each`: how the data of the others is kept away, and who vouches for it. */
  readonly separation: Text | null;
  readonly upstream: Upstream | null;
  /** The versions of its product's terms that list it already: who joins on one of them is not asked (D46). */
  readonly listedInTerms?: readonly string[] | undefined;
  readonly reason: Text;
  readonly plannedActivationOn: Temporal.PlainDate;
  readonly supersedes: string | null;
  /** Whether a planned day more than two years away is meant. */
  readonly farDate?: boolean | undefined;
  /** How long nobody is told of it (D33); left out, as long as its product says. */
  readonly holdMinutes?: number | undefined;
}

/** The company that announces, as it was when the change was announced. */
export interface Processor {
  readonly name: string;
  readonly registrationNumber: string;
  readonly address: string;
}

/** Where a written objection can be sent, as it was when the change was announced. */
export interface ObjectionAddress {
  readonly email: string;
  readonly postal: string;
}

/** All that a change tells: what is announced, by whom and under which terms. */
export interface ChangeContent extends Omit<Announcement, 'regime' | 'farDate' | 'holdMinutes' | 'listedInTerms'> {
  /** What it does to each company, as it is told (D38). */
  readonly effects: readonly Effect[];
  /** The same, element by element, each with its regime and clause (D39). */
  readonly elements: readonly ChangeElement[];
  readonly regime: Regime;
  /** What was asked for beyond what its clauses demand. */
  readonly stricter: Regime;
  readonly productName: string;
  readonly processor: Processor;
  readonly objectionAddress: ObjectionAddress;
  readonly terms: AnnouncedTerms;
}

/** A change's content and the terms that it was announced under: neither ever changes (D6). */
export interface ChangeAsAnnounced extends ChangeContent {
  readonly id: string;
  /** The number of events that the change has had. */
  readonly version: number;
  /** Names what was announced, for approvals of it (D42); `null` of what was announced before there were any. */
  readonly contentHash: string | null;
  readonly announcedAt: Temporal.Instant;
  readonly announcedBy: string;
  /** Until when nobody is told of it (D33); `null` where it was not held. */
  readonly heldUntil: Temporal.Instant | null;
  /** When controllers began to be told of it; `null` while it is held, and where it was withdrawn before (D33). */
  readonly toldSince: Temporal.Instant | null;
  /** When a second person confirmed that only words change, and who (D39); `null` while nobody has. */
  readonly wordingConfirmed: { readonly at: Temporal.Instant; readonly by: string } | null;
}

/** A change that has not ended. Only such a change can be activated (D20) or withdrawn (D24). */
export interface AnnouncedChange extends ChangeAsAnnounced {
  readonly status: 'announced';
}

/** A change that is in force, for good. */
export interface ActivatedChange extends ChangeAsAnnounced {
  readonly status: 'activated';
  readonly activatedAt: Temporal.Instant;
  readonly activatedBy: string;
}

/** A change that was withdrawn, for good (D24). */
export interface WithdrawnChange extends ChangeAsAnnounced {
  readonly status: 'withdrawn';
  readonly withdrawnAt: Temporal.Instant;
  readonly withdrawnBy: string;
  readonly withdrawalReason: Text;
}

export type Change = AnnouncedChange | ActivatedChange | WithdrawnChange;

/**
 * Whether controllers are still notified of the change: while it is announced, and where it only informs also after its activation,
 * which waits for nobody (D40).
 */
export function isStillTold({ status, regime }: Pick<Change, 'status' | 'regime'>): boolean {
  return status === 'announced' || (status === 'activated' && onlyInforms(regime));
}

/** When the change was activated or withdrawn; `null` while it is announced. */
export function endOf(change: Change): Temporal.Instant | null {
  switch (change.status) {
    case 'announced':
      return null;
    case 'activated':
      return change.activatedAt;
    case 'withdrawn':
      return change.withdrawnAt;
  }
}

/** The progress of a change: its counts, and the ids behind the blockers. */
export interface ChangeProgress {
  readonly controllers: { readonly total: number; readonly notified: number; readonly windowsOpen: number };
  readonly notices: {
    readonly total: number;
    readonly accepted: number;
    readonly pending: number;
    readonly failed: number;
    /** Not sent, because the change or an agreement ended first (D7, D24). */
    readonly cancelled: number;
  };
  /** The versions of its product's terms that list it (D46), in order. */
  readonly listedInTerms: readonly string[];
  /** Without rejected attempts, which are only kept on record (D15, D16). */
  readonly objections: { readonly total: number; readonly pending: number };
  /** Written answers of controllers. */
  readonly answers: { readonly total: number; readonly unread: number };
  /** How controllers stand by their approvals; `null` where the change asks for none. */
  readonly approvals: ApprovalProgress | null;
  readonly notNotified: readonly string[];
  readonly pendingObjections: readonly string[];
  readonly unreadAnswers: readonly string[];
  /** Controllers of whose present contacts none has been told (D35): how many, and the first of their external ids. */
  readonly untoldContacts: { readonly count: number; readonly controllers: readonly string[] };
  /** Mails on record that may be about the change and that nobody has read. */
  readonly unreadMails: number;
  /** The waves of a change of scope `each`, and the controllers in them (D43). */
  readonly activations: { readonly count: number; readonly controllers: number };
  /** Whether the counts hide a blocker that the rows have: they are wrong. */
  readonly countsDisagree: boolean;
  /** The entries that an announced change takes for granted, as they are in the register now, parents included. */
  readonly entriesNow: readonly EntryNow[];
  readonly latestDeadline: Temporal.Instant | null;
  /** Notices accepted since `rateCountedSince`. */
  readonly acceptedLately: number;
  /** Controllers that a fan-out has not written the window and the notice of yet (D5). */
  readonly unwritten: number;
}

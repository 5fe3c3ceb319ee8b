import { instantText } from './instant.ts';
import { isInTime } from './objection-window.ts';
import type { ChangeStatus } from './change.ts';
import type { Regime } from './regime.ts';
import { visibleText } from './visible-text.ts';
import { viewOfWithdrawal, type WithdrawalRequest } from './withdrawal.ts';

/** Reasons may be this long, in Unicode code points (D15). */
export const MAX_REASONS_LENGTH = 20_000;

/** How many rejected attempts through one link are kept first, and how many of the latest; the others are counted (D15). */
export const KEPT_ATTEMPTS = 20;

/** The channels of objections that an officer records (D17). */
export const RECORDED_CHANNELS = ['email', 'letter'] as const;
export const OBJECTION_CHANNELS = ['link', ...RECORDED_CHANNELS] as const;
export type ObjectionChannel = (typeof OBJECTION_CHANNELS)[number];

export const OBJECTION_STATUSES = ['pending', 'resolved', 'rejected'] as const;
export type ObjectionStatus = (typeof OBJECTION_STATUSES)[number];

/** Outcomes that an officer can record (D19). `change-withdrawn` follows from withdrawing the change and is never chosen. */
export const CHOSEN_OUTCOMES = ['withdrawn', 'accommodated', 'agreement-ended', 'invalid'] as const;
export type ChosenOutcome = (typeof CHOSEN_OUTCOMES)[number];
export const RESOLUTION_OUTCOMES = [...CHOSEN_OUTCOMES, 'change-withdrawn'] as const;
export type Outcome = (typeof RESOLUTION_OUTCOMES)[number];

/** Why an attempt to object does not count (D7, D14, D15, D16, D40). */
export const OBJECTION_REFUSALS = [
  'reasons-required',
  'window-closed',
  'agreement-ended',
  'change-ended',
  'no-objection-window',
] as const;
export type ObjectionRefusal = (typeof OBJECTION_REFUSALS)[number];

/** An objection or a rejected attempt, as it was received (D14, D18). */
export interface ObjectionAsReceived {
  readonly id: string;
  /** The number that people refer to it by: a whole number, rising, never used twice. */
  readonly number: number;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  readonly channel: ObjectionChannel;
  /** The message whose link it came through; `null` of another channel, and of what is older than this record. */
  readonly messageId: string | null;
  readonly from: { readonly name: string | null; readonly email: string | null };
  /** As received; `null` when none were given. */
  readonly reasons: string | null;
  readonly receivedAt: Temporal.Instant;
  readonly recordedAt: Temporal.Instant;
  /** An officer, or the contact whose link it came through. */
  readonly recordedBy: string;
  /** Who accepted it although it came late, and why (D16); `null` where nobody did. */
  readonly acceptedLate: {
    readonly explanation: string | null;
    readonly acceptedAt: Temporal.Instant;
    readonly acceptedBy: string;
  } | null;
  /** The latest withdrawal that its controller has asked for (D31); `null` for none. */
  readonly withdrawal: WithdrawalRequest | null;
}

/** An objection that blocks activation until it is resolved (D18, D19). */
export interface PendingObjection extends ObjectionAsReceived {
  readonly status: 'pending';
}

export interface ResolvedObjection extends ObjectionAsReceived {
  readonly status: 'resolved';
  readonly resolution: {
    readonly outcome: Outcome;
    readonly explanation: string | null;
    /** The mail on record that the decision rests on. */
    readonly mailId: string | null;
    readonly resolvedAt: Temporal.Instant;
    readonly resolvedBy: string;
  };
}

/** An attempt that does not count, kept on record (D15, D16). */
export interface RejectedObjection extends ObjectionAsReceived {
  readonly status: 'rejected';
  readonly rejectedFor: ObjectionRefusal;
}

export type Objection = PendingObjection | ResolvedObjection | RejectedObjection;

/** An objection as its controller is shown it in the response to what it sends through a link. */
export function viewOfObjection(objection: Objection) {
  const resolution = objection.status === 'resolved' ? objection.resolution : null;
  return {
    id: objection.id,
    number: objection.number,
    changeId: objection.changeId,
    controller: objection.controller,
    channel: objection.channel,
    messageId: objection.messageId,
    from: objection.from,
    reasons: objection.reasons,
    receivedAt: instantText(objection.receivedAt),
    status: objection.status,
    rejectedFor: objection.status === 'rejected' ? objection.rejectedFor : null,
    resolution: resolution && { ...resolution, resolvedAt: instantText(resolution.resolvedAt) },
    withdrawal: objection.withdrawal && viewOfWithdrawal(objection.withdrawal),
  };
}

/** An objection as the company's own programs are shown it: with who put it on record, and who accepted it late. */
export function recordOfObjection(objection: Objection) {
  const { recordedAt, recordedBy, acceptedLate } = objection;
  return {
    ...viewOfObjection(objection),
    recordedAt: instantText(recordedAt),
    recordedBy,
    acceptedLate: acceptedLate && { ...acceptedLate, acceptedAt: instantText(acceptedLate.acceptedAt) },
  };
}

/** Placeholders that say "no reason" in Danish or English, reduced to their lower-case letters. */
const PLACEHOLDERS = new Set(
  [
    'ingen',
    'ingen grund',
    'ingen grunde',
    'ingen begrundelse',
    'ingen bemærkninger',
    'ingen kommentar',
    'ingen kommentarer',
    'ingen årsag',
    'ingen særlig grund',
    'ingen indvendinger',
    'intet',
    'intet at bemærke',
    'nej',
    'næ',
    'nix',
    'ikke relevant',
    'ikke angivet',
    'ikke oplyst',
    'uden begrundelse',
    'uden grund',
    'ved ikke',
    'tom',
    'blank',
    'ir',
    'ia',
    'ib',
    'nej tak',
    'ingen bemaerkninger',
    'ingen særlige grunde',
    'ingen specifik grund',
    'ikke specificeret',
    'none',
    'none given',
    'not specified',
    'no particular reason',
    'no',
    'nope',
    'nil',
    'null',
    'nothing',
    'undefined',
    'nan',
    'na',
    'not applicable',
    'not available',
    'no reason',
    'no reasons',
    'no reason given',
    'no reasons given',
    'no comment',
    'no comments',
    'no remarks',
    'no objection',
    'no objections',
    'without reason',
    'without reasons',
    'empty',
    'tbd',
    'todo',
    'unknown',
    'dont know',
    'i dont know',
    'xxx',
    'xx',
    'x',
  ].map((placeholder) => placeholder.replaceAll(' ', '')),
);

/**
 * Whether a text states reasons (D15), judged by what a reader sees of it: markup is none. It does not when, after Unicode NFKC
 * normalisation, it has no letters (only white space, invisible characters, punctuation, digits, symbols and emoji), or when its
 * letters are a placeholder for "no reason" in Danish or English. The quality of reasons is not graded: "USA" is a reason.
 */
export function statesReasons(text: string | null | undefined): text is string {
  if (text === null || text === undefined) return false;
  const letters = visibleText(text)
    // Before NFKC, which turns ™ and ℹ into letters, and does not compose letters separated by invisible characters.
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Extended_Pictographic}]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    // Modifier letters (ˆ, ー) are no words on their own.
    .replace(/\P{L}|\p{Lm}/gu, '');
  return letters !== '' && !PLACEHOLDERS.has(letters);
}

/**
 * Whether an objection can have been received at `receivedAt`: from the announcement of its change to now. An objection
 * through a link always can: we date it ourselves, and it must not be lost where two machines' clocks differ.
 */
export function isPossibleReceipt(
  { channel, receivedAt }: Pick<ObjectionAsReceived, 'channel' | 'receivedAt'>,
  announcedAt: Temporal.Instant,
  now: Temporal.Instant,
): boolean {
  const isFromThenToNow =
    Temporal.Instant.compare(announcedAt, receivedAt) <= 0 && Temporal.Instant.compare(receivedAt, now) <= 0;
  return channel === 'link' || isFromThenToNow;
}

/**
 * The message to a controller's contacts about its objection: the acknowledgement of one that counts (D18), or the rejection
 * of one that came by e-mail or letter. `null` for a rejection through a link, which the page shows at once.
 */
export function messageAfter(
  refusal: ObjectionRefusal | null,
  channel: ObjectionChannel,
): 'objection-received' | 'objection-rejected' | null {
  if (refusal === null) return 'objection-received';
  return channel === 'link' ? null : 'objection-rejected';
}

/**
 * Whether an officer's decision on this outcome needs its evidence: that the controller has withdrawn the objection, or confirmed
 * a solution, in writing, or why the objection is invalid (D19). The end of an agreement is on record by itself.
 */
export function needsEvidence(outcome: ChosenOutcome): boolean {
  return outcome !== 'agreement-ended';
}

/** What an objection is judged against, read under the change's row lock (D22). */
export interface ObjectionFacts {
  readonly status: ChangeStatus;
  readonly regime: Pick<Regime, 'objection'>;
  /** The controller's deadline in force; `null` while it has not been notified. */
  readonly deadline: Temporal.Instant | null;
  /** When its agreement ended; `null` while it runs (D7). */
  readonly leftAt: Temporal.Instant | null;
  readonly receivedAt: Temporal.Instant;
  readonly reasons: string | null;
}

export type ObjectionVerdict =
  { readonly allowed: true } | { readonly allowed: false; readonly because: ObjectionRefusal };

/**
 * Whether an objection counts (D14, D15, D16). A controller that is not notified has no deadline to miss; one that has left
 * unnotified objects until it left (D7). A change without time to object takes no objection (D40). That and lateness are judged
 * before reasons, so that nobody is asked in vain to write again.
 */
export function judgeObjection(facts: ObjectionFacts): ObjectionVerdict {
  const { status, regime, deadline, leftAt, receivedAt, reasons } = facts;
  if (status !== 'announced') return { allowed: false, because: 'change-ended' };
  if (deadline !== null && !isInTime(receivedAt, deadline)) return { allowed: false, because: 'window-closed' };
  if (leftAt !== null && !isInTime(receivedAt, leftAt)) return { allowed: false, because: 'agreement-ended' };
  if (!regime.objection) return { allowed: false, because: 'no-objection-window' };
  if (!statesReasons(reasons)) return { allowed: false, because: 'reasons-required' };
  return { allowed: true };
}

/** Why a rejected attempt cannot be accepted after all. */
export type LateAcceptanceRefusal = 'change-ended' | 'objection-not-late' | 'reasons-required';

/**
 * Why a rejected attempt cannot be accepted after all (D16); `null` when it can: it was rejected for lateness only, and its
 * change, whose status is `status`, has not ended.
 */
export function refuseLateAcceptance(objection: Objection, status: ChangeStatus): LateAcceptanceRefusal | null {
  if (status !== 'announced') return 'change-ended';
  if (objection.status !== 'rejected' || objection.rejectedFor !== 'window-closed') return 'objection-not-late';
  return statesReasons(objection.reasons) ? null : 'reasons-required';
}

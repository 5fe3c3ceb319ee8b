import { blockersOf, earliestActivation, instantText, type ActivationFacts, type Blocker } from './activation.ts';
import { earliestPlannedActivation, type WindowTerms } from './objection-window.ts';
import { isSameCompany, type RegisterEntry, type SubProcessor } from './register.ts';
import { sendingOf } from './sending.ts';
import { refuseTransferBasis } from './transfer-basis.ts';
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

/** A change as callers see it, in the API and in events. */
export interface ChangeView {
  id: string;
  product: string;
  kind: ChangeKind;
  status: ChangeStatus;
  version: number;
  announcedAt: string;
  plannedActivationOn: string;
  activatedAt: string | null;
  withdrawnAt: string | null;
  withdrawalReason: Text | null;
  subProcessor: SubProcessor;
  replaces: string | null;
  supersedes: string | null;
  reason: Text;
  objectionWindowDays: number;
  controllers: ChangeProgress['controllers'];
  notices: ChangeProgress['notices'];
  sending: { startedAt: string; perSecond: number; secondsLeft: number | null } | null;
  objections: ChangeProgress['objections'];
  answers: ChangeProgress['answers'];
  lastDeadline: string | null;
  activation: { allowed: boolean; earliestAt: string | null; blockers: Blocker[] };
}

/** The facts the activation decision rests on, out of a change and its progress. */
export function activationFacts(change: Change, progress: ChangeProgress): ActivationFacts {
  const { total, notified, windowsOpen } = progress.controllers;
  return {
    status: change.status,
    timeZone: change.terms.timeZone,
    plannedActivationOn: change.plannedActivationOn,
    notNotified: { count: total - notified, controllers: progress.notNotified },
    openWindows: windowsOpen,
    latestDeadline: progress.latestDeadline,
    pendingObjections: { count: progress.objections.pending, ids: progress.pendingObjections },
    unreadAnswers: { count: progress.answers.unread, ids: progress.unreadAnswers },
  };
}

/** The change as the API and the events show it at `now`. */
export function viewOfChange(change: Change, progress: ChangeProgress, now: Temporal.Instant): ChangeView {
  const facts = activationFacts(change, progress);
  const blockers = blockersOf(facts, now);
  const earliest = earliestActivation(facts);
  const sending = sendingOf(change, progress, now);
  const text = (instant: Temporal.Instant | null) => (instant === null ? null : instantText(instant));
  return {
    id: change.id,
    product: change.product,
    kind: change.kind,
    status: change.status,
    version: change.version,
    announcedAt: instantText(change.announcedAt),
    plannedActivationOn: change.plannedActivationOn.toString(),
    activatedAt: text(change.activatedAt),
    withdrawnAt: text(change.withdrawnAt),
    withdrawalReason: change.withdrawalReason,
    subProcessor: change.subProcessor,
    replaces: change.replaces,
    supersedes: change.supersedes,
    reason: change.reason,
    objectionWindowDays: change.terms.objectionWindowDays,
    controllers: progress.controllers,
    notices: progress.notices,
    sending: sending && {
      startedAt: instantText(sending.startedAt),
      perSecond: Math.round(sending.perSecond * 10) / 10,
      secondsLeft: sending.secondsLeft && Math.ceil(sending.secondsLeft),
    },
    objections: progress.objections,
    answers: progress.answers,
    lastDeadline: facts.notNotified.count === 0 ? text(progress.latestDeadline) : null,
    activation: { allowed: blockers.length === 0, earliestAt: text(earliest), blockers },
  };
}

/** What the announcement is judged against, as it stands under the product's row lock. */
export interface AnnouncementFacts {
  readonly terms: WindowTerms;
  /** The product's register as of today. */
  readonly register: readonly RegisterEntry[];
  /** The changes of this product that are announced and not ended. */
  readonly announced: readonly Pick<Change, 'id' | 'subProcessor' | 'replaces'>[];
  /** External ids of controllers of the product that nobody can be reached at. */
  readonly controllersWithoutContact: readonly string[];
  /** The change named by `supersedes`, if it is one of this product. */
  readonly superseded: Pick<Change, 'status'> | null;
}

export type AnnouncementRefusal = {
  readonly because:
    | 'planned-date-too-early'
    | 'transfer-basis-missing'
    | 'transfer-basis-invalid'
    | 'replaced-entry-unknown'
    | 'parent-unknown'
    | 'superseded-change-unknown'
    | 'controllers-without-contact'
    | 'already-in-register'
    | 'change-already-announced';
  readonly detail: string;
  /** With `planned-date-too-early`: the first day that would do. */
  readonly earliest?: Temporal.PlainDate;
  /** Where in the announcement the fault is. */
  readonly path?: string;
};

/** Why this announcement cannot be made at `now`; `null` when it can (D1, D3, D4, D6, D7). */
export function refuseAnnouncement(
  announcement: Announcement,
  facts: AnnouncementFacts,
  now: Temporal.Instant,
): AnnouncementRefusal | null {
  const { subProcessor, replaces, supersedes, plannedActivationOn } = announcement;
  for (const [index, location] of subProcessor.locations.entries()) {
    const refusal = refuseTransferBasis(location);
    if (refusal) return { ...refusal, path: `subProcessor.locations.${index}.transferBasis` };
  }
  const inRegister = (id: string) => facts.register.some((entry) => entry.id === id);
  if (replaces !== null && !inRegister(replaces)) {
    return {
      because: 'replaced-entry-unknown',
      detail: `No entry ${replaces} is in the register of ${announcement.product} today.`,
      path: 'replaces',
    };
  }
  if (subProcessor.parentId !== null && !inRegister(subProcessor.parentId)) {
    return {
      because: 'parent-unknown',
      detail: `No entry ${subProcessor.parentId} is in the register of ${announcement.product} today.`,
      path: 'subProcessor.parentId',
    };
  }
  if (subProcessor.parentId !== null && subProcessor.parentId === replaces) {
    return {
      because: 'parent-unknown',
      detail: 'The parent is the entry that is replaced: it leaves the register when this one enters it.',
      path: 'subProcessor.parentId',
    };
  }
  if (supersedes !== null && facts.superseded?.status !== 'withdrawn') {
    return {
      because: 'superseded-change-unknown',
      detail: `A change supersedes a withdrawn change of the same product; ${supersedes} is ${facts.superseded ? facts.superseded.status : 'none of this product'}.`,
      path: 'supersedes',
    };
  }
  const listed = facts.register.find((entry) => isSameCompany(entry, subProcessor));
  if (listed) {
    return {
      because: 'already-in-register',
      detail: `${listed.name} is in the register of ${announcement.product} already (entry ${listed.id}). Another processing activity of an approved sub-processor needs the controllers' written approval (B.1), not a notice.`,
      path: 'subProcessor',
    };
  }
  const rival = facts.announced.find(
    (other) => isSameCompany(other.subProcessor, subProcessor) || (replaces !== null && other.replaces === replaces),
  );
  if (rival) {
    const what = isSameCompany(rival.subProcessor, subProcessor)
      ? 'This sub-processor'
      : 'The replacement of this entry';
    return {
      because: 'change-already-announced',
      detail: `${what} is announced already, by change ${rival.id}. Withdraw that one first.`,
    };
  }
  const earliest = earliestPlannedActivation(now, facts.terms);
  if (Temporal.PlainDate.compare(plannedActivationOn, earliest) < 0) {
    return {
      because: 'planned-date-too-early',
      detail: `A window opened today is open to the end of ${earliest.subtract({ days: 1 }).toString()}: expected ${earliest.toString()} or later, found ${plannedActivationOn.toString()}.`,
      earliest,
      path: 'plannedActivationOn',
    };
  }
  if (facts.controllersWithoutContact.length > 0) {
    return {
      because: 'controllers-without-contact',
      detail: `Every controller must be notified; these have no contact: ${facts.controllersWithoutContact.join(', ')}.`,
    };
  }
  return null;
}

import { blockersOf, earliestActivation, shownOnly, type ActivationFacts, type Blocker } from './activation.ts';
import type { Change, ChangeContent, ChangeKind, ChangeProgress, ChangeStatus, Upstream } from './change.ts';
import { companiesOf } from './effect.ts';
import { shownApprovals, type ShownApprovalState } from './approval-progress.ts';
import { holdOf, isHeld } from './hold.ts';
import { instantText } from './instant.ts';
import type { ChangeElement, Regime } from './regime.ts';
import { registerDifferences } from './register-changed.ts';
import type { SubProcessor } from './register.ts';
import { sendingOf } from './sending.ts';
import type { Text } from './text.ts';
import { announceNoLaterThan } from './upstream.ts';

/** A change as callers of the API see it. */
export interface ChangeView {
  id: string;
  product: string;
  kind: ChangeKind;
  status: ChangeStatus;
  version: number;
  announcedAt: string;
  announcedBy: string;
  heldUntil: string | null;
  toldSince: string | null;
  plannedActivationOn: string;
  activatedAt: string | null;
  activatedBy: string | null;
  withdrawnAt: string | null;
  withdrawnBy: string | null;
  withdrawalReason: Text | null;
  /** The names of the companies that it is about, without those of children. */
  companies: readonly string[];
  subProcessor: SubProcessor | null;
  replaces: string | null;
  amends: string | null;
  removes: string | null;
  entries: ChangeContent['entries'];
  children: ChangeContent['children'];
  regime: Regime;
  elements: readonly ChangeElement[];
  wordingOnly: ChangeContent['wordingOnly'];
  wordingConfirmedAt: string | null;
  wordingConfirmedBy: string | null;
  scope: ChangeContent['scope'];
  separation: Text | null;
  upstream: { noticeReceivedOn: string; objectBy: string | null; effectiveOn: string; reference: string | null } | null;
  announceNoLaterThan: string | null;
  listedInTerms: ChangeProgress['listedInTerms'];
  supersedes: string | null;
  reason: Text;
  objectionWindowDays: number;
  controllers: ChangeProgress['controllers'];
  notices: ChangeProgress['notices'];
  sending: { startedAt: string; perSecond: number; secondsLeft: number | null } | null;
  objections: ChangeProgress['objections'];
  approvals: Record<ShownApprovalState, number> | null;
  answers: ChangeProgress['answers'];
  lastDeadline: string | null;
  /** Of scope `each`: its waves, and the controllers in them (D43). */
  activations: ChangeProgress['activations'];
  activation: { allowed: boolean; earliestAt: string | null; blockers: Blocker[]; shownOnly: Blocker[] };
}

/** The facts that decide an activation, from a change and its progress. */
export function activationFacts(change: Change, progress: ChangeProgress): ActivationFacts {
  const { total, notified, windowsOpen } = progress.controllers;
  return {
    status: change.status,
    regime: change.regime,
    heldUntil: isHeld(change) ? change.heldUntil : null,
    timeZone: change.terms.timeZone,
    plannedActivationOn: change.plannedActivationOn,
    unwritten: progress.unwritten,
    upstreamEffectiveOn: change.upstream?.effectiveOn ?? null,
    notNotified: { count: total - notified, controllers: progress.notNotified },
    untoldContacts: progress.untoldContacts,
    openWindows: windowsOpen,
    latestDeadline: progress.latestDeadline,
    approvals: progress.approvals,
    pendingObjections: { count: progress.objections.pending, ids: progress.pendingObjections },
    unreadAnswers: { count: progress.answers.unread, ids: progress.unreadAnswers },
    unreadMails: progress.unreadMails,
    countsDisagree: progress.countsDisagree,
    wordingUnconfirmed: change.wordingConfirmed === null ? change.wordingOnly : [],
    registerChanged: registerDifferences(change, progress.entriesNow),
  };
}

/** The change as the API shows it at `now`. */
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
    announcedBy: change.announcedBy,
    heldUntil: text(change.heldUntil),
    toldSince: text(change.toldSince),
    plannedActivationOn: change.plannedActivationOn.toString(),
    activatedAt: change.status === 'activated' ? instantText(change.activatedAt) : null,
    activatedBy: change.status === 'activated' ? change.activatedBy : null,
    withdrawnAt: change.status === 'withdrawn' ? instantText(change.withdrawnAt) : null,
    withdrawnBy: change.status === 'withdrawn' ? change.withdrawnBy : null,
    withdrawalReason: change.status === 'withdrawn' ? change.withdrawalReason : null,
    companies: companiesOf(change),
    subProcessor: change.subProcessor,
    replaces: change.replaces,
    amends: change.amends,
    removes: change.removes,
    entries: change.entries,
    children: change.children,
    regime: change.regime,
    elements: change.elements,
    wordingOnly: change.wordingOnly,
    wordingConfirmedAt: text(change.wordingConfirmed && change.wordingConfirmed.at),
    wordingConfirmedBy: change.wordingConfirmed && change.wordingConfirmed.by,
    scope: change.scope,
    separation: change.separation,
    upstream: change.upstream && viewOfUpstream(change.upstream),
    announceNoLaterThan: announceNoLaterThan(change.upstream, change, holdOf(change))?.toString() ?? null,
    listedInTerms: progress.listedInTerms,
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
    approvals: progress.approvals && shownApprovals(progress.approvals, change.terms, now),
    answers: progress.answers,
    lastDeadline: facts.notNotified.count === 0 ? text(progress.latestDeadline) : null,
    activations: progress.activations,
    activation: { allowed: blockers.length === 0, earliestAt: text(earliest), blockers, shownOnly: shownOnly(facts) },
  };
}

function viewOfUpstream({ noticeReceivedOn, objectBy, effectiveOn, reference }: Upstream) {
  return {
    noticeReceivedOn: noticeReceivedOn.toString(),
    objectBy: objectBy && objectBy.toString(),
    effectiveOn: effectiveOn.toString(),
    reference,
  };
}

import type { ChangeStatus } from './change.ts';
import { instantText } from './instant.ts';
import type { ObjectionChannel } from './objection.ts';
import type { Regime } from './regime.ts';

/** What a controller answers to a request for its written approval (D41). */
export const APPROVAL_DECISIONS = ['approval', 'refusal'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

/**
 * The states of an approval and of a refusal.
 * - `unconfirmed`: an officer recorded the approval, and a second person has to confirm that its writer may approve.
 * - `waiting`: its receipts are on their way, or its hours run.
 * - `effective`: it counts.
 * - `standing`: a refusal that stands over every approval of its controller.
 * - `withdrawn`: by its controller, or found to be none. Nothing of it counts.
 * - `stopped`: a contact said of the approval "that was not us".
 */
export const APPROVAL_STATUSES = ['unconfirmed', 'waiting', 'effective', 'standing', 'withdrawn', 'stopped'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** How who was named as one who may approve stands (D42). */
export const NOMINATION_STATUSES = ['waiting', 'confirmed', 'rejected'] as const;
export type NominationStatus = (typeof NOMINATION_STATUSES)[number];

/** An approval or a refusal as it was received, and what has become of it (D42). */
export interface Approval {
  readonly id: string;
  /** The number that people refer to it by: a whole number, rising, never used twice. */
  readonly number: number;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  readonly decision: ApprovalDecision;
  /** Names what was approved or refused: announcement, regime and elements. */
  readonly contentHash: string;
  readonly channel: ObjectionChannel;
  /** The message whose link it came through; `null` of another channel. */
  readonly messageId: string | null;
  /** The answer that an officer found to be it. */
  readonly answerId: string | null;
  readonly from: ApprovalWriter;
  /** As received; `null` of a refusal without words. */
  readonly statement: string | null;
  /** On what the officer rests that its writer may approve for the controller; `null` through a link, and of a refusal. */
  readonly authority: string | null;
  readonly receivedAt: Temporal.Instant;
  readonly recordedAt: Temporal.Instant;
  /** An officer, or the contact whose link it came through. */
  readonly recordedBy: string;
  readonly status: ApprovalStatus;
  /** Who confirmed its writer's authority; `null` where nobody has (to). */
  readonly confirmation: { readonly confirmedAt: Temporal.Instant; readonly confirmedBy: string } | null;
  /** When one that waits takes effect: `null` while no receipt has been accepted. */
  readonly takesEffectAt: Temporal.Instant | null;
  readonly effectiveAt: Temporal.Instant | null;
  /** When every receipt had failed, so that it cannot take effect. */
  readonly receiptsFailedAt: Temporal.Instant | null;
  /** How it ended. Of one that is still `effective`: it was withdrawn when its change was in force already. */
  readonly ended: {
    readonly endedAt: Temporal.Instant;
    readonly endedBy: string;
    readonly explanation: string | null;
    readonly mailId: string | null;
    /** The message whose link ended it. */
    readonly messageId: string | null;
  } | null;
}

/** Who approves or refuses, and as what. */
export interface ApprovalWriter {
  readonly name: string | null;
  readonly role: string | null;
  readonly email: string | null;
}

/** Why an approval or a refusal is not taken (D41, D42). */
export type ApprovalRefusal =
  | 'change-ended'
  | 'approval-not-asked'
  | 'agreement-ended'
  | 'already-in-force'
  | 'approval-of-another-version'
  | 'approval-stands'
  | 'refusal-stands'
  | 'may-not-approve'
  | 'authority-required';

/** What an approval or a refusal is judged against, read under the change's lock (D22). */
export interface ApprovalFacts {
  readonly status: ChangeStatus;
  readonly regime: Regime;
  readonly contentHash: string | null;
  readonly hasLeft: boolean;
  /** Whether the change is in force for the controller. */
  readonly isInForce: boolean;
  /** Whether the contact whose link it came through may approve now; `false` also of who is no contact. */
  readonly mayApprove: boolean;
  /** What the controller has said since it counts for the change. */
  readonly earlier: readonly Pick<Approval, 'decision' | 'status' | 'channel' | 'from'>[];
}

/** What a controller says, as it is judged. */
export interface SaidOfApproval {
  readonly decision: ApprovalDecision;
  readonly channel: ObjectionChannel;
  readonly contentHash: string;
  readonly from: ApprovalWriter;
  readonly authority: string | null;
}

/**
 * Why an approval or a refusal is not taken; `null` when it is (D41, D42). A refusal is taken from any contact, also a former one,
 * once from each. An approval is taken once, of exactly what was announced, and not while a refusal stands: that is withdrawn
 * first, in writing. What an officer records waits for a second person, so one through a link is taken beside it.
 */
export function refuseApproval(said: SaidOfApproval, facts: ApprovalFacts): ApprovalRefusal | null {
  if (facts.status !== 'announced') return 'change-ended';
  if (!facts.regime.approval) return 'approval-not-asked';
  if (facts.hasLeft) return 'agreement-ended';
  if (facts.isInForce) return 'already-in-force';
  if (said.contentHash !== facts.contentHash) return 'approval-of-another-version';
  const refusals = facts.earlier.filter(({ status }) => status === 'standing');
  if (said.decision === 'refusal') {
    const same = said.from.email?.toLowerCase();
    const isTwice = same !== undefined && refusals.some(({ from }) => from.email?.toLowerCase() === same);
    return isTwice ? 'refusal-stands' : null;
  }
  const live: readonly ApprovalStatus[] =
    said.channel === 'link' ? ['waiting', 'effective'] : ['unconfirmed', 'waiting', 'effective'];
  if (refusals.length > 0) return 'refusal-stands';
  if (facts.earlier.some(({ status }) => live.includes(status))) return 'approval-stands';
  if (said.channel === 'link') return facts.mayApprove ? null : 'may-not-approve';
  return said.authority === null ? 'authority-required' : null;
}

/** How an approval or a refusal begins (D42): what an officer records waits for a second person. */
export function firstStatus({ decision, channel }: Pick<Approval, 'decision' | 'channel'>): ApprovalStatus {
  if (decision === 'refusal') return 'standing';
  return channel === 'link' ? 'waiting' : 'unconfirmed';
}

/** Whether it counts or may come to count: it has not ended. */
export function isLive({ status }: Pick<Approval, 'status'>): boolean {
  return status !== 'withdrawn' && status !== 'stopped';
}

/** An approval or a refusal as the API shows it. */
export function viewOfApproval(approval: Approval) {
  const { confirmation, ended, takesEffectAt, effectiveAt, receiptsFailedAt } = approval;
  const text = (instant: Temporal.Instant | null) => instant && instantText(instant);
  return {
    id: approval.id,
    number: approval.number,
    changeId: approval.changeId,
    controller: approval.controller,
    decision: approval.decision,
    contentHash: approval.contentHash,
    channel: approval.channel,
    messageId: approval.messageId,
    answerId: approval.answerId,
    from: approval.from,
    statement: approval.statement,
    authority: approval.authority,
    receivedAt: instantText(approval.receivedAt),
    recordedAt: instantText(approval.recordedAt),
    recordedBy: approval.recordedBy,
    status: approval.status,
    confirmation: confirmation && { ...confirmation, confirmedAt: instantText(confirmation.confirmedAt) },
    takesEffectAt: text(takesEffectAt),
    effectiveAt: text(effectiveAt),
    receiptsFailedAt: text(receiptsFailedAt),
    ended: ended && { ...ended, endedAt: instantText(ended.endedAt) },
  };
}

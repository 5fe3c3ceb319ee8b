import { LISTED_IN_BLOCKER } from './activation.ts';
import type { Answer } from './answer.ts';
import type { ChangeContent } from './change.ts';
import { viewOfApproval, type Approval } from './approval.ts';
import type { ChangeView } from './change-view.ts';
import type { ShortCheckpoint } from './checkpoint.ts';
import type { BounceEffect } from './delivery-report.ts';
import { instantText } from './instant.ts';
import { apart, isContactPerson } from './persons.ts';
import { viewOfObjection, type Objection } from './objection.ts';
import type { DisabledByFault } from './webhook.ts';

/** The events of a change that other systems are sent. */
export const CHANGE_EVENT_TYPES = [
  'change.announced',
  'change.wording-confirmed',
  'change.notified',
  'change.windows-closed',
  'change.activated',
  'change.closed',
  'change.withdrawn',
  'change.corrected',
  'entitlement.changed',
  'change.listed-in-terms',
  'deadline.approaching',
  'answers.approaching',
  'controller.joined',
  'controller.left',
  'controller.notified',
  'contact.untold',
  'objection.received',
  'objection.rejected',
  'objection.resolved',
  'approval.received',
  'approval.confirmed',
  'approval.effective',
  'approval.withdrawn',
  'refusal.received',
  'refusal.withdrawn',
  'answer.received',
  'answer.classified',
  'notice.failed',
  'notice.bounced',
  'notice.reached',
] as const;
export type ChangeEventType = (typeof CHANGE_EVENT_TYPES)[number];

/** Every event type in the feed. `webhook.test` is sent on request and is not in the feed. */
export const EVENT_TYPES = [...CHANGE_EVENT_TYPES, 'webhook.disabled'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Whether an endpoint's pattern matches events of this type: the type itself, a prefix of it (`change.*`), or `*`. */
export function matchesEventType(pattern: string, type: string): boolean {
  return pattern === type || (/(^|\.)\*$/.test(pattern) && type.startsWith(pattern.slice(0, -1)));
}

/**
 * A change as an event carries it (D48): without who announced, confirmed and ended it, and with null for contact persons. Other
 * systems need no names of persons, and what they were sent cannot be emptied.
 */
export function changeInEvent(change: ChangeView) {
  const {
    announcedBy: _announced,
    wordingConfirmedBy: _confirmed,
    activatedBy: _activated,
    withdrawnBy: _withdrawn,
    ...rest
  } = change;
  return apart(rest, isContactPerson).facts;
}

/**
 * An objection as an event carries it. Without reasons, sender, what is asked for and who decided: they may be confidential, and only
 * the API shows them.
 */
export function objectionInEvent(objection: Objection) {
  const {
    reasons: _reasons,
    from: _from,
    messageId: _link,
    withdrawal: _asked,
    resolution,
    ...rest
  } = viewOfObjection(objection);
  return {
    ...rest,
    resolution: resolution && { outcome: resolution.outcome, resolvedAt: resolution.resolvedAt },
  };
}

/** An answer as an event carries it: without sender, subject, text and explanation, which only the API shows. */
export function answerInEvent(answer: Answer) {
  return {
    id: answer.id,
    controller: answer.controller,
    receivedAt: instantText(answer.receivedAt),
    status: answer.status,
    objectionId: answer.status === 'unread' ? null : answer.decision.objectionId,
    approvalId: answer.status === 'unread' ? null : answer.decision.approvalId,
  };
}

/** An approval or a refusal as an event carries it: without who wrote, recorded and ended what, which only the API shows. */
export function approvalInEvent(approval: Approval) {
  const {
    changeId: _change,
    messageId: _link,
    answerId: _answer,
    from: _from,
    statement: _statement,
    authority: _authority,
    recordedAt: _recordedAt,
    recordedBy: _recordedBy,
    confirmation: _confirmation,
    receiptsFailedAt: _failed,
    ended,
    ...rest
  } = viewOfApproval(approval);
  return { ...rest, endedAt: ended && ended.endedAt };
}

/** The notice that an event is about. */
export interface NoticeInEvent {
  readonly id: string;
  readonly controller: string;
  /** What its bounce did to its controller's window; of `notice.bounced` alone. */
  readonly effect?: Exclude<BounceEffect, 'none'>;
}

/** The controllers that an event is about: how many, and the external ids of the first of them. */
export interface ControllersInEvent {
  readonly count: number;
  readonly externalIds: readonly string[];
}

/** These controllers as an event carries them, however many they are. */
export function controllersInEvent(externalIds: readonly string[]): ControllersInEvent {
  return { count: externalIds.length, externalIds: externalIds.slice(0, LISTED_IN_BLOCKER) };
}

/** A wave as an event carries it (D43). */
export interface WaveInEvent {
  readonly number: number;
  readonly controllers: ControllersInEvent;
}

/** What is still open while the last deadline of a change comes near. */
export interface DeadlineInEvent {
  readonly at: string;
  readonly windowsOpen: number;
  readonly objectionsPending: number;
  readonly answersUnread: number;
  /** Controllers that have not answered a request for their approval (D41). */
  readonly answersAwaited: number;
}

/** Which companies may be used otherwise from now on, and for whose data (D44). */
export interface EntitlementInEvent {
  readonly entries: readonly {
    readonly entry: string;
    readonly act: 'enters' | 'amends' | 'leaves';
    readonly name: string;
  }[];
  /** Those of a wave; `null` for all. */
  readonly controllers: ControllersInEvent | null;
}

/** What the activation of a change does to entitlements, for all or for the controllers of a wave. `added` is the entry it adds. */
export function entitlementInEvent(
  { effects }: Pick<ChangeContent, 'effects'>,
  added: string | null,
  controllers: ControllersInEvent | null,
): EntitlementInEvent {
  const entries = effects.flatMap(({ act, entry, from, to }): EntitlementInEvent['entries'][number][] => [
    ...(entry && from ? [{ entry, act: act === 'amends' ? act : ('leaves' as const), name: from.company.name }] : []),
    ...(added && to && act !== 'amends' ? [{ entry: added, act: 'enters' as const, name: to.company.name }] : []),
  ]);
  return { entries, controllers };
}

/** An event to write: its type, and what it is about beside the change. */
export interface NewEvent {
  readonly type: ChangeEventType;
  readonly objection?: Objection;
  readonly approval?: Approval;
  readonly answer?: Answer;
  readonly notice?: NoticeInEvent;
  readonly controllers?: ControllersInEvent;
  readonly wave?: WaveInEvent;
  readonly deadline?: DeadlineInEvent;
  readonly entitlement?: EntitlementInEvent;
}

/** The data of a change's event. `sequence` is the change's version: a consumer that keeps the highest one is in sync. */
export interface ChangeEventData {
  readonly eventId: string;
  readonly checkpoint: ShortCheckpoint | null;
  readonly sequence: number;
  readonly change: ReturnType<typeof changeInEvent>;
  readonly objection?: ReturnType<typeof objectionInEvent>;
  readonly approval?: ReturnType<typeof approvalInEvent>;
  readonly answer?: ReturnType<typeof answerInEvent>;
  readonly notice?: NoticeInEvent;
  readonly controllers?: ControllersInEvent;
  readonly wave?: WaveInEvent;
  readonly deadline?: DeadlineInEvent;
  readonly entitlement?: EntitlementInEvent;
}

/** The data of `webhook.disabled`, which is about an endpoint and not about a change. */
export interface WebhookEventData {
  readonly eventId: string;
  readonly checkpoint: ShortCheckpoint | null;
  readonly webhook: {
    readonly id: string;
    readonly url: string;
    readonly because: DisabledByFault;
    readonly failingSince: string | null;
  };
}

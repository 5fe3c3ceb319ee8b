import type { ChangeView } from './change-view.ts';
import { viewOfObjection, type Objection } from './objection.ts';
import type { DisabledByFault } from './webhook.ts';

/** The events of a change that other systems are sent. */
export const CHANGE_EVENT_TYPES = [
  'change.announced',
  'change.notified',
  'change.windows-closed',
  'change.activated',
  'change.withdrawn',
  'objection.received',
  'objection.rejected',
  'objection.resolved',
  'notice.failed',
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

/** A change as an event carries it. Without who announced and ended it: other systems need no names of persons. */
export function changeInEvent(change: ChangeView) {
  const { announcedBy: _announced, activatedBy: _activated, withdrawnBy: _withdrawn, ...rest } = change;
  return rest;
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
    recordedAt: _recorded,
    recordedBy: _recorder,
    acceptedLate: _accepted,
    resolution,
    ...rest
  } = viewOfObjection(objection);
  return {
    ...rest,
    resolution: resolution && { outcome: resolution.outcome, resolvedAt: resolution.resolvedAt },
  };
}

/** The notice that an event is about. */
export interface NoticeInEvent {
  readonly id: string;
  readonly controller: string;
}

/** The data of a change's event. `sequence` is the change's version: a consumer that keeps the highest one is in sync. */
export interface ChangeEventData {
  readonly eventId: string;
  readonly sequence: number;
  readonly change: ReturnType<typeof changeInEvent>;
  readonly objection?: ReturnType<typeof objectionInEvent>;
  readonly notice?: NoticeInEvent;
}

/** The data of `webhook.disabled`, which is about an endpoint and not about a change. */
export interface WebhookEventData {
  readonly eventId: string;
  readonly webhook: {
    readonly id: string;
    readonly url: string;
    readonly because: DisabledByFault;
    readonly failingSince: string | null;
  };
}

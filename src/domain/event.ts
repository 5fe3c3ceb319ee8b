import type { ChangeView } from './change-view.ts';
import { viewOfObjection, type Objection } from './objection.ts';

/** What happens to a change and is told to other systems. */
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
] as const;
export type ChangeEventType = (typeof CHANGE_EVENT_TYPES)[number];

/** Every type of the feed. `webhook.test` is sent on request and stands in no feed. */
export const EVENT_TYPES = [...CHANGE_EVENT_TYPES, 'webhook.disabled'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Whether an endpoint's pattern asks for events of this type: the type itself, a prefix of it (`change.*`), or `*`. */
export function asksFor(pattern: string, type: string): boolean {
  return pattern === type || (/(^|\.)\*$/.test(pattern) && type.startsWith(pattern.slice(0, -1)));
}

/** An objection as other systems see it: reasons and sender may be confidential and stay in the API. */
export function objectionInEvent(objection: Objection) {
  const { reasons: _reasons, from: _from, resolution, ...rest } = viewOfObjection(objection);
  return {
    ...rest,
    resolution: resolution && { outcome: resolution.outcome, resolvedAt: resolution.resolvedAt },
  };
}

/** The notice that an event tells of. */
export interface NoticeInEvent {
  readonly id: string;
  readonly controller: string;
}

/** What an event of a change carries. `sequence` is the change's version, so that a consumer who keeps the highest is in sync. */
export interface ChangeEventData {
  readonly eventId: string;
  readonly sequence: number;
  readonly change: ChangeView;
  readonly objection?: ReturnType<typeof objectionInEvent>;
  readonly notice?: NoticeInEvent;
}

/** What `webhook.disabled` carries: it is about an endpoint and belongs to no change. */
export interface WebhookEventData {
  readonly eventId: string;
  readonly webhook: {
    readonly id: string;
    readonly url: string;
    readonly because: 'failing' | 'gone';
    readonly failingSince: string | null;
  };
}

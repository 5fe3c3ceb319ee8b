import type { ChangeView } from './change.ts';
import { viewOfObjection, type Objection } from './objection.ts';

/** What happens to a change and is told to other systems. */
export type EventType =
  | 'change.announced'
  | 'change.notified'
  | 'change.windows-closed'
  | 'change.activated'
  | 'change.withdrawn'
  | 'objection.received'
  | 'objection.rejected'
  | 'objection.resolved'
  | 'notice.failed';

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

/** What an event carries. `sequence` is the change's version, so that a consumer who keeps the highest is in sync. */
export interface EventData {
  readonly eventId: string;
  readonly sequence: number;
  readonly change: ChangeView;
  readonly objection?: ReturnType<typeof objectionInEvent>;
  readonly notice?: NoticeInEvent;
}

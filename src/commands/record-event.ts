import { findChange, progressOfOne, raiseVersion } from '../db/changes.ts';
import { insertEvent } from '../db/events.ts';
import type { Transaction } from '../db/postgres.ts';
import { viewOfChange, type ChangeView } from '../domain/change.ts';
import { objectionInEvent, type EventType, type NoticeInEvent } from '../domain/event.ts';
import type { Objection } from '../domain/objection.ts';

/**
 * Writes an event of a change with the change as it is now, raising its version by one. Takes the change's row lock, so
 * that versions follow the order in which things happened. Called after everything that the event tells of.
 */
export async function recordEvent(
  tx: Transaction,
  event: { type: EventType; changeId: string; at: Temporal.Instant; objection?: Objection; notice?: NoticeInEvent },
): Promise<ChangeView> {
  const { type, changeId, at, objection, notice } = event;
  const sequence = await raiseVersion(tx, changeId);
  const change = await findChange(tx, changeId);
  if (change === null) throw new Error(`no change ${changeId}`);
  const view = viewOfChange(change, await progressOfOne(tx, changeId, at), at);
  await insertEvent(tx, {
    type,
    product: change.product,
    changeId,
    at,
    data: {
      sequence,
      change: view,
      ...(objection && { objection: objectionInEvent(objection) }),
      ...(notice && { notice }),
    },
  });
  return view;
}

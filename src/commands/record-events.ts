import { raiseVersion } from '../db/changes.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { insertChangeEvent } from '../db/events.ts';
import type { Transaction } from '../db/postgres.ts';
import { viewOfChange, type ChangeView } from '../domain/change-view.ts';
import { answerInEvent, approvalInEvent, changeInEvent, objectionInEvent, type NewEvent } from '../domain/event.ts';
import { tellOfficers } from './tell-officers.ts';

/**
 * Writes events of one change, and queues the mails to officers about them. Each event raises the change's version by one and
 * carries the change as this transaction leaves it, so a command calls this last. Takes the change's row lock, so that versions
 * follow the order in which events happen. Returns the change as the API shows it; with no events it does only that.
 */
export async function recordEvents(
  tx: Transaction,
  changeId: string,
  at: Temporal.Instant,
  events: readonly NewEvent[],
): Promise<ChangeView> {
  const change = await raiseVersion(tx, changeId, events.length);
  const view = viewOfChange(change, await progressOfOne(tx, changeId, at), at);
  for (const [index, { type, objection, approval, answer, ...rest }] of events.entries()) {
    const sequence = change.version - events.length + index + 1;
    await insertChangeEvent(tx, {
      type,
      product: change.product,
      changeId,
      at,
      data: {
        sequence,
        change: { ...changeInEvent(view), version: sequence },
        ...(objection && { objection: objectionInEvent(objection) }),
        ...(approval && { approval: approvalInEvent(approval) }),
        ...(answer && { answer: answerInEvent(answer) }),
        ...rest,
      },
    });
  }
  await tellOfficers(tx, change, events, at);
  return view;
}

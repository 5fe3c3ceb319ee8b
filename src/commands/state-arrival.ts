import { insertArrivalStatement, standingOf } from '../db/arrivals.ts';
import type { StoredMessage } from '../db/messages.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { lockMessage } from './record-bounce.ts';
import { restoreWindow } from './restore-window.ts';

export interface StatedArrival {
  readonly id: string;
  readonly notice: StoredMessage;
  /** Whether the controller's window stands again because of it; otherwise it stood already. */
  readonly isRestored: boolean;
  readonly deadline: Temporal.Instant | null;
}

/**
 * Records an officer's statement, with evidence, that a notice reached its controller (D30). The window stands again if a
 * bounce had closed it. While it stands the statement is on record only, and no later bounce closes it. May be repeated.
 * Refuses with `not-found`, also for a notice whose controller does not count any more (D7), `change-ended`, and
 * `notice-never-accepted`.
 */
export async function stateArrival(
  tx: Transaction,
  messageId: string,
  evidence: string,
  by: Author,
): Promise<StatedArrival> {
  const { message: notice, change } = await lockMessage(tx, messageId);
  if (notice.kind !== 'notice') throw notFound(`notice ${messageId}`);
  if (change.status !== 'announced') {
    throw new Refused('change-ended', `The change is ${change.status}: its windows have ended with it.`);
  }
  const { wasAccepted, isOfRunningWindow } = await standingOf(tx, notice);
  if (!isOfRunningWindow) throw notFound(`notice ${messageId} to a controller that counts for its change`);
  if (!wasAccepted) {
    const detail = `No mail system has accepted notice ${messageId}, so it has opened no window. Record a letter, or notify the controller again.`;
    throw new Refused('notice-never-accepted', detail);
  }
  const id = await insertArrivalStatement(tx, notice, evidence, by);
  const restored = await restoreWindow(tx, change, notice.controllerId, { statementId: id }, by);
  const window = await findWindow(tx, change.id, notice.controllerId);
  return { id, notice, isRestored: restored !== null, deadline: window?.deadline ?? null };
}

import { mendCounts, type MendedCount } from '../db/change-counts.ts';
import { lockChange } from '../db/change-locks.ts';
import type { Transaction } from '../db/postgres.ts';
import { recordEvents } from './record-events.ts';

/**
 * Compares the counts of a change with its rows, mends those that are wrong, and tells it by `change.corrected` (D37). Returns
 * what was wrong. Waits for nobody where nothing is.
 */
export async function correctCounts(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<MendedCount[]> {
  const wrong = await mendCounts(tx, changeId);
  if (wrong.length === 0) return wrong;
  const change = await lockChange(tx, changeId);
  // Of one that is held, or was withdrawn before its hold ended, nothing is told (D33).
  if (change === null || change.toldSince === null) return wrong;
  await recordEvents(tx, changeId, now, [{ type: 'change.corrected' }]);
  return wrong;
}

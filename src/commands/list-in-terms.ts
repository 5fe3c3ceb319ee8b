import { insertListedInTerms } from '../db/listed-in-terms.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { isHeld } from '../domain/hold.ts';
import { lockOpenChange } from './lock-open-change.ts';
import { recordEvents } from './record-events.ts';

/**
 * Records that a version of the product's terms lists an announced change: who joins on it from then on is not asked (D46). Who
 * has been asked stays so. A repeat does nothing. Refuses with `not-found` and `change-ended`.
 */
export async function listInTerms(tx: Transaction, id: string, version: string, by: Author): Promise<ChangeView> {
  const change = await lockOpenChange(tx, id);
  const added = await insertListedInTerms(tx, id, [version], by);
  // Of a change that is held nobody is told anything (D33).
  const isTold = added.length > 0 && !isHeld(change);
  return recordEvents(tx, id, by.at, isTold ? [{ type: 'change.listed-in-terms' }] : []);
}

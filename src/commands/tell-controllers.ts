import type { Audience } from '../db/audience.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { beginFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';

/**
 * Begins to tell controllers of a change, when it is announced or its hold has ended (D5, D33): one objection window per
 * controller of the product, one notice per contact, and the event `change.announced`. The caller holds the product's lock.
 */
export async function tellControllers(
  tx: Transaction,
  change: AnnouncedChange,
  audience: Audience,
  now: Temporal.Instant,
): Promise<ChangeView> {
  await beginFanOut(tx, change, 'notice', now, { audience });
  return recordEvents(tx, change.id, now, [{ type: 'change.announced' }]);
}

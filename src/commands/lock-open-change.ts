import { lockChange } from '../db/change-locks.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** The announced change, locked by `lock`. Refuses with `not-found`, and `change-ended` of one that has ended. */
export async function lockOpenChange(tx: Transaction, id: string, lock = lockChange): Promise<AnnouncedChange> {
  const change = await lock(tx, id);
  if (change === null) throw notFound(`change ${id}`);
  if (change.status !== 'announced') {
    throw new Refused('change-ended', `The change is ${change.status} already, and that is final.`);
  }
  return change;
}

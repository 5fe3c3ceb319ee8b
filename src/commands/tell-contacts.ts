import { cancelNoticesToFormerContacts, insertNoticesToNewContacts } from '../db/message-queue.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { addressesMissingIn } from '../domain/contacts.ts';

/** The contacts of one controller, before and after they were saved. */
export interface MovedContacts {
  readonly controllerId: string;
  readonly before: readonly { readonly email: string }[];
  readonly after: readonly { readonly email: string }[];
}

/** Whether an address was added, removed or corrected. */
export function haveMoved({ before, after }: MovedContacts): boolean {
  return addressesMissingIn(before, after).length + addressesMissingIn(after, before).length > 0;
}

/**
 * Tells the new contacts of these controllers of the announced changes that the controllers have a window for (D35): by a notice,
 * or once the window has closed by a mail that says so. No window moves (D8). What waits for who is no contact any more is
 * cancelled; another contact's notice opens the window then. A controller that a fan-out has not reached is left to it. The caller
 * holds the changes' locks since before the contacts were saved. Returns how many mails were queued.
 */
export async function tellContacts(
  tx: Transaction,
  changes: readonly AnnouncedChange[],
  moved: readonly MovedContacts[],
  now: Temporal.Instant,
): Promise<number> {
  if (changes.length === 0 || moved.length === 0) return 0;
  const changeIds = changes.map(({ id }) => id);
  await cancelNoticesToFormerContacts(
    tx,
    changeIds,
    moved.map(({ controllerId }) => controllerId),
  );
  const added = moved.flatMap(({ controllerId, before, after }) =>
    addressesMissingIn(before, after).map((email) => ({ controllerId, email })),
  );
  return insertNoticesToNewContacts(tx, changeIds, added, now);
}

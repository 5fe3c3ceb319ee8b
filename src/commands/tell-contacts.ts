import { redirectWaitingMails, insertNoticesToNewContacts } from '../db/message-queue.ts';
import { untoldControllers } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { addressesMissingIn } from '../domain/contacts.ts';
import { controllersInEvent } from '../domain/event.ts';
import { recordEvents } from './record-events.ts';

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
 * Has `save` save the contacts of these controllers, and tells who is new of the announced changes that the controllers have a
 * window for (D35): by a notice, or once the window has closed by a mail that says so. No window moves (D8). What waits for who is
 * no contact any more is cancelled, or goes to who is new (D52); another contact's notice opens the window then. A controller that a fan-out has not reached is
 * left to it. Where none of a controller's contacts has been told any more, that is `contact.untold`. The caller holds the
 * changes' locks. Returns how many mails were queued.
 */
export async function tellContacts(
  tx: Transaction,
  changes: readonly AnnouncedChange[],
  moved: readonly MovedContacts[],
  now: Temporal.Instant,
  save: () => Promise<void>,
): Promise<number> {
  const changeIds = changes.map(({ id }) => id);
  const controllerIds = moved.map(({ controllerId }) => controllerId);
  const added = moved.flatMap(({ controllerId, before, after }) =>
    addressesMissingIn(before, after).map((email) => ({ controllerId, email })),
  );
  const untoldBefore =
    changeIds.length === 0 ? new Map<string, string[]>() : await untoldControllers(tx, changeIds, controllerIds);
  await save();
  if (controllerIds.length === 0) return 0;
  await redirectWaitingMails(tx, controllerIds, added, now);
  if (changeIds.length === 0) return 0;
  const mails = await insertNoticesToNewContacts(tx, changeIds, added, now);
  const untold = await untoldControllers(tx, changeIds, controllerIds);
  for (const id of changeIds) {
    const known = new Set(untoldBefore.get(id));
    const controllers = (untold.get(id) ?? []).filter((externalId) => !known.has(externalId));
    if (controllers.length === 0) continue;
    await recordEvents(tx, id, now, [{ type: 'contact.untold', controllers: controllersInEvent(controllers) }]);
  }
  return mails;
}

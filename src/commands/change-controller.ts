import {
  findController,
  lockControllers,
  type Contact,
  type Controller,
  type StoredContact,
  type StoredController,
} from '../db/controllers.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { areSameAddress } from '../domain/contacts.ts';
import { InvalidRequest, notFound, Refused } from '../domain/refused.ts';
import { saveControllers, type SavedControllers } from './save-controllers.ts';

/** The most contacts of a controller. */
export const MAX_CONTACTS = 100;

/** Locks a controller against everybody who saves it, in the order of all locks. */
export async function lockController(tx: Transaction, externalId: string): Promise<void> {
  await lockProductsToJoin(tx);
  await lockControllers(tx, [externalId]);
}

/**
 * Changes what is known of a controller, with all that follows as where it is replaced as a whole (`saveControllers`). Refuses with
 * `not-found`, `product-unknown`, and `last-contact` where an agreement would run and nobody could be notified.
 */
export async function changeController(
  tx: Transaction,
  externalId: string,
  change: (controller: StoredController) => Partial<Controller>,
  by: Author,
): Promise<{ controller: StoredController; saved: SavedControllers }> {
  await lockController(tx, externalId);
  const before = await findController(tx, externalId);
  if (before === null) throw notFound(`controller ${externalId}`);
  const after = { ...before, ...change(before) };
  if (after.products.length > 0 && after.contacts.length === 0) {
    const detail = `Controller ${externalId} has an agreement for ${after.products.join(', ')}, and this is its last contact.`;
    throw new Refused('last-contact', detail);
  }
  const saved = await saveControllers(tx, [after], by);
  const controller = await findController(tx, externalId);
  if (controller === null) throw notFound(`controller ${externalId}`);
  return { controller, saved };
}

/**
 * Adds a contact at the end. Refuses as `changeController` does; `InvalidRequest` for an address that the controller has, and for
 * one contact too many.
 */
export async function addContact(
  tx: Transaction,
  externalId: string,
  contact: Contact,
  by: Author,
): Promise<StoredContact> {
  const { controller } = await changeController(
    tx,
    externalId,
    ({ contacts }) => {
      refuseTwice(contact, contacts);
      if (contacts.length >= MAX_CONTACTS) throw faultAt('', `Expected at most ${MAX_CONTACTS} contacts`);
      return { contacts: [...contacts, contact] };
    },
    by,
  );
  return found(controller, ({ email }) => email === contact.email);
}

/** Corrects a contact, which keeps its id and its place. Refuses as `addContact` does, and with `not-found`. */
export async function correctContact(
  tx: Transaction,
  externalId: string,
  contact: Contact & { readonly id: string },
  by: Author,
): Promise<{ contact: StoredContact; saved: SavedControllers }> {
  const isIt = ({ id }: Contact) => id === contact.id;
  const { controller: after, saved } = await changeController(
    tx,
    externalId,
    (controller) => {
      found(controller, isIt);
      refuseTwice(
        contact,
        controller.contacts.filter((other) => !isIt(other)),
      );
      return { contacts: controller.contacts.map((other) => (isIt(other) ? contact : other)) };
    },
    by,
  );
  return { contact: found(after, isIt), saved };
}

/** Removes a contact. Refuses with `not-found`, and with `last-contact` where an agreement runs. */
export async function removeContact(tx: Transaction, externalId: string, id: string, by: Author): Promise<void> {
  await changeController(
    tx,
    externalId,
    (controller) => {
      const removed = found(controller, (contact) => contact.id === id);
      return { contacts: controller.contacts.filter((contact) => contact !== removed) };
    },
    by,
  );
}

function found({ externalId, contacts }: StoredController, isIt: (contact: StoredContact) => boolean): StoredContact {
  const contact = contacts.find(isIt);
  if (contact === undefined) throw notFound(`such contact of controller ${externalId}`);
  return contact;
}

function refuseTwice({ email }: Contact, others: readonly Contact[]): void {
  if (others.some((other) => areSameAddress(other.email, email))) throw faultAt('email', 'Expected each address once');
}

function faultAt(path: string, message: string): InvalidRequest {
  return new InvalidRequest([{ path, message }]);
}

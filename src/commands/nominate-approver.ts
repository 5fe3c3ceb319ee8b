import { authorInWords } from '../db/authors.ts';
import { findChange } from '../db/changes.ts';
import {
  countWaiting,
  findNomination,
  insertNomination,
  markConfirmed,
  type Nomination,
  type StoredNomination,
} from '../db/nominations.ts';
import { customerOf, insertOfficerMail } from '../db/officer-mails.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { areSameAddress } from '../domain/contacts.ts';
import { nominationMail } from '../domain/nomination-mail.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { changeController, lockController } from './change-controller.ts';
import type { SavedControllers } from './save-controllers.ts';

/** So many nominations through one link wait for an officer at most: more are a mistake, or a machine. */
const MAX_WAITING = 5;

/**
 * Puts on record who may approve for a controller, as a contact names it (D42), and tells officers: the product's, or the
 * operator where it has none. Nobody may approve by it until an officer has confirmed it. Refuses with `nomination-limit`.
 */
export async function nominateApprover(
  tx: Transaction,
  nomination: Parameters<typeof insertNomination>[1],
  by: Author,
): Promise<Nomination> {
  if ((await countWaiting(tx, nomination.messageId)) >= MAX_WAITING) {
    const detail = `${MAX_WAITING} persons were named through this link, and wait for us to confirm them.`;
    throw new Refused('nomination-limit', detail);
  }
  const change = await findChange(tx, nomination.changeId);
  if (change === null) throw notFound(`change ${nomination.changeId}`);
  const made = await insertNomination(tx, nomination, by);
  if ((await findProduct(tx, change.product))?.officersAddress) {
    const customer = await customerOf(tx, change.id, made.controller);
    await insertOfficerMail(tx, change.product, { ...nominationMail({ change, customer }, made), at: by.at });
  } else {
    await insertOperatorMail(tx, {
      kind: 'nomination',
      subject: `Controller ${made.controller} has named who may approve`,
      body: `${made.name}, ${made.role}, ${made.email}, named by ${made.nominatedBy} (change ${change.id}). Find out whether this person may approve for the controller, and confirm it: POST /v1/nominations/${made.id}/confirm`,
      at: by.at,
    });
  }
  return made;
}

/**
 * Confirms that who was named may approve for its controller (D42): a contact of that address may from now on, and who is none
 * becomes one, and is told of what is announced (D35). Refuses with `not-found`, `nomination-already-confirmed`, and as
 * `changeController` does.
 */
export async function confirmNomination(
  tx: Transaction,
  id: string,
  by: Author,
): Promise<{ nomination: Nomination; saved: SavedControllers }> {
  const found = await findNomination(tx, id);
  if (found === null) throw notFound(`nomination ${id}`);
  // Everybody who saves the controller waits for this lock, so a second confirmation sees the first.
  await lockController(tx, found.controller);
  const nomination = await findNomination(tx, id);
  if (nomination === null || nomination.confirmedAt !== null) {
    throw new Refused('nomination-already-confirmed', `${nomination?.confirmedBy} has confirmed it already.`);
  }
  const { saved } = await changeController(
    tx,
    nomination.controller,
    ({ contacts }) => {
      const isNamed = ({ email }: { readonly email: string }) => areSameAddress(email, nomination.email);
      const allowed = contacts.map((contact) => (isNamed(contact) ? { ...contact, mayApprove: true } : contact));
      return { contacts: contacts.some(isNamed) ? allowed : [...contacts, contactOf(nomination)] };
    },
    by,
  );
  await markConfirmed(tx, id, by);
  return { nomination: { ...nomination, confirmedAt: by.at, confirmedBy: await authorInWords(tx, by) }, saved };
}

function contactOf({ email, name, language }: StoredNomination) {
  return { email, name, language, mayApprove: true };
}

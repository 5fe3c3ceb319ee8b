import { findChange } from '../db/changes.ts';
import {
  countWaiting,
  findNomination,
  insertNomination,
  markConfirmed,
  markRejected,
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
 * becomes one, and is told of what is announced (D35). Refuses with `not-found`, `nomination-already-decided`, and as
 * `changeController` does.
 */
export async function confirmNomination(
  tx: Transaction,
  id: string,
  by: Author,
): Promise<{ nomination: Nomination; saved: SavedControllers }> {
  const nomination = await lockWaiting(tx, id);
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
  return { nomination: await getNomination(tx, id), saved };
}

/**
 * Puts on record that who was named may not approve for its controller, and why (D42): nobody may by that nomination any more, and
 * nobody is mailed. Refuses with `not-found`, and `nomination-already-decided`.
 */
export async function rejectNomination(
  tx: Transaction,
  id: string,
  explanation: string,
  by: Author,
): Promise<Nomination> {
  await lockWaiting(tx, id);
  await markRejected(tx, id, explanation, by);
  return getNomination(tx, id);
}

/** The nomination, which nobody else decides until the transaction ends. */
async function lockWaiting(tx: Transaction, id: string): Promise<StoredNomination> {
  // Everybody who saves the controller waits for this lock, so a second decision sees the first.
  await lockController(tx, (await getNomination(tx, id)).controller);
  const nomination = await getNomination(tx, id);
  const { status, confirmedBy, rejectedBy } = nomination;
  if (status === 'waiting') return nomination;
  throw new Refused('nomination-already-decided', `${confirmedBy ?? rejectedBy} has ${status} it already.`);
}

async function getNomination(tx: Transaction, id: string): Promise<StoredNomination> {
  const found = await findNomination(tx, id);
  if (found === null) throw notFound(`nomination ${id}`);
  return found;
}

function contactOf({ email, name, language }: StoredNomination) {
  return { email, name, language, mayApprove: true };
}

import { appendToAuditLog } from '../db/audit-log.ts';
import { lockControllers } from '../db/controllers.ts';
import {
  auditedNow,
  cancelMailsTo,
  controllersWith,
  forgetAddressesOf,
  heldAmong,
  replaceStoredResponses,
  takeOut,
  takeOutOfCustomers,
  tellsOfSeveral,
} from '../db/erasing.ts';
import { lockHolds } from '../db/legal-holds.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import { deleteRows, emptyRows, insertErasure, isDeletedWhole } from '../db/retention.ts';
import type { Author } from '../domain/author.ts';
import { areSameAddress } from '../domain/contacts.ts';
import { countKept, countRows, type Counted, type CountedKept, type RowOfPerson } from '../domain/erasure.ts';
import { Refused } from '../domain/refused.ts';
import { saveControllers } from './save-controllers.ts';

/** What becomes of the response that is stored under an idempotency key, where it tells of the person. */
type StoredInstead = Parameters<typeof replaceStoredResponses>[2];

/** Who is erased, and why: a reason that does not name the person, because it stays on record. */
export interface ErasureOf {
  readonly email: string;
  readonly reason: string;
  /** What `rowsOfPerson` has found shortly before. */
  readonly found: readonly RowOfPerson[];
  readonly storedInstead: StoredInstead;
}

export interface Erased {
  readonly id: string;
  readonly erased: readonly Counted[];
  readonly kept: readonly CountedKept[];
  readonly cancelledMails: number;
}

/**
 * Erases a person, known by its address (D52): it is no contact any more and gets no mail, and what tells of it is emptied, but for
 * what a case that is kept needs. The erasure is on record without its name. Refuses with `last-contact` where a controller with a
 * running agreement would have nobody.
 */
export async function erasePerson(
  tx: Transaction,
  { email, reason, ...given }: ErasureOf,
  by: Author,
): Promise<Erased> {
  await lockHolds(tx);
  const found = await withHolds(tx, given.found, by.at);
  const cancelledMails = await cancelMailsTo(tx, email);
  const left = await leaveControllers(tx, email, by);
  // What leaving has put on record of the person is in no case.
  const written = (await auditedNow(tx, left.externalIds)).map((key): RowOfPerson => {
    return { table: 'audit_log', key, changeId: null, controller: null, because: null, until: null };
  });
  const going = [...found.filter(({ because }) => because === null), ...written];
  const id = await insertErasure(tx, 'request', going.length + left.contacts, by);
  for (const [table, of] of Map.groupBy(going, (row) => row.table)) {
    const keys = of.map(({ key }) => key);
    if (table === 'idempotency_keys') await replaceStoredResponses(tx, keys, given.storedInstead);
    else if (isDeletedWhole(table)) await deleteRows(tx, table, keys);
    else if (table === 'controllers') await takeOutOfCustomers(tx, keys, email);
    else if (tellsOfSeveral(table)) await takeOut(tx, id, table, { keys, email });
    else await emptyRows(tx, id, table, keys);
  }
  await forgetAddressesOf(tx, email);
  const contacts: Counted[] = left.contacts === 0 ? [] : [{ what: 'contact', count: left.contacts }];
  const erased = [...contacts, ...countRows(going.filter((row) => !written.includes(row)))];
  const kept = countKept(found);
  await appendToAuditLog(tx, by, [
    { action: 'person.erased', subject: id, details: { reason, erased, cancelledMails } },
  ]);
  return { id, erased, kept, cancelledMails };
}

/** What was found, with what has come to be held since. */
async function withHolds(
  tx: Transaction,
  found: readonly RowOfPerson[],
  now: Temporal.Instant,
): Promise<RowOfPerson[]> {
  const held = await heldAmong(
    tx,
    found.filter(({ because }) => because === null),
    now,
  );
  return found.map((row) => (held.includes(row) ? { ...row, because: 'legal-hold' } : row));
}

/** Removes the address from the contacts of every controller. Refuses with `last-contact`. */
async function leaveControllers(
  tx: Transaction,
  email: string,
  by: Author,
): Promise<{ externalIds: string[]; contacts: number }> {
  await lockProductsToJoin(tx);
  const externalIds = await controllersWith(tx, email);
  const before = await lockControllers(tx, externalIds);
  const after = before.map((controller) => {
    return { ...controller, contacts: controller.contacts.filter((contact) => !areSameAddress(contact.email, email)) };
  });
  const alone = after.filter(({ contacts, products }) => contacts.length === 0 && products.length > 0);
  if (alone.length > 0) {
    const named = alone.map(({ externalId, products }) => `${externalId} (${products.join(', ')})`).join('; ');
    const detail = `It is the last contact of controllers with a running agreement: ${named}. Give each another contact first.`;
    throw new Refused('last-contact', detail);
  }
  if (after.length > 0) await saveControllers(tx, after, by);
  const contacts = before
    .flatMap((controller) => controller.contacts)
    .filter((each) => areSameAddress(each.email, email));
  return { externalIds, contacts: contacts.length };
}

import { appendToAuditLog } from '../db/audit-log.ts';
import { announcedChanges } from '../db/changes.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProduct, markRegisterLoaded } from '../db/products.ts';
import { findEntries, insertVersion, registerAsOf } from '../db/register.ts';
import type { Author } from '../domain/author.ts';
import {
  parentsFirst,
  refuseFirstRegister,
  type FirstEntry,
  type FirstRegisterRefusal,
} from '../domain/first-register.ts';
import { dayIn } from '../domain/instant.ts';
import { InvalidRequest, notFound, Refused, refusedAt } from '../domain/refused.ts';
import type { RegisterEntry } from '../domain/register.ts';

/**
 * Loads the first register of a product, once; after that only activations change it (D21). Entries are active from their
 * `activeFrom`, or from today. Parents may come after their children. Returns the register of today.
 * Refuses with `not-found`, `register-exists`, `parent-unknown`, `already-in-register` (one company twice),
 * `change-already-announced` (a company that a change announces), `transfer-basis-…` (D3). Throws `InvalidRequest` for an
 * entry active from a future day (D21) and for an id that is taken.
 */
export async function loadRegister(
  tx: Transaction,
  productId: string,
  entries: readonly FirstEntry[],
  by: Author,
): Promise<RegisterEntry[]> {
  const product = await lockProduct(tx, productId);
  if (product === null) throw notFound(`product ${productId}`);
  if (product.registerLoadedAt !== null) {
    throw new Refused(
      'register-exists',
      `The register of ${productId} is loaded. From here on it changes by activation only.`,
    );
  }
  const today = dayIn(product.terms.timeZone, by.at);
  // One that is activated meanwhile is in the first, or in the second.
  const announced = await announcedChanges(tx, productId);
  const activated = await registerAsOf(tx, productId, today);
  const refusal = refuseFirstRegister(entries, { today, activated, announced });
  if (refusal !== null) throw errorOf(refusal);
  await refuseTakenIds(tx, entries);
  for (const entry of parentsFirst(entries)) {
    await insertVersion(tx, {
      ...entry,
      product: productId,
      entry: null,
      validFor: [],
      endedFor: [],
      from: entry.activeFrom ?? today,
      changeId: null,
    });
  }
  await markRegisterLoaded(tx, productId, by.at);
  await appendToAuditLog(tx, by, [{ action: 'register.loaded', subject: productId, details: { entries } }]);
  return registerAsOf(tx, productId, today);
}

function errorOf({ because, detail, path }: FirstRegisterRefusal): Error {
  return because === 'active-from-in-future'
    ? new InvalidRequest([{ path, message: detail }])
    : refusedAt(path, because, detail);
}

async function refuseTakenIds(tx: Transaction, entries: readonly FirstEntry[]): Promise<void> {
  const ids = entries.map(({ id }) => id);
  const taken = await findEntries(
    tx,
    ids.filter((id) => id !== null),
  );
  const errors = ids.flatMap((id, index) =>
    id !== null && (ids.indexOf(id) < index || taken.some((entry) => entry.id === id))
      ? [{ path: `entries.${index}.id`, message: 'Expected an id that no other entry has' }]
      : [],
  );
  if (errors.length > 0) throw new InvalidRequest(errors);
}

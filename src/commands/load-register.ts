import { appendToAuditLog } from '../db/audit-log.ts';
import { announcedChanges } from '../db/changes.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductToAnnounce, markRegisterLoaded } from '../db/products.ts';
import { findEntries, insertEntry, registerAsOf } from '../db/register.ts';
import { InvalidRequest } from '../domain/invalid-request.ts';
import { dayIn } from '../domain/instant.ts';
import { isSameCompany, type RegisterEntry, type SubProcessor } from '../domain/register.ts';
import { refuseTransferBasis } from '../domain/transfer-basis.ts';
import { notFound, Refused } from '../domain/refused.ts';
import type { Author } from '../domain/author.ts';

/** An entry of a first register. `id` lets other entries of the same load name it as their parent. */
export type FirstEntry = SubProcessor & { readonly id: string | null; readonly activeFrom: Temporal.PlainDate | null };

/**
 * Loads the first register of a product, once; after that only activation changes it (D21). Entries count from their
 * `activeFrom`, or from today. Parents come before or after their children.
 * Refuses with `register-exists`, `parent-unknown`, `already-in-register` (one company twice),
 * `change-already-announced` (one that is planned to enter by a change), `transfer-basis-…` (D3), and
 * `invalid-request` for an entry of the future (D21) and for an id that is taken.
 */
export async function loadRegister(
  tx: Transaction,
  productId: string,
  entries: readonly FirstEntry[],
  by: Author,
): Promise<RegisterEntry[]> {
  const product = await lockProductToAnnounce(tx, productId);
  if (product === null) throw notFound(`product ${productId}`);
  const today = dayIn(product.terms.timeZone, by.at);
  if (product.registerLoadedAt !== null) {
    throw new Refused(
      'register-exists',
      `The register of ${productId} is loaded. From here on it changes by activation only.`,
    );
  }
  const activated = await registerAsOf(tx, productId, today);
  const announced = await announcedChanges(tx, productId);
  for (const [index, entry] of entries.entries()) {
    const path = `entries.${index}`;
    for (const [place, location] of entry.locations.entries()) {
      const refusal = refuseTransferBasis(location);
      if (refusal) {
        throw new Refused(refusal.because, refusal.detail, {
          errors: [{ path: `${path}.locations.${place}.transferBasis`, message: refusal.detail }],
        });
      }
    }
    const { activeFrom } = entry;
    if (activeFrom !== null && Temporal.PlainDate.compare(activeFrom, today) > 0) {
      const message = `Expected today (${today.toString()}) or earlier, found ${activeFrom.toString()}`;
      throw new InvalidRequest([{ path: `${path}.activeFrom`, message }]);
    }
    const listed = [...entries.slice(0, index), ...activated].find((other) => isSameCompany(other, entry));
    const planned = announced.find(({ subProcessor }) => isSameCompany(subProcessor, entry));
    if (listed || planned) {
      const detail = listed
        ? `${entry.name} is listed twice.`
        : `${entry.name} is announced by change ${planned?.id ?? ''}.`;
      const code = listed ? 'already-in-register' : 'change-already-announced';
      throw new Refused(code, detail, { errors: [{ path, message: detail }] });
    }
  }
  await refuseTakenIds(tx, entries);
  const parentsFirst = inOrderOfParents(entries);
  for (const entry of parentsFirst) {
    await insertEntry(tx, { ...entry, product: productId, activeFrom: entry.activeFrom ?? today, changeId: null });
  }
  await markRegisterLoaded(tx, productId, by.at);
  await appendToAuditLog(tx, by, [{ action: 'register.loaded', subject: productId, details: { entries } }]);
  return registerAsOf(tx, productId, today);
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

function inOrderOfParents(entries: readonly FirstEntry[]): FirstEntry[] {
  const ordered: FirstEntry[] = [];
  let rest = [...entries];
  while (rest.length > 0) {
    const ready = rest.filter((entry) => entry.parentId === null || ordered.some(({ id }) => id === entry.parentId));
    if (ready.length === 0) {
      const [orphan] = rest;
      const detail = `No entry of this register has the id ${orphan?.parentId ?? ''} of the parent of ${orphan?.name ?? ''}, or parents go in a circle.`;
      throw new Refused('parent-unknown', detail, {
        errors: [{ path: `entries.${entries.findIndex((entry) => entry === orphan)}.parentId`, message: detail }],
      });
    }
    ordered.push(...ready);
    rest = rest.filter((entry) => !ready.includes(entry));
  }
  return ordered;
}

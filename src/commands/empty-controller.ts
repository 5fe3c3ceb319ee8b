import { appendToAuditLog } from '../db/audit-log.ts';
import { findController } from '../db/controllers.ts';
import {
  asRetentionKeeps,
  forgetAddresses,
  keptBecause,
  replaceStoredResponses,
  rowsOfController,
} from '../db/erasing.ts';
import { lockHolds } from '../db/legal-holds.ts';
import type { Transaction } from '../db/postgres.ts';
import { emptyRows, insertErasure } from '../db/retention.ts';
import type { Author } from '../domain/author.ts';
import type { RowOfPerson } from '../domain/erasure.ts';
import { instantText } from '../domain/instant.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { lockController } from './change-controller.ts';

/**
 * Empties a controller that has left (D52): its name, what the company keeps of it, and what the record has of its persons. Its
 * external id stays. Refuses with `not-found`, and with `controller-kept` where it has a contact, an agreement, or a case that is
 * kept.
 */
export async function emptyController(
  tx: Transaction,
  externalId: string,
  storedInstead: Parameters<typeof replaceStoredResponses>[2],
  by: Author,
): Promise<void> {
  await lockHolds(tx);
  await lockController(tx, externalId);
  const controller = await findController(tx, externalId);
  if (controller === null) throw notFound(`controller ${externalId}`);
  const going = await rowsOfController(tx, controller.id);
  const kept = (await keptBecause(tx, controller.id, by.at)) ?? (await laterThanItsCases(tx, going, by.at));
  const reasons = [
    ...controller.products.map((product) => `its agreement for ${product} is running`),
    ...(controller.contacts.length > 0 ? [`it still has contacts (${controller.contacts.length})`] : []),
    ...(kept === null
      ? []
      : [`its cases are kept (${kept.because})${kept.until ? ` until ${instantText(kept.until)}` : ''}`]),
  ];
  if (reasons.length > 0) {
    throw new Refused('controller-kept', `Controller ${externalId} cannot be emptied: ${reasons.join('; ')}.`);
  }
  const id = await insertErasure(tx, 'request', going.length + 1, by);
  // The controller first: the pseudonyms of its contacts name it.
  await emptyRows(tx, id, 'controllers', [controller.id]);
  for (const [table, of] of Map.groupBy(going, (row) => row.table)) {
    const keys = of.map(({ key }) => key);
    if (table === 'idempotency_keys') await replaceStoredResponses(tx, keys, storedInstead);
    else await emptyRows(tx, id, table, keys);
  }
  await forgetAddresses(tx, [controller.id]);
  await appendToAuditLog(tx, by, [{ action: 'controller.emptied', subject: externalId, details: { erasure: id } }]);
}

/** Why rows that came later than the end of their cases are kept, the last of them; `null` where none is. */
async function laterThanItsCases(
  tx: Transaction,
  found: Awaited<ReturnType<typeof rowsOfController>>,
  now: Temporal.Instant,
): Promise<Pick<RowOfPerson, 'because' | 'until'> | null> {
  const unkept = found.map((each) => ({ ...each, because: null, until: null }));
  const kept = await asRetentionKeeps<Pick<RowOfPerson, 'table' | 'key' | 'because' | 'until'>>(tx, unkept, now);
  const untils = kept.flatMap(({ until }) => until ?? []);
  const last = untils.toSorted((a, b) => Temporal.Instant.compare(a, b)).at(-1);
  return last === undefined ? null : { because: 'retention', until: last };
}

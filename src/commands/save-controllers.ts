import { isDeepStrictEqual } from 'node:util';
import { appendToAuditLog } from '../db/audit-log.ts';
import { lockAnnouncedChanges } from '../db/change-locks.ts';
import {
  insertMissingControllers,
  lockControllers,
  replaceDetails,
  startAgreements,
  type Controller,
} from '../db/controllers.ts';
import { isAnnouncing } from '../db/fan-outs.ts';
import { insertMessages } from '../db/message-queue.ts';
import { insertWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import { reachFirst } from './fan-out.ts';
import { endAgreements } from './end-agreement.ts';
import { Refused } from '../domain/refused.ts';
import type { Author } from '../domain/author.ts';

export type SavedAs = 'created' | 'updated' | 'unchanged';

/**
 * Creates or replaces controllers, each named once, and says of each what that changed. A product that is new for a
 * controller starts an agreement: for every announced change of it the controller gets its own notice and its own full
 * window (D7). A product that is no longer named ends one.
 * Refuses with `product-unknown`.
 */
export async function saveControllers(
  tx: Transaction,
  controllers: readonly Controller[],
  by: Author,
): Promise<Map<string, SavedAs>> {
  const products = [...new Set(controllers.flatMap((controller) => controller.products))];
  const known = await lockProductsToJoin(tx);
  const unknown = products.filter((product) => !known.includes(product));
  if (unknown.length > 0) {
    const detail = `There is no product ${unknown.join(', ')}.`;
    throw new Refused('product-unknown', detail, { errors: [{ path: 'products', message: detail }] });
  }

  const created = new Set(await insertMissingControllers(tx, controllers, by.at));
  const stored = new Map(
    (
      await lockControllers(
        tx,
        controllers.map(({ externalId }) => externalId),
      )
    ).map((controller) => [controller.externalId, controller]),
  );
  const saved = new Map<string, SavedAs>();
  const changed = [];
  const joined: { controllerId: string; product: string }[] = [];
  const left: { controllerId: string; externalId: string; product: string }[] = [];
  for (const given of controllers) {
    const before = stored.get(given.externalId);
    if (before === undefined) throw new Error(`controller ${given.externalId} was not inserted`);
    const { id: controllerId, externalId } = before;
    const after = { ...given, products: [...given.products].sort() };
    // Sorted here once more: the database may sort by another collation.
    const asStored = { ...before, id: undefined, products: [...before.products].sort() };
    const isChanged = !isDeepStrictEqual(asStored, { ...after, id: undefined });
    saved.set(externalId, created.has(externalId) ? 'created' : isChanged ? 'updated' : 'unchanged');
    if (isChanged) changed.push({ ...after, id: controllerId });
    for (const product of after.products)
      if (!before.products.includes(product)) joined.push({ controllerId, product });
    for (const product of before.products)
      if (!after.products.includes(product)) left.push({ controllerId, externalId, product });
  }
  if (changed.length > 0) {
    // Who is to be told is who its contacts were when the change was announced.
    if (await isAnnouncing(tx, known)) {
      const ids = changed.map(({ id }) => id);
      for (const change of await lockAnnouncedChanges(tx, known)) await reachFirst(tx, change, ids, by.at);
    }
    await replaceDetails(tx, changed, by.at);
    await appendToAuditLog(
      tx,
      by,
      changed.map((after) => ({
        action: created.has(after.externalId) ? ('controller.created' as const) : ('controller.updated' as const),
        subject: after.externalId,
        details: { before: created.has(after.externalId) ? null : stored.get(after.externalId), after },
      })),
    );
  }
  await endAgreements(tx, left, by);
  await joinAnnouncedChanges(tx, joined, by);
  return saved;
}

/** Starts agreements, and with each a notice and a full window for every change that is announced (D7). */
async function joinAnnouncedChanges(
  tx: Transaction,
  joined: readonly { controllerId: string; product: string }[],
  by: Author,
): Promise<void> {
  if (joined.length === 0) return;
  await startAgreements(tx, joined, by.at);
  for (const change of await lockAnnouncedChanges(tx, [...new Set(joined.map(({ product }) => product))])) {
    const controllerIds = joined
      .filter(({ product }) => product === change.product)
      .map(({ controllerId }) => controllerId);
    await insertWindows(tx, change, controllerIds, by.at);
    await insertMessages(tx, { kind: 'notice', change, controllerIds, now: by.at });
  }
}

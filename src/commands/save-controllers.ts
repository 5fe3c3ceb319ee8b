import { isDeepStrictEqual } from 'node:util';
import { appendToAuditLog } from '../db/audit-log.ts';
import { lockAnnouncedChanges } from '../db/change-locks.ts';
import {
  insertMissingControllers,
  lockControllers,
  replaceDetails,
  startAgreements,
  type Controller,
  type StoredController,
} from '../db/controllers.ts';
import { isWritingNotices } from '../db/fan-outs.ts';
import { insertMessages } from '../db/message-queue.ts';
import { insertWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { controllersInEvent } from '../domain/event.ts';
import { refusedAt } from '../domain/refused.ts';
import { leaveProducts } from './end-agreement.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';

export type SavedAs = 'created' | 'updated' | 'unchanged';

/** How many were saved in each way. */
export function counts(saved: Iterable<SavedAs>): Record<SavedAs, number> {
  const counted = { created: 0, updated: 0, unchanged: 0 };
  for (const how of saved) counted[how] += 1;
  return counted;
}

/** What saving has done. */
export interface SavedControllers {
  /** How each controller was saved, by its external id. */
  readonly savedAs: ReadonlyMap<string, SavedAs>;
  readonly agreementsEnded: number;
  /** How many mails were queued, because changes are announced (D7). */
  readonly mails: number;
}

/** A controller before and after it is saved. */
interface Saving {
  readonly savedAs: SavedAs;
  /**
   * Whether `after` differs from `before`. A new controller's row is inserted first, so one without contacts and agreements
   * does not differ.
   */
  readonly isChanged: boolean;
  readonly before: StoredController;
  readonly after: StoredController;
}

/**
 * Creates or replaces controllers, each given once. Returns what that did. A product that is new for a
 * controller starts an agreement: for every announced change of that product the controller gets a notice and a full window
 * of its own (D7). A product that is no longer given ends an agreement. Each such change gets one `controller.joined` and one
 * `controller.left` for all of them.
 * Refuses with `product-unknown`.
 */
export async function saveControllers(
  tx: Transaction,
  controllers: readonly Controller[],
  by: Author,
): Promise<SavedControllers> {
  const known = await lockProductsToJoin(tx);
  const products = new Set(controllers.flatMap((controller) => controller.products));
  const unknown = [...products].filter((product) => !known.includes(product));
  if (unknown.length > 0) throw refusedAt('products', 'product-unknown', `There is no product ${unknown.join(', ')}.`);

  const created = new Set(await insertMissingControllers(tx, controllers, by.at));
  const externalIds = controllers.map(({ externalId }) => externalId);
  const stored = new Map((await lockControllers(tx, externalIds)).map((each) => [each.externalId, each]));
  const savings = controllers.map((given) => {
    const before = stored.get(given.externalId);
    if (before === undefined) throw new Error(`controller ${given.externalId} was not inserted`);
    return savingOf(before, given, created.has(given.externalId));
  });
  await saveDetails(tx, savings, known, by);
  const left = savings.flatMap(agreementsLeft);
  await leaveProducts(tx, left, by);
  const mails = await joinProducts(tx, savings.flatMap(agreementsJoined), by);
  const savedAs = new Map(savings.map((saving) => [saving.before.externalId, saving.savedAs]));
  return { savedAs, agreementsEnded: left.length, mails };
}

function savingOf(before: StoredController, given: Controller, isNew: boolean): Saving {
  // Both sides are sorted here, because the database may sort by another collation.
  const sorted = <Some extends Controller>(some: Some): Some => ({ ...some, products: [...some.products].sort() });
  const { reference = before.reference, metadata = before.metadata } = given;
  const after = { ...sorted(given), id: before.id, reference, metadata };
  const isChanged = !isDeepStrictEqual(sorted(before), after);
  return { savedAs: isNew ? 'created' : isChanged ? 'updated' : 'unchanged', isChanged, before, after };
}

function agreementsJoined({ before, after }: Saving) {
  return after.products
    .filter((product) => !before.products.includes(product))
    .map((product) => ({ controllerId: before.id, externalId: before.externalId, product }));
}

function agreementsLeft({ before, after }: Saving) {
  return before.products
    .filter((product) => !after.products.includes(product))
    .map((product) => ({ controllerId: before.id, externalId: before.externalId, product }));
}

/** Saves changed names, registration numbers and contacts, on the record. */
async function saveDetails(
  tx: Transaction,
  savings: readonly Saving[],
  products: readonly string[],
  by: Author,
): Promise<void> {
  const changed = savings.filter(({ isChanged }) => isChanged);
  if (changed.length === 0) return;
  // Notices go to the contacts at the time of the announcement. Those that a fan-out has yet to write are written first.
  if (await isWritingNotices(tx, products)) {
    const ids = changed.map(({ before }) => before.id);
    for (const change of await lockAnnouncedChanges(tx, products)) await writeAheadOfFanOut(tx, change, ids, by.at);
  }
  await replaceDetails(
    tx,
    changed.map(({ after }) => after),
    by.at,
  );
  await appendToAuditLog(
    tx,
    by,
    changed.map(({ savedAs, before, after }) => ({
      action: savedAs === 'created' ? ('controller.created' as const) : ('controller.updated' as const),
      subject: after.externalId,
      details: { before: savedAs === 'created' ? null : before, after },
    })),
  );
}

/** Starts agreements, each with a notice and a full window for every announced change of its product (D7). Returns the number of mails. */
async function joinProducts(
  tx: Transaction,
  joined: readonly { controllerId: string; externalId: string; product: string }[],
  by: Author,
): Promise<number> {
  if (joined.length === 0) return 0;
  let mails = 0;
  await startAgreements(tx, joined, by.at);
  for (const change of await lockAnnouncedChanges(tx, [...new Set(joined.map(({ product }) => product))])) {
    const ofProduct = joined.filter(({ product }) => product === change.product);
    const controllerIds = ofProduct.map(({ controllerId }) => controllerId);
    await insertWindows(tx, change, controllerIds, by.at);
    mails += await insertMessages(tx, { kind: 'notice', change, controllerIds, now: by.at });
    const controllers = controllersInEvent(ofProduct.map(({ externalId }) => externalId));
    await recordEvents(tx, change.id, by.at, [{ type: 'controller.joined', controllers }]);
  }
  return mails;
}

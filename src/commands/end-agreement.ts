import { appendToAuditLog } from '../db/audit-log.ts';
import { lockAnnouncedChanges } from '../db/change-locks.ts';
import { markAgreementEnded } from '../db/agreements.ts';
import { lockControllers } from '../db/controllers.ts';
import { cancelWaitingNotices } from '../db/message-queue.ts';
import { leaveChanges } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductsToJoin } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { controllersInEvent } from '../domain/event.ts';
import { notFound } from '../domain/refused.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';

interface Agreement {
  readonly controllerId: string;
  readonly externalId: string;
  readonly product: string;
}

/** Ends one controller's agreement for one product (D7). Refuses with `not-found` when there is none. */
export async function endAgreement(tx: Transaction, externalId: string, product: string, by: Author): Promise<void> {
  if ((await endAgreements(tx, [externalId], product, by)) === 0) {
    throw notFound(`agreement of controller ${externalId} for product ${product}`);
  }
}

/** Ends the agreements for a product of those of these controllers that have one (D7). Returns how many. */
export async function endAgreements(
  tx: Transaction,
  externalIds: readonly string[],
  product: string,
  by: Author,
): Promise<number> {
  await lockProductsToJoin(tx);
  const controllers = await lockControllers(tx, externalIds);
  const running = controllers
    .filter(({ products }) => products.includes(product))
    .map(({ id, externalId }) => ({ controllerId: id, externalId, product }));
  await leaveProducts(tx, running, by);
  return running.length;
}

/**
 * Ends running agreements. Their controllers no longer count for the product's announced changes, on the record, and their
 * pending notices are cancelled (D7). A pending objection stays until an officer resolves it (D19:
 * `agreement-ended`). Each change gets one `controller.left` for all of them. The caller holds the locks of `lockProductsToJoin` and of the controllers.
 */
export async function leaveProducts(tx: Transaction, agreements: readonly Agreement[], by: Author): Promise<void> {
  if (agreements.length === 0) return;
  const changes = await lockAnnouncedChanges(tx, [...new Set(agreements.map(({ product }) => product))]);
  for (const { controllerId, product } of agreements) {
    const ofProduct = changes.filter((change) => change.product === product);
    for (const change of ofProduct) await writeAheadOfFanOut(tx, change, [controllerId], by.at);
    await markAgreementEnded(tx, controllerId, product, by.at);
    const changeIds = ofProduct.map(({ id }) => id);
    await leaveChanges(tx, controllerId, changeIds, by.at);
    for (const id of changeIds) await cancelWaitingNotices(tx, id, [controllerId]);
  }
  await appendToAuditLog(
    tx,
    by,
    agreements.map(({ externalId, product }) => ({
      action: 'agreement.ended',
      subject: externalId,
      details: { product },
    })),
  );
  for (const { id, product } of changes) {
    const left = agreements.filter((each) => each.product === product).map(({ externalId }) => externalId);
    await recordEvents(tx, id, by.at, [{ type: 'controller.left', controllers: controllersInEvent(left) }]);
  }
}

import { setTermsVersions, type AgreementOnTerms } from '../db/agreements.ts';
import { lockAnnouncedChanges } from '../db/change-locks.ts';
import { insertMessages } from '../db/message-queue.ts';
import { askAfterAll } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { controllersInEvent } from '../domain/event.ts';
import { recordEvents } from './record-events.ts';

/**
 * Puts running agreements on other versions of their terms (D46). Who counted as approved by contract for a change that the new
 * version does not list is asked after all: it gets its notice and its full window, and the change one `controller.joined`. Who
 * has been asked stays so. The caller holds the locks of `lockProductsToJoin` and of the controllers. Returns the number of mails.
 */
export async function putOnTerms(
  tx: Transaction,
  agreements: readonly AgreementOnTerms[],
  by: Author,
): Promise<number> {
  if (agreements.length === 0) return 0;
  const changes = await lockAnnouncedChanges(tx, [...new Set(agreements.map(({ product }) => product))]);
  await setTermsVersions(tx, agreements);
  let mails = 0;
  for (const change of changes) {
    const ofProduct = agreements.filter(({ product }) => product === change.product);
    const ids = ofProduct.map(({ controllerId }) => controllerId);
    const asked = await askAfterAll(tx, change.id, ids);
    if (asked.length === 0) continue;
    const controllerIds = asked.map(({ controllerId }) => controllerId);
    mails += await insertMessages(tx, { kind: 'notice', change, controllerIds, now: by.at });
    const controllers = controllersInEvent(asked.map(({ externalId }) => externalId));
    await recordEvents(tx, change.id, by.at, [{ type: 'controller.joined', controllers }]);
  }
  return mails;
}

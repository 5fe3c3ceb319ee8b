import { insertChange } from '../db/changes.ts';
import { insertListedInTerms } from '../db/listed-in-terms.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProduct } from '../db/products.ts';
import { refusalsOf } from '../domain/announcement.ts';
import type { AnnouncementRefusal } from '../domain/announcement-refusal.ts';
import type { Author } from '../domain/author.ts';
import type { Announcement } from '../domain/change.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { contentHash } from '../domain/content-hash.ts';
import { differencesFrom, type Expectation } from '../domain/expectation.ts';
import { endOfHold } from '../domain/hold.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { contentOf } from './announcement-content.ts';
import { announcementFacts } from './announcement-facts.ts';
import { expectSecondPerson } from './expect-second-person.ts';
import { recordEvents } from './record-events.ts';
import { tellControllers } from './tell-controllers.ts';

/**
 * Announces a planned change (D1–D7). All or nothing: writes the change, one objection window per controller of the product,
 * one notice per contact, and the event `change.announced`. Messages are sent after the commit. With too many controllers
 * for one transaction, the rest of the windows and notices is written after it, too (`beginFanOut`). With a hold, the change
 * alone is written, and `endHold` writes the rest (D33).
 * Refuses with the codes of `AnnouncementRefusal`, `not-found` for an unknown product, and `preview-outdated` where what would
 * go out is not what is expected (D34), and `second-person-needed` where its product asks two people for it (D61).
 */
export async function announceChange(
  tx: Transaction,
  announcement: Announcement,
  by: Author,
  expected: Expectation | null = null,
): Promise<ChangeView> {
  const product = await lockProduct(tx, announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
  expectSecondPerson(product, 'announcement', by);
  const { facts, audience } = await announcementFacts(tx, announcement, product, by.at);
  const content = contentOf(announcement, product, facts.register);
  const hash = await contentHash(content);
  if (expected !== null) refuseDifference(expected, { hash, controllers: audience.controllers });
  const heldUntil = endOfHold(by.at, announcement.holdMinutes ?? product.holdMinutes);
  const [refusal] = refusalsOf(announcement, content, facts, heldUntil ?? by.at);
  if (refusal) throw errorOf(refusal);
  const change = await insertChange(tx, content, hash, heldUntil, by);
  await insertListedInTerms(tx, change.id, announcement.listedInTerms ?? [], by);
  return heldUntil === null ? tellControllers(tx, change, audience, by.at) : recordEvents(tx, change.id, by.at, []);
}

function refuseDifference(expected: Expectation, found: Expectation): void {
  const errors = differencesFrom(expected, found);
  if (errors.length === 0) return;
  const detail = `What would go out is not what was previewed. ${errors.map(({ message }) => `${message}.`).join(' ')}`;
  throw new Refused('preview-outdated', detail, { errors });
}

function errorOf({ because, detail, path, earliest }: AnnouncementRefusal): Refused {
  return new Refused(because, detail, {
    ...(path !== undefined && { errors: [{ path, message: detail }] }),
    ...(earliest !== undefined && { earliest: earliest.toString() }),
  });
}

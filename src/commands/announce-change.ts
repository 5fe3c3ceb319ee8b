import { announcedChanges, findChange, insertChange } from '../db/changes.ts';
import { audienceOf } from '../db/controllers.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProduct } from '../db/products.ts';
import { registerAsOf } from '../db/register.ts';
import { refuseAnnouncement, type AnnouncementRefusal } from '../domain/announcement.ts';
import type { Author } from '../domain/author.ts';
import type { Announcement } from '../domain/change.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { endOfHold } from '../domain/hold.ts';
import { dayIn } from '../domain/instant.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { recordEvents } from './record-events.ts';
import { tellControllers } from './tell-controllers.ts';

/**
 * Announces a planned change (D1–D7). All or nothing: writes the change, one objection window per controller of the product,
 * one notice per contact, and the event `change.announced`. Messages are sent after the commit. With too many controllers
 * for one transaction, the rest of the windows and notices is written after it, too (`beginFanOut`). With a hold, the change
 * alone is written, and `endHold` writes the rest (D33).
 * Refuses with the codes of `AnnouncementRefusal`, and `not-found` for an unknown product.
 */
export async function announceChange(tx: Transaction, announcement: Announcement, by: Author): Promise<ChangeView> {
  const product = await lockProduct(tx, announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
  const heldUntil = endOfHold(by.at, announcement.holdMinutes ?? product.holdMinutes);
  const superseded = announcement.supersedes === null ? null : await findChange(tx, announcement.supersedes);
  const audience = await audienceOf(tx, product.id);
  const refusal = refuseAnnouncement(
    announcement,
    {
      terms: product.terms,
      register: await registerAsOf(tx, product.id, dayIn(product.terms.timeZone, by.at)),
      announced: await announcedChanges(tx, product.id),
      controllersWithoutContact: audience.withoutContact,
      superseded: superseded?.product === product.id ? superseded : null,
    },
    heldUntil ?? by.at,
  );
  if (refusal) throw errorOf(refusal);
  const change = await insertChange(tx, announcement, product, heldUntil, by);
  return heldUntil === null ? tellControllers(tx, change, audience, by.at) : recordEvents(tx, change.id, by.at, []);
}

function errorOf({ because, detail, path, earliest }: AnnouncementRefusal): Refused {
  return new Refused(because, detail, {
    ...(path !== undefined && { errors: [{ path, message: detail }] }),
    ...(earliest !== undefined && { earliest: earliest.toString() }),
  });
}

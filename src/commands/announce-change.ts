import { announcedChanges, findChange, insertChange } from '../db/changes.ts';
import { audienceOf } from '../db/controllers.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProductToAnnounce } from '../db/products.ts';
import { registerAsOf } from '../db/register.ts';
import { type Announcement } from '../domain/change.ts';
import { refuseAnnouncement } from '../domain/announcement.ts';
import { type ChangeView } from '../domain/change-view.ts';
import { dayIn } from '../domain/instant.ts';
import { beginFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';
import { notFound, Refused } from '../domain/refused.ts';
import type { Author } from '../domain/author.ts';

/**
 * Announces a planned change (D1–D7): all or nothing, it writes the change, one objection window per controller of the
 * product, one notice per contact, and the event `change.announced`. Sending follows after the commit, and so do the
 * windows and notices of controllers that are too many for it (`beginFanOut`).
 * Refuses with the codes of `AnnouncementRefusal`, and `not-found` for an unknown product.
 */
export async function announceChange(tx: Transaction, announcement: Announcement, by: Author): Promise<ChangeView> {
  const product = await lockProductToAnnounce(tx, announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
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
    by.at,
  );
  if (refusal) {
    const { because, detail, path, earliest } = refusal;
    throw new Refused(because, detail, {
      ...(path !== undefined && { errors: [{ path, message: detail }] }),
      ...(earliest !== undefined && { earliest: earliest.toString() }),
    });
  }
  const change = await insertChange(tx, announcement, product, by);
  await beginFanOut(tx, change, 'notice', by.at, audience);
  return recordEvents(tx, change.id, by.at, [{ type: 'change.announced' }]);
}

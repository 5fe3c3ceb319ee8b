import { announcedChanges, findChange } from '../db/changes.ts';
import { audienceOf, type Audience } from '../db/audience.ts';
import type { Queryable } from '../db/postgres.ts';
import type { Product } from '../db/products.ts';
import { registerAsOf, versionsAsOf } from '../db/register.ts';
import type { AnnouncementFacts } from '../domain/announcement.ts';
import type { Announcement } from '../domain/change.ts';
import { dayIn } from '../domain/instant.ts';

/** What an announcement is judged against at `now`, and who would be notified of it. */
export async function announcementFacts(
  db: Queryable,
  announcement: Announcement,
  product: Product,
  now: Temporal.Instant,
): Promise<{ facts: AnnouncementFacts; audience: Audience }> {
  const superseded = announcement.supersedes === null ? null : await findChange(db, announcement.supersedes);
  const today = dayIn(product.terms.timeZone, now);
  const audience = await audienceOf(db, product.id);
  // First the open changes, then the register: one that is activated meanwhile is in the first, or its work in the second.
  const announced = await announcedChanges(db, product.id);
  const facts = {
    terms: product.terms,
    register: await registerAsOf(db, product.id, today),
    entriesNow: await versionsAsOf(db, product.id, today),
    announced,
    controllersWithoutContact: audience.withoutContact.first,
    superseded: superseded?.product === product.id ? superseded : null,
  };
  return { facts, audience };
}

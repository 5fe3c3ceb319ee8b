import type { Transaction } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import { registerAsOf } from '../db/register.ts';
import { countTestNotices, insertTestNotice, type TestReader } from '../db/test-notices.ts';
import type { Author } from '../domain/author.ts';
import type { Announcement, ChangeContent } from '../domain/change.ts';
import { contentHash } from '../domain/content-hash.ts';
import { dayIn } from '../domain/instant.ts';
import { referenceRefusals } from '../domain/named-entries.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { contentOf } from './announcement-content.ts';

/** So many test notices of a product are sent within an hour: nobody looks at more. */
const MAX_AN_HOUR = 30;

/** A test notice that is on record and may be sent now. */
export interface TestNotice {
  readonly id: string;
  readonly hash: string;
  readonly content: ChangeContent;
}

/**
 * Records that a test notice is about to be sent (D34). Reads the product and its register, and no customer. Refuses with
 * `not-found` for an unknown product, `entry-unknown`, `parent-unknown` and `place-unknown`, without which no notice can be written,
 * and `test-notice-limit`.
 */
export async function beginTestNotice(
  tx: Transaction,
  announcement: Announcement,
  to: TestReader,
  by: Author,
): Promise<TestNotice> {
  const product = await findProduct(tx, announcement.product);
  if (product === null) throw notFound(`product ${announcement.product}`);
  const register = await registerAsOf(tx, product.id, dayIn(product.terms.timeZone, by.at));
  const [refusal] = referenceRefusals(announcement, register);
  if (refusal) throw refusedAt(refusal.path, refusal.because, refusal.detail);
  const sent = await countTestNotices(tx, product.id, by.at.subtract({ hours: 1 }));
  if (sent >= MAX_AN_HOUR) {
    const detail = `${sent} test notices of ${product.id} were sent within the last hour: expected ${MAX_AN_HOUR} at most.`;
    throw new Refused('test-notice-limit', detail);
  }
  const content = contentOf(announcement, product, register);
  const hash = await contentHash(content);
  const id = await insertTestNotice(tx, { hash, content, to }, by);
  return { id, hash, content };
}

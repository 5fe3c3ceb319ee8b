import type { Author } from '../domain/author.ts';
import type { ChangeContent } from '../domain/change.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, type Queryable, type Transaction } from './postgres.ts';

/** The one person that a test notice goes to. */
export interface TestReader {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
}

/**
 * How many test notices of a product have been sent since `since`. What is counted stays so until the transaction ends: others
 * wait.
 */
export async function countTestNotices(tx: Transaction, product: string, since: Temporal.Instant): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('test-notices', 0))`);
  const counted = await oneRow<{ sent: number }>(
    tx,
    'select count(*) as sent from test_notices where product_id = $1 and created_at > $2',
    [product, since],
  );
  return counted.sent;
}

/** Writes a test notice that is about to be sent. Returns its id. */
export async function insertTestNotice(
  tx: Transaction,
  { hash, content, to }: { hash: string; content: ChangeContent; to: TestReader },
  by: Author,
): Promise<string> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into test_notices (product_id, content_hash, content, email, name, language, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [content.product, hash, JSON.stringify(content), to.email, to.name, to.language, by.at, by.actor],
  );
  return saved.id;
}

/** What the latest test notice since `since` with this hash showed, and when it was sent; `null` where there is none. */
export async function findTestNotice(
  db: Queryable,
  hash: string,
  since: Temporal.Instant,
): Promise<{ content: ChangeContent; language: Language; createdAt: Temporal.Instant } | null> {
  type Content = Omit<ChangeContent, 'plannedActivationOn'> & { readonly plannedActivationOn: string };
  const found = await row<{ content: Content; language: Language; createdAt: Temporal.Instant }>(
    db,
    `select content, language, created_at as "createdAt" from test_notices
     where content_hash = $1 and created_at > $2 order by id desc limit 1`,
    [hash, since],
  );
  if (found === null) return null;
  const plannedActivationOn = Temporal.PlainDate.from(found.content.plannedActivationOn);
  return { ...found, content: { ...found.content, plannedActivationOn } };
}

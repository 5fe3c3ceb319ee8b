import { failuresOf, foldedMails, insertOfficerMail } from '../db/officer-mails.ts';
import { findChanges } from '../db/changes.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import { digestMail } from '../domain/officer-digest.ts';

/**
 * Queues the digest of a product to its officers: the notices that failed or bounced from `since` to before `until`, and the mails
 * that were folded. Does nothing where another process has written it.
 */
export async function digestFailures(
  tx: Transaction,
  { product: id, since, until }: { product: string; since: Temporal.Instant; until: Temporal.Instant },
  at: Temporal.Instant,
): Promise<void> {
  const product = await findProduct(tx, id);
  if (product === null) return;
  const found = await failuresOf(tx, id, { since, until });
  const changes = new Map(
    (
      await findChanges(
        tx,
        found.map(({ changeId }) => changeId),
      )
    ).map((change) => [change.id, change]),
  );
  const failures = [];
  for (const { changeId, ...failed } of found) {
    const change = changes.get(changeId);
    if (change !== undefined) failures.push({ ...failed, change });
  }
  const folded = await foldedMails(tx, id, { since, until });
  const { name, terms } = product;
  const mail = digestMail({ id, name, timeZone: terms.timeZone }, until, { failures, folded });
  await insertOfficerMail(tx, id, { ...mail, at, coversUntil: until });
}

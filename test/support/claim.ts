import { LEASE } from '../../src/concurrency/leases.ts';
import { markClaimed, lockDueMessages, type DueMessage } from '../../src/db/message-claims.ts';
import type { Transaction } from '../../src/db/postgres.ts';

export type LeasedMessage = DueMessage & { readonly leaseId: string };

/** Claims what is due as a sender does that then disappears, having told each contact this deadline. */
export async function claimMessages(
  tx: Transaction,
  claim: { now: Temporal.Instant; leaseId: string; limit: number },
  printedDeadline: Temporal.Instant | null = null,
): Promise<LeasedMessage[]> {
  const { leaseId, now } = claim;
  const due = await lockDueMessages(tx, claim);
  const leasedUntil = now.add(LEASE);
  await markClaimed(
    tx,
    { leaseId, leasedUntil },
    due.map(({ id }) => ({ id, printedDeadline })),
  );
  return due.map((message) => ({ ...message, leaseId }));
}

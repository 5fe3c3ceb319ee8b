import { confirmApproval } from '../../src/commands/end-approval.ts';
import { moveApproval } from '../../src/commands/move-approval.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import { findApproval } from '../../src/db/approvals.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
import { controllerId, at } from './seed.ts';
import type { TestVarsel } from './varsel.ts';

type OnDatabase = { readonly database: Pick<TestVarsel['database'], 'pool'> };

/**
 * The approval of each of these controllers, by letter: a second person has confirmed it, its receipt was accepted, and its hours
 * have run.
 */
export async function approve(
  varsel: OnDatabase,
  changeId: string,
  externalIds: readonly string[],
  when: string,
): Promise<void> {
  const { pool } = varsel.database;
  for (const externalId of externalIds) {
    const id = await approvalOnItsWay(varsel, changeId, externalId, when);
    const takesEffectAt = (await findApproval(pool, id))?.takesEffectAt ?? Temporal.Instant.from(when);
    await inTransaction(pool, (tx) => moveApproval(tx, id, takesEffectAt));
  }
}

/** Such an approval whose receipt was accepted, while its hours run. Returns its id. */
export async function approvalOnItsWay(
  varsel: OnDatabase,
  changeId: string,
  externalId: string,
  when: string,
): Promise<string> {
  const { pool } = varsel.database;
  const id = await approvalToConfirm(varsel, changeId, externalId, when);
  const confirmed = await inTransaction(pool, (tx) => confirmApproval(tx, id, { ...at(when), actor: 'den anden' }));
  const receipt = await oneRow<{ messageId: string }>(
    pool,
    `select id as "messageId" from messages where approval_id = $1 and kind = 'approval-received' limit 1`,
    [id],
  );
  const accepted = {
    ...receipt,
    changeId,
    controllerId: confirmed.controllerId,
    kind: 'approval-received',
    leaseId: receipt.messageId,
    outcome: 'accepted',
    startedAt: Temporal.Instant.from(when),
    finishedAt: Temporal.Instant.from(when),
    responseCode: 250,
    response: '250 2.0.0 OK',
    printedDeadline: null,
    nextAttemptAt: null,
  } as const;
  await inTransaction(pool, (tx) => recordOutcomes(tx, [accepted]));
  return id;
}

/** Such an approval that nobody has confirmed yet. Returns its id. */
export async function approvalToConfirm(
  { database: { pool } }: OnDatabase,
  changeId: string,
  externalId: string,
  when: string,
): Promise<string> {
  const said = {
    changeId,
    controllerId: await controllerId(pool, externalId),
    decision: 'approval',
    channel: 'letter',
    from: { name: 'Dorthe Persson', role: 'Direktør', email: null },
    statement: 'Vi godkender ændringen',
    authority: 'Tegner selskabet',
    receivedAt: Temporal.Instant.from(when),
  } as const;
  const { id } = await inTransaction(pool, (tx) => recordApproval(tx, said, { ...at(when), actor: 'den ene' }));
  return id;
}

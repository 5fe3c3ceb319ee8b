import type { GateFacts } from '../domain/gate.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/** Puts on record what the gate saw at an activation: of a wave, or of a change that it let through for all (D54). */
export async function insertGateFacts(
  tx: Transaction,
  { changeId, activationId, at }: { changeId: string; activationId: string | null; at: Temporal.Instant },
  facts: GateFacts,
): Promise<void> {
  const sql = 'insert into gate_facts (change_id, activation_id, at, facts) values ($1, $2, $3, $4)';
  await rows(tx, sql, [changeId, activationId, at, JSON.stringify(facts)]);
}

/** SHA-256 of the migrations that the database has, in hexadecimal: the lines `<name> <hash>` in the order of their names. */
export async function hashOfMigrations(db: Queryable): Promise<string> {
  const found = await oneRow<{ sha256: string }>(
    db,
    `select encode(sha256(convert_to(string_agg(name || ' ' || sha256 || chr(10), '' order by name collate "C"), 'UTF8')), 'hex')
       as sha256 from migrations`,
  );
  return found.sha256;
}

/** The effective approvals that an activation rests on: all of the change, or those of a wave's controllers. See `GateFacts`. */
export async function hashOfApprovals(
  tx: Transaction,
  changeId: string,
  activationId: string | null,
): Promise<NonNullable<GateFacts['approvalsHash']>> {
  return oneRow(
    tx,
    `select count(*) as count, encode(sha256(convert_to(
       coalesce(string_agg(id || ' ' || content_hash || chr(10), '' order by id), ''), 'UTF8')), 'hex') as sha256
     from approvals where change_id = $1 and decision = 'approval' and status = 'effective'
       and ($2::uuid is null or controller_id in (select controller_id from activation_controllers where activation_id = $2))`,
    [changeId, activationId],
  );
}

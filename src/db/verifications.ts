import type pg from 'pg';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** An arbitrary number, the same in every process that verifies. */
const VERIFYING_LOCK = 0x76657269;

/** A verification of the whole record, and how many faults it found. */
export interface PastVerification {
  readonly beganAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant;
  readonly rows: number;
  readonly faults: number;
}

/** The last verification that ended, or `null` before the first. */
export async function lastVerification(db: Queryable): Promise<PastVerification | null> {
  return row<PastVerification>(
    db,
    'select began_at as "beganAt", ended_at as "endedAt", rows, faults from verifications order by id desc limit 1',
  );
}

export async function insertVerification(tx: Transaction, verification: PastVerification): Promise<void> {
  const { beganAt, endedAt, rows: read, faults } = verification;
  await rows(tx, 'insert into verifications (began_at, ended_at, rows, faults) values ($1, $2, $3, $4)', [
    beganAt,
    endedAt,
    read,
    faults,
  ]);
}

/** Takes the lock of the verification for this connection; `false` where another process verifies. */
export async function lockVerifying(client: pg.Client): Promise<boolean> {
  const found = await row<{ isFree: boolean }>(client, 'select pg_try_advisory_lock($1) as "isFree"', [VERIFYING_LOCK]);
  return found?.isFree === true;
}

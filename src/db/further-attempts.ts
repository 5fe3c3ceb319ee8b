import { KEPT_ATTEMPTS, type ObjectionRefusal } from '../domain/objection.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A rejected attempt through a link that had been used for many before (D15). */
export interface FurtherAttempt {
  readonly rejectedFor: ObjectionRefusal;
  /** As it was typed; `null` where nothing was. */
  readonly name: string | null;
  readonly reasons: string | null;
  readonly receivedAt: Temporal.Instant;
}

/** What is on record of the further attempts through one link: how many there were, and the latest of them. */
export interface FurtherAttempts {
  readonly count: number;
  readonly latest: readonly FurtherAttempt[];
}

/** Whether so many attempts through the message's link have been rejected since then that further ones are counted (D15). */
export async function hasManyRejected(db: Queryable, messageId: string, since: Temporal.Instant): Promise<boolean> {
  const found = await row(
    db,
    `select from objections where message_id = $1 and status = 'rejected' and recorded_at >= $2 offset $3 limit 1`,
    [messageId, since, KEPT_ATTEMPTS - 1],
  );
  return found !== null;
}

/** Counts an attempt, and keeps it over the one that is the oldest of the latest. The caller holds the change's lock. */
export async function recordFurtherAttempt(tx: Transaction, messageId: string, attempt: FurtherAttempt): Promise<void> {
  await rows(
    tx,
    `insert into further_attempts (message_id, slot, number, rejected_for, from_name, reasons, received_at)
     select $1, counted.number % $6, counted.number + 1, $2, $3, $4, $5
     from (select coalesce(max(number), 0) as number from further_attempts where message_id = $1) as counted
     on conflict (message_id, slot) do update set number = excluded.number, rejected_for = excluded.rejected_for,
       from_name = excluded.from_name, reasons = excluded.reasons, received_at = excluded.received_at`,
    [messageId, attempt.rejectedFor, attempt.name, attempt.reasons, attempt.receivedAt, KEPT_ATTEMPTS],
  );
}

/** The further attempts through a message's link, the latest last. */
export async function findFurtherAttempts(db: Queryable, messageId: string): Promise<FurtherAttempts> {
  const { count } = await oneRow<{ count: number }>(
    db,
    'select coalesce(max(number), 0) as count from further_attempts where message_id = $1',
    [messageId],
  );
  const latest = await rows<FurtherAttempt>(
    db,
    `select rejected_for as "rejectedFor", from_name as name, reasons, received_at as "receivedAt"
     from further_attempts where message_id = $1 order by number`,
    [messageId],
  );
  return { count, latest };
}

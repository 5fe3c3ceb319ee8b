import { row, rows, type Queryable } from './postgres.ts';

/** A checkpoint that is to be stamped. */
export interface UnstampedCheckpoint {
  readonly epoch: number;
  readonly size: number;
  readonly at: Temporal.Instant;
  readonly note: string;
}

/** A time stamp of a checkpoint, as its service gave it. */
export interface CheckpointTimeStamp {
  readonly stampedAt: Temporal.Instant;
  /** The subject of the certificate that signed it. */
  readonly authority: string;
  /** The whole response. */
  readonly response: Buffer;
}

/** The newest checkpoint, where it has no time stamp and none was stamped after `since`; `null` otherwise. */
export async function checkpointToStamp(db: Queryable, since: Temporal.Instant): Promise<UnstampedCheckpoint | null> {
  return row<UnstampedCheckpoint>(
    db,
    `select epoch, size, at, note from (select * from checkpoints order by epoch desc, size desc limit 1) newest
     where not exists (select from checkpoint_timestamps t where t.stamped_at > $1)
       and not exists (select from checkpoint_timestamps t where (t.epoch, t.size) = (newest.epoch, newest.size))`,
    [since],
  );
}

/** Keeps the first time stamp of a checkpoint. Another process may have been first. */
export async function insertTimeStamp(
  db: Queryable,
  { epoch, size }: Pick<UnstampedCheckpoint, 'epoch' | 'size'>,
  { stampedAt, authority, response }: CheckpointTimeStamp,
): Promise<void> {
  await rows(
    db,
    `insert into checkpoint_timestamps (epoch, size, stamped_at, authority, response) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [epoch, size, stampedAt, authority, response],
  );
}

import { rows, row, type Queryable } from './postgres.ts';

/** A checkpoint by which rows are proved, with what proves the checkpoint. */
export interface ProvingCheckpoint {
  readonly epoch: number;
  readonly size: number;
  readonly at: Temporal.Instant;
  /** The C2SP signed note. */
  readonly note: string;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Buffer;
  /** The response of the time-stamp service, whole; `null` where the checkpoint has none. */
  readonly timeStamp: Buffer | null;
}

/** A sealed row as it stands now. */
export interface SealedLine {
  readonly position: number;
  readonly table: string;
  readonly key: string;
  /** The hash that it was sealed with. */
  readonly hash: Buffer;
  /** `null` where the row is gone. */
  readonly line: string | null;
  readonly personLine: string | null;
  readonly personHash: Buffer | null;
  /** `null` where it says nothing of persons, or what it said was emptied. */
  readonly personKey: Buffer | null;
}

/** Where rows of a table stand sealed. One that no checkpoint covers is left out: the sealing may be under way. */
export function positionsOf(
  db: Queryable,
  table: string,
  keys: readonly string[],
): Promise<{ key: string; epoch: number; position: number }[]> {
  return rows(
    db,
    `select row_key as key, epoch, position from sealed_rows s where table_name = $1 and row_key = any ($2)
       and position < (select max(size) from checkpoints c where c.epoch = s.epoch)`,
    [table, keys],
  );
}

/** The sealed rows at these positions of an epoch, in their order. */
export function sealedLinesAt(db: Queryable, epoch: number, positions: readonly number[]): Promise<SealedLine[]> {
  return rows(
    db,
    `with wanted as (
       select table_name, array_agg(row_key) as keys from sealed_rows where epoch = $1 and position = any ($2) group by 1
     )
     select l.position, w.table_name as "table", l.row_key as key, l.hash, l.line, l.person_line as "personLine",
       l.person_hash as "personHash", l.person_key as "personKey"
     from wanted w, sealed_lines(w.table_name, w.keys) l order by l.position`,
    [epoch, positions],
  );
}

/** The checkpoint of an epoch that covers a position: the oldest with a time stamp, else the oldest; `null` where none does. */
export function checkpointOver(db: Queryable, epoch: number, position: number): Promise<ProvingCheckpoint | null> {
  return row(
    db,
    `select c.epoch, c.size, c.at, c.note, k.public_key as "publicKey", t.response as "timeStamp"
     from checkpoints c join seal_keys k on k.id = c.key_id left join checkpoint_timestamps t using (epoch, size)
     where c.epoch = $1 and c.size > $2
     order by t.response is null, c.size limit 1`,
    [epoch, position],
  );
}

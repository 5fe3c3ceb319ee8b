import { TABLES_OF_SEVERAL } from './erasing.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';
import { eachHash, type Epoch } from './seals.ts';

/** What is wrong with a row that is sealed. */
export type RowFault = 'missing' | 'altered' | 'person-altered' | 'emptied' | 'backdated';

/** Sealed rows of one epoch, from a position on. */
export interface SealedBatch {
  /** Their hashes as they stand sealed, in order. Fewer than asked for where the tree ends, or leaves of it are missing. */
  readonly hashes: readonly Buffer[];
  /** The position of the first one. */
  readonly first: number | null;
  /** Whether every position from the first one on is there. */
  readonly isWhole: boolean;
  /** Rows whose personal part was emptied, with an erasure on record. */
  readonly erased: number;
  readonly faults: readonly { readonly table: string; readonly key: string; readonly fault: RowFault }[];
}

/** When a row came to be, in the tables where the application dates it as it writes it (D28). */
const DATED: Readonly<Record<string, string>> = {
  audit_log: 'at',
  events: 'at',
  message_attempts: 'finished_at',
  objections: 'recorded_at',
  objection_decisions: 'decided_at',
  answer_decisions: 'decided_at',
  inbound_mail_decisions: 'decided_at',
  approvals: 'recorded_at',
  letters: 'recorded_at',
  bounces: 'recorded_at',
  arrival_statements: 'recorded_at',
  window_restorations: 'recorded_at',
  withdrawal_requests: 'requested_at',
  activations: 'activated_at',
  erasures: 'at',
};

/** The date of a row of `lines`, read out of its line. */
const DATE_IN_LINE = `case l.table_name ${Object.entries(DATED)
  .map(([table, column]) => `when '${table}' then substring(l.line from '"${column}":"([^"]+)"')`)
  .join(' ')} end::timestamptz`;

/**
 * Reads the sealed rows of an epoch from position `from` on, up to `count` of them, and holds each against the row itself. One that
 * was emptied must tell of nobody, because its key is gone, and anything could have been written there instead; but for tables of
 * which one person can be taken out, where the others stay. A row is
 * backdated that is sealed behind a checkpoint, and says that it was written more than a day before that; in a trial, whose clock is
 * moved, nothing is known of that. One statement, so that each row is seen with its seal.
 */
export async function sealedBatch(
  db: Queryable,
  { epoch, from, count }: { epoch: number; from: number; count: number },
): Promise<SealedBatch> {
  const found = await oneRow<{
    hashes: Buffer;
    first: number | null;
    isWhole: boolean;
    erased: number;
    faults: SealedBatch['faults'];
  }>(
    db,
    `with batch as materialized (
       select position, table_name, row_key, hash from sealed_rows
       where epoch = $1 and position >= $2 and position < $2 + $3 order by position
     ), tables as (
       select s.table_name, format_type(a.atttypid, null) as key_type from sealed_tables() s
         join pg_index i on i.indrelid = s.table_name::regclass and i.indisprimary
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     ), lines as materialized (
       -- What is no key of its table was altered, and finds no row.
       select g.table_name, l.* from (select b.table_name, array_agg(b.row_key) as keys from batch b join tables t using (table_name)
           where pg_input_is_valid(split_part(b.row_key, ' ', 1), t.key_type) group by 1) as g
         cross join lateral sealed_lines(g.table_name, g.keys) as l
     ), judged as (
       select b.position, b.table_name, b.row_key, case
           when l.line is null then 'missing'
           when leaf_hash(l.line) <> b.hash then 'altered'
           when l.person_hash is not null and l.person_key is null and l.erasure_id is null then 'emptied'
           when l.person_key is not null and person_commitment(l.person_key, l.person_line) <> l.person_hash
             then 'person-altered'
           when l.person_key is null and l.table_name <> all ($4) and exists (
             select from jsonb_each_text(l.person_line::jsonb) as said where not tells_of_nobody(said.value) and said.value <> '\\x')
             then 'person-altered'
           when (select clock_offset from installation) = '0' and ${DATE_IN_LINE} < (select at - interval '1 day' from checkpoints
             where epoch = $1 and size <= b.position order by size desc limit 1) then 'backdated'
         end as fault
       from batch b left join lines l on l.table_name = b.table_name and l.row_key = b.row_key
     )
     select coalesce((select string_agg(hash, '' order by position) from batch), '') as hashes,
       (select min(position) from batch) as first,
       (select count(*) = coalesce(max(position) - min(position) + 1, 0) from batch) as "isWhole",
       (select count(*) from lines where person_key is null and erasure_id is not null)::int as erased,
       coalesce((select json_agg(json_build_object('table', table_name, 'key', row_key, 'fault', fault) order by position)
         from judged where fault is not null), '[]') as faults`,
    [epoch, from, count, TABLES_OF_SEVERAL],
  );
  return { ...found, hashes: eachHash(found.hashes) };
}

/** How many rows are sealed, in all epochs. */
export async function countSealed(db: Queryable): Promise<number> {
  return (await oneRow<{ count: number }>(db, 'select count(*) as count from sealed_rows')).count;
}

/** The epochs, the first one first. */
export async function epochs(db: Queryable): Promise<(Epoch & { beganAt: Temporal.Instant })[]> {
  return rows(db, `select number, origin, identity, previous, began_at as "beganAt" from seal_epochs order by number`);
}

/** Rows that no seal covers. */
export interface Unsealed {
  /** Those that the newest checkpoint should cover: whoever wrote them did not write them then. The first 1,000. */
  readonly added: readonly { readonly table: string; readonly key: string }[];
  readonly addedCount: number;
  /** Those that were written since. */
  readonly recent: number;
}

/**
 * Tells the rows apart that no seal covers, as of the newest checkpoint. In a database that was restored from a dump, or that a standby
 * has taken over, and that has not sealed yet, what it has written itself is recent.
 */
export async function unsealed(
  db: Queryable,
  { horizon, isOtherDatabase }: { horizon: number; isOtherDatabase: boolean },
): Promise<Unsealed> {
  return oneRow<Unsealed>(
    db,
    `with found as materialized (
       select table_name, row_key, case
           when $2 then xact_id < $1 and xact_id >= now_at
           else xact_id < $1 or xact_id >= now_at end as is_added
       from unsealed_rows(null, null), (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint) as here (now_at))
     select coalesce((select json_agg(json_build_object('table', table_name, 'key', row_key))
         from (select * from found where is_added order by table_name, row_key limit 1000) as first), '[]') as added,
       (select count(*) from found where is_added)::int as "addedCount",
       (select count(*) from found where not is_added)::int as recent`,
    [horizon, isOtherDatabase],
  );
}

/**
 * By what the database is known now; `null` where that cannot be asked: of a standby, and by a role that may not read the cluster's
 * control file.
 */
export async function identityIfKnown(db: Queryable): Promise<string | null> {
  const { known } = await oneRow<{ known: string | null }>(
    db,
    `select case when not pg_is_in_recovery() and has_function_privilege('pg_control_system()', 'execute')
       then database_identity() end as known`,
  );
  return known;
}

/** Makes a connection refuse to write. */
export async function readOnly(db: Queryable): Promise<void> {
  await rows(db, 'set default_transaction_read_only = on');
}

import { KEPT_ROWS, type KeptRows } from './kept-rows.ts';
import type { Author } from '../domain/author.ts';
import type { CaseEnd, Month } from '../domain/retention.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/** Rows that end in the same way, as SQL reads them. */
export interface ReadableRows extends KeptRows {
  /** SQL: the columns of the primary key, and their types. */
  readonly key: readonly { readonly column: string; readonly type: string }[];
  /** SQL: whether the row still tells of somebody. */
  readonly tells: string;
}

/** How many rows of a table are looked at in one transaction. */
const ROWS_AT_ONCE = 5_000;
/** How many rows are emptied by one statement: each can be of a person of its own, and a statement has its limit. */
const EMPTIED_AT_ONCE = 500;

/** `KEPT_ROWS`, with what the catalogue says of their tables. */
export async function readableRows(db: Queryable): Promise<ReadableRows[]> {
  const shapes = await rows<{ table: string } & Pick<ReadableRows, 'key' | 'tells'>>(
    db,
    `select tables.name as table,
       (select json_agg(json_build_object('column', a.attname, 'type', format_type(a.atttypid, null)) order by place.position)
        from pg_index i, unnest(i.indkey::smallint[]) with ordinality as place (attribute, position), pg_attribute a
        where i.indrelid = name::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = place.attribute) as key,
       coalesce((select string_agg(case a.atttypid when 'bytea'::regtype then format('octet_length(t.%I) > 0', a.attname)
            else format('not tells_of_nobody(t.%I::text)', a.attname) end, ' or ')
        from record_columns c join pg_attribute a on a.attrelid = name::regclass and a.attname = c.column_name
        where c.table_name = name and c.until is null and c.part in ('person', 'moving-person') and a.attgenerated = ''),
        'true') as tells
     from unnest($1::text[]) as tables (name)`,
    [[...new Set(KEPT_ROWS.map(({ table }) => table))]],
  );
  const shapeOf = new Map(shapes.map(({ table, ...shape }) => [table, shape]));
  return KEPT_ROWS.map((kept) => {
    const shape = shapeOf.get(kept.table);
    if (shape === undefined) throw new Error(`expected table ${kept.table}, found none`);
    return { ...kept, ...shape, ...(kept.isDeleted && { tells: 'true' }) };
  });
}

/** The rows of a part of the table, joined, that still tell of somebody and that no legal hold keeps. `$1`: now. */
function toldIn(kept: ReadableRows, part: string): string {
  const isHeld = `held_until(${kept.change ?? 'null'}, ${kept.controller ?? 'null'}, $1) is not null`;
  const conditions = [
    // Of tables that no hold keeps, nothing else says what it is.
    '$1::timestamptz is not null',
    `(${kept.tells})`,
    ...(kept.where === undefined ? [] : [kept.where]),
    ...((kept.change ?? kept.controller) ? [`not ${isHeld}`] : []),
  ];
  return `from ${part} t ${kept.joins ?? ''} where ${conditions.join(' and ')}`;
}

const keyOf = ({ key }: ReadableRows) => key.map(({ column }) => `t.${column}::text`).join(` || ' ' || `);

/** A part of the table after the key `$2` (its columns as texts; null: the first one). */
function partOf({ table, key }: ReadableRows): string {
  const columns = key.map(({ column }) => `t.${column}`).join(', ');
  const place = key.map(({ type }, index) => `($2::text[])[${index + 1}]::${type}`).join(', ');
  return `select * from ${table} t where $2::text[] is null or (${columns}) > (${place})
    order by ${columns} limit ${ROWS_AT_ONCE}`;
}

/** What a part of a table has. */
interface Part<Found> {
  /** The key of its last row; `null` where it has none, so that the table is at its end. */
  readonly last: readonly string[] | null;
  readonly found: Found;
}

const lastOf = ({ key }: ReadableRows) =>
  `(select array[${key.map(({ column }) => `${column}::text`).join(', ')}] from part
    order by ${key.map(({ column }) => `${column} desc`).join(', ')} limit 1)`;

/** The rows of the next part of a table whose time has ended, by their keys as in `sealed_rows`. */
export async function dueRows(
  tx: Transaction,
  kept: ReadableRows,
  now: Temporal.Instant,
  after: readonly string[] | null,
): Promise<Part<readonly string[]>> {
  return oneRow(
    tx,
    `with part as materialized (${partOf(kept)}), due as materialized (
       select ${keyOf(kept)} as key ${toldIn(kept, 'part')} and (${kept.until}) <= $1
     )
     select ${lastOf(kept)} as last, array(select key from due) as found`,
    [now, after],
  );
}

/**
 * Until when retention keeps these rows of a table, by their keys as in `sealed_rows`; legal holds aside. Of a row that nothing ends for
 * now there is none.
 */
export async function keptUntil(
  db: Queryable,
  table: string,
  keys: readonly string[],
  now: Temporal.Instant,
): Promise<Map<string, Temporal.Instant>> {
  const ends = await Promise.all(
    (await readableRows(db))
      .filter((kept) => kept.table === table)
      .map((kept) =>
        kept.follows === undefined
          ? endsOf(db, kept, keys, now)
          : endsOfMails(db, { ...kept, follows: kept.follows }, keys, now),
      ),
  );
  const untils = new Map<string, Temporal.Instant>();
  for (const { key, until } of ends.flat()) {
    const other = untils.get(key);
    if (other === undefined || Temporal.Instant.compare(until, other) > 0) untils.set(key, until);
  }
  return untils;
}

interface End {
  readonly key: string;
  readonly until: Temporal.Instant;
}

/** By the index of a key of one column. */
function isAmong(kept: ReadableRows): string {
  const [first, ...more] = kept.key;
  if (first === undefined || more.length > 0) return `${keyOf(kept)} = any($2::text[])`;
  return `t.${first.column} = any($2::${first.type}[])`;
}

async function endsOf(
  db: Queryable,
  kept: ReadableRows,
  keys: readonly string[],
  now: Temporal.Instant,
): Promise<End[]> {
  const where = kept.where === undefined ? '' : ` and ${kept.where}`;
  return rows<End>(
    db,
    `select key, until from (
       select ${keyOf(kept)} as key, nullif((${kept.until}), 'infinity') as until
       from ${kept.table} t ${kept.joins ?? ''}
       where $1::timestamptz is not null and ${isAmong(kept)}${where}) as ends
     where until is not null`,
    [now, keys],
  );
}

/** What follows mails ends with the last of them. */
async function endsOfMails(
  db: Queryable,
  kept: ReadableRows & { readonly follows: string },
  keys: readonly string[],
  now: Temporal.Instant,
): Promise<End[]> {
  const followed = await rows<{ key: string; mail: string }>(
    db,
    `select ${keyOf(kept)} as key, m.id::text as mail from ${kept.table} t join inbound_mails m on ${kept.follows}
     where $1::timestamptz is not null and ${isAmong(kept)}`,
    [now, keys],
  );
  const mails = await keptUntil(db, 'inbound_mails', [...new Set(followed.map(({ mail }) => mail))], now);
  return [...Map.groupBy(followed, ({ key }) => key)].flatMap(([key, of]) => {
    const untils = of.flatMap(({ mail }) => mails.get(mail) ?? []);
    const last = untils.toSorted((a, b) => Temporal.Instant.compare(a, b)).at(-1);
    return last === undefined || untils.length < of.length ? [] : [{ key, until: last }];
  });
}

/** How many rows of the next part of a table end in a month. */
export async function countDueRows(
  db: Queryable,
  kept: ReadableRows,
  { now, month, after }: { now: Temporal.Instant; month: Month; after: readonly string[] | null },
): Promise<Part<number>> {
  return oneRow(
    db,
    `with part as materialized (${partOf(kept)})
     select ${lastOf(kept)} as last,
       (select count(*) ${toldIn(kept, 'part')} and (${kept.until}) >= $3 and (${kept.until}) < $4) as found`,
    [now, after, month.from, month.to],
  );
}

/** Puts on record that so many rows are emptied because their time has ended. Returns the id of that fact. */
export async function insertErasure(
  tx: Transaction,
  because: 'request' | 'retention',
  count: number,
  by: Author,
): Promise<string> {
  const { id } = await oneRow<{ id: string }>(
    tx,
    'insert into erasures (at, by, because, rows) values ($1, $2, $3, $4) returning id',
    [by.at, by.actor, because, count],
  );
  return id;
}

/** Empties rows of one table of what is of persons (D48). Who is a person of a controller gets a pseudonym. */
export async function emptyRows(
  tx: Transaction,
  erasure: string,
  table: string,
  keys: readonly string[],
): Promise<void> {
  for (let next = 0; next < keys.length; next += EMPTIED_AT_ONCE) {
    await rows(tx, 'select empty_persons($1, $2, $3)', [erasure, table, keys.slice(next, next + EMPTIED_AT_ONCE)]);
  }
}

/** How rows with these keys are deleted, statement by statement. */
const DELETIONS: Readonly<Record<string, readonly string[]>> = {
  announcement_drafts: ['delete from announcement_drafts where id = any($1::uuid[])'],
  contacts: [
    // As whoever saves a customer does, who then writes its contacts (decision 6).
    `select from controllers where id in (select controller_id from contacts where id = any($1::uuid[]))
       order by external_id for no key update`,
    // Of a customer that has come back meanwhile they stay.
    `delete from contacts where id = any($1::uuid[]) and not exists (
       select from agreements where controller_id = contacts.controller_id and ended_at is null)`,
  ],
  sessions: ['delete from sessions where id = any($1::uuid[])'],
  kept_forms: ['delete from kept_forms where id = any($1::uuid[])'],
  idempotency_keys: [`delete from idempotency_keys where caller_id::text || ' ' || key = any($1)`],
};

/** Whether rows of a table are deleted when they end, and not emptied: they are no record. */
export function isDeletedWhole(table: string): boolean {
  return KEPT_ROWS.some((kept) => kept.table === table && kept.isDeleted);
}

/** Deletes rows that are no record. */
export async function deleteRows(tx: Transaction, table: string, keys: readonly string[]): Promise<void> {
  const statements = DELETIONS[table];
  if (statements === undefined) throw new Error(`expected a table that is no record, found ${table}`);
  for (const statement of statements) await rows(tx, statement, [keys]);
}

/** Whether this transaction alone empties what is over: another process may be at it. */
export async function tryLockRetention(tx: Transaction): Promise<boolean> {
  const { isAlone } = await oneRow<{ isAlone: boolean }>(
    tx,
    `select pg_try_advisory_xact_lock(hashtextextended('retention', 0)) as "isAlone"`,
  );
  return isAlone;
}

/** Cases of one change whose time ends in a month, that ended for the same reason. */
export interface EndingCases {
  readonly change: string;
  readonly product: string;
  readonly because: CaseEnd;
  /** When the first and the last of them ended. */
  readonly endedFrom: Temporal.Instant;
  readonly endedTo: Temporal.Instant;
  readonly cases: number;
  /** How many of them a legal hold keeps. */
  readonly held: number;
  /** External ids of the first hundred. */
  readonly controllers: readonly string[];
}

/** The cases whose time ends in a month. */
export async function endingCases(db: Queryable, now: Temporal.Instant, { from, to }: Month): Promise<EndingCases[]> {
  return rows<EndingCases>(
    db,
    `select c.id as change, c.product_id as product, k.because, min(k.ended_at) as "endedFrom", max(k.ended_at) as "endedTo",
       count(*) as cases, count(*) filter (where held_until(c.id, k.controller_id, $3) is not null) as held,
       (array_agg(w.external_id order by w.external_id))[1:100] as controllers
     from ended_cases() k join changes c on c.id = k.change_id
       join (select distinct change_id, controller_id, external_id from objection_windows) as w
         on w.change_id = k.change_id and w.controller_id = k.controller_id
     where years_after(k.ended_at, k.kept_years, k.time_zone) >= $1
       and years_after(k.ended_at, k.kept_years, k.time_zone) < $2
     group by c.id, k.because order by c.id, k.because`,
    [from, to, now],
  );
}

import type { KeptBecause, RowOfPerson, TableOfPersons } from '../domain/erasure.ts';
import { KEPT_ROWS } from './kept-rows.ts';
import { keptUntil } from './retention.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/**
 * Every row that tells of the person with this address, and why it is kept (D52). Contacts are not among them. It reads every table
 * from end to end.
 */
export async function rowsOfPerson(db: Queryable, email: string, now: Temporal.Instant): Promise<RowOfPerson[]> {
  const found = await rows<RowOfPerson>(
    db,
    `with found as materialized (select * from rows_of_person($1, $2)),
       cases as materialized (
         select own.change_id, own.controller_id, k.because, k.until
         from (select distinct change_id, controller_id from found) as own
           left join lateral kept_because(own.change_id, own.controller_id, $2) as k on true)
     select distinct on (f.table_name, f.row_key) f.table_name as table, f.row_key as key, f.change_id as "changeId",
       k.external_id as controller, coalesce(f.need, c.because) as because, case when f.need is null then c.until end as until
     from found f join cases c on (c.change_id, c.controller_id) is not distinct from (f.change_id, f.controller_id)
       left join controllers k on k.id = f.controller_id
     -- Of what belongs to several cases, the one that keeps it longest.
     order by 1, 2, coalesce(f.need, c.because) is null, c.until desc nulls first`,
    [email, now],
  );
  return asRetentionKeeps(db, found, now);
}

/** Tables whose rows a request leaves to retention also when nothing else keeps them: what came later than the end of its case. */
const LEFT_TO_RETENTION = new Set(
  KEPT_ROWS.filter((kept) => kept.class === 'case' || kept.class === 'register').map(({ table }) => table),
);

/** The same rows, kept until the nightly job empties them: their case is kept, or they came later than its end (D51). */
export async function asRetentionKeeps<Row extends Pick<RowOfPerson, 'table' | 'key' | 'because' | 'until'>>(
  db: Queryable,
  found: readonly Row[],
  now: Temporal.Instant,
): Promise<Row[]> {
  const kept: Row[] = [];
  for (const [table, of] of Map.groupBy(found, (each) => each.table)) {
    const ends = await keptUntil(
      db,
      table,
      of.map(({ key }) => key),
      now,
    );
    for (const each of of) kept.push({ ...each, ...keptFor(each, ends.get(each.key) ?? null, now) });
  }
  return kept;
}

function keptFor(
  { table, because, until }: Pick<RowOfPerson, 'table' | 'because' | 'until'>,
  end: Temporal.Instant | null,
  now: Temporal.Instant,
): Pick<RowOfPerson, 'because' | 'until'> {
  if (because === 'undecided' || because === 'in-use') return { because, until: null };
  const isAhead = end !== null && Temporal.Instant.compare(end, now) > 0;
  if (because === 'legal-hold') {
    const isLonger = until !== null && end !== null && Temporal.Instant.compare(end, until) > 0;
    return { because, until: isLonger ? end : end && until };
  }
  if (because === null) {
    return isAhead && LEFT_TO_RETENTION.has(table) ? { because: 'retention', until: end } : { because, until: null };
  }
  // Its own time can end before that of its case: an automatic reply's, an act's.
  return end !== null && !isAhead ? { because: null, until: null } : { because, until: end };
}

/** Those of these rows that a legal hold keeps by now. */
export async function heldAmong(
  tx: Transaction,
  found: readonly RowOfPerson[],
  now: Temporal.Instant,
): Promise<RowOfPerson[]> {
  const cases = found.map(({ changeId, controller }, place) => ({ place, changeId, controller }));
  const held = await rows<{ place: number }>(
    tx,
    `select given.place from jsonb_to_recordset($1) as given(place integer, "changeId" uuid, controller text)
       left join controllers k on k.external_id = given.controller
     where held_until(given."changeId", k.id, $2) is not null`,
    [JSON.stringify(cases), now],
  );
  const places = new Set(held.map(({ place }) => place));
  return found.filter((_row, place) => places.has(place));
}

/** The full names that the record has with an address. */
export async function namesOf(db: Queryable, email: string): Promise<string[]> {
  return (await oneRow<{ names: string[] }>(db, 'select names_of($1) as names', [email])).names;
}

/** Whether a text names the person with this address, or the address. */
export async function namesPerson(db: Queryable, text: string, email: string): Promise<boolean> {
  const { is } = await oneRow<{ is: boolean }>(
    db,
    `select coalesce($1 ~* finds_any(array[$2]) or $1 collate pg_c_utf8 ~* finds_any(names_of($2)), false) as is`,
    [text, email],
  );
  return is;
}

/** Why a case of this controller is kept, the longest; `null` where none is. `until` is `null` where nobody can say yet. */
export async function keptBecause(
  db: Queryable,
  controllerId: string,
  now: Temporal.Instant,
): Promise<{ because: KeptBecause; until: Temporal.Instant | null } | null> {
  return row(db, 'select because, until from kept_because(null, $1, $2)', [controllerId, now]);
}

/** Every row that tells of persons of a controller. */
export async function rowsOfController(
  db: Queryable,
  controllerId: string,
): Promise<{ table: TableOfPersons; key: string }[]> {
  return rows(db, 'select distinct table_name as table, row_key as key from rows_of_controller($1)', [controllerId]);
}

/** Forgets the addresses that pseudonyms of these controllers are for, where no row has them any more. */
export async function forgetAddresses(tx: Transaction, controllerIds: readonly string[]): Promise<void> {
  await rows(tx, 'select forget_addresses($1)', [controllerIds]);
}

/** As `forgetAddresses`, of every controller that has a pseudonym for this address. */
export async function forgetAddressesOf(tx: Transaction, email: string): Promise<void> {
  await rows(tx, `select forget_addresses(array(select controller_id from pseudonyms where email = lower($1)))`, [
    email,
  ]);
}

/** The external ids of the controllers that this address is a contact of, in order. */
export async function controllersWith(db: Queryable, email: string): Promise<string[]> {
  const found = await rows<{ externalId: string }>(
    db,
    `select distinct k.external_id as "externalId" from contacts c join controllers k on k.id = c.controller_id
     where lower(c.email) = lower($1) order by 1`,
    [email],
  );
  return found.map(({ externalId }) => externalId);
}

/** Cancels what waits to be sent to this address, of all controllers. What is in flight goes on. Returns how many mails. */
export async function cancelMailsTo(tx: Transaction, email: string): Promise<number> {
  const cancelled = await tx.query(
    `update messages set status = 'cancelled' where status = 'pending' and lower(email) = lower($1)`,
    [email],
  );
  return cancelled.rowCount ?? 0;
}

/** What this transaction has written to the audit log about these controllers. */
export async function auditedNow(tx: Transaction, externalIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ key: string }>(
    tx,
    `select position::text as key from audit_log
     where subject = any($1) and xact_id = pg_current_xact_id()::text::bigint`,
    [externalIds],
  );
  return found.map(({ key }) => key);
}

/** The column of each of these tables that tells of several persons, by the place of each. */
const OF_SEVERAL: Partial<Record<TableOfPersons, string>> = { audit_log: 'persons', changes: 'contact_persons' };

/** The tables whose rows tell of several persons apart. Where one was taken out, no seal holds what is said of the others any more. */
export const TABLES_OF_SEVERAL: readonly string[] = Object.keys(OF_SEVERAL);

/** Whether rows of a table tell of several persons apart, so that one of them can be taken out. */
export function tellsOfSeveral(table: TableOfPersons): boolean {
  return OF_SEVERAL[table] !== undefined;
}

/** Takes one person out of rows that tell of several (`tellsOfSeveral`). */
export async function takeOut(
  tx: Transaction,
  erasureId: string,
  table: TableOfPersons,
  { keys, email }: { keys: readonly string[]; email: string },
): Promise<void> {
  const column = OF_SEVERAL[table];
  if (column === undefined) throw new Error(`expected a table that tells of several persons, found ${table}`);
  const key = table === 'audit_log' ? 'position' : 'id';
  await rows(
    tx,
    `select empty_rows($1, '${table}', array[t.${key}::text],
       jsonb_build_object('${column}', part_of_person(t.${column}, $3, false)))
     from ${table} t where t.${key}::text = any($2)`,
    [erasureId, keys, email],
  );
}

/** Takes a person out of what the company keeps of customers. */
export async function takeOutOfCustomers(tx: Transaction, keys: readonly string[], email: string): Promise<void> {
  await rows(
    tx,
    `update controllers set metadata = part_of_person(metadata, $2, false),
       reference = part_of_person(jsonb_build_object('reference', reference), $2, false) ->> 'reference'
     where id::text = any($1)`,
    [keys, email],
  );
}

/** Puts another response in the place of those that are stored under idempotency keys. */
export async function replaceStoredResponses(
  tx: Transaction,
  keys: readonly string[],
  response: { status: number; headers: Readonly<Record<string, string>>; body: unknown },
): Promise<void> {
  await rows(
    tx,
    `update idempotency_keys set status = $2, headers = $3, body = $4 where caller_id::text || ' ' || key = any($1)`,
    [keys, response.status, JSON.stringify(response.headers), JSON.stringify(response.body)],
  );
}

import { oneRow, row, rows, type Queryable } from './postgres.ts';

/** A row of the record that a pack has. `key` is as in `sealed_rows`. */
export interface EvidenceRow {
  readonly table: string;
  readonly key: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export type ControllersRow = EvidenceRow & { readonly controllerId: string };

/** What each column of a table is, by table and column. */
export type ColumnParts = ReadonlyMap<string, ReadonlyMap<string, 'fact' | 'person' | 'moving' | 'moving-person'>>;

const COLUMNS = `table_name as "table", row_key as key, content - 'xact_id' as content`;
const BATCH = 1000;

/** What the columns of the record are now (sql/columns.sql). */
export async function columnParts(db: Queryable): Promise<ColumnParts> {
  const found = await rows<{ table: string; parts: Record<string, 'fact'> }>(
    db,
    `select table_name as "table", jsonb_object_agg(column_name, part) as parts from record_columns where until is null group by 1`,
  );
  return new Map(found.map(({ table, parts }) => [table, new Map(Object.entries(parts))]));
}

/** What a change has beside its controllers: for officers, or for one controller. */
export function changeEvidence(db: Queryable, changeId: string, controllerId: string | null): Promise<EvidenceRow[]> {
  const sql = `select ${COLUMNS} from change_evidence($1, $2) order by table_name, row_key`;
  return rows(db, sql, [changeId, controllerId]);
}

/**
 * The events of a change, and the acts on it, in the order in which they were written, and what was proposed of it. `db` is one
 * transaction.
 */
export async function* changeActs(db: Queryable, changeId: string): AsyncGenerator<EvidenceRow[]> {
  await rows(
    db,
    `declare acts no scroll cursor for select ${COLUMNS} from change_acts($1)
     order by table_name, (content ->> 'position')::bigint, row_key`,
    [changeId],
  );
  for (;;) {
    const found = await rows<EvidenceRow>(db, `fetch ${BATCH} from acts`);
    if (found.length === 0) break;
    yield found;
  }
  await rows(db, 'close acts');
}

/** How many controllers a change concerns. */
export async function countControllers(db: Queryable, changeId: string): Promise<number> {
  const sql = 'select count(distinct controller_id) as count from objection_windows where change_id = $1';
  return (await oneRow<{ count: number }>(db, sql, [changeId])).count;
}

/** The controllers that a change concerns or has concerned, in the order of their external ids, from after `after`. */
export function controllersOfChange(
  db: Queryable,
  changeId: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ id: string; externalId: string }[]> {
  return rows(
    db,
    `select distinct external_id as "externalId", controller_id as id from objection_windows
     where change_id = $1 and external_id > $2 order by external_id limit $3`,
    [changeId, after, limit],
  );
}

/** A controller that a change concerns, by its external id; `null` where it concerns none of that id. */
export function controllerOfChange(
  db: Queryable,
  changeId: string,
  externalId: string,
): Promise<{ id: string; externalId: string } | null> {
  return row(
    db,
    `select controller_id as id, external_id as "externalId" from objection_windows
     where change_id = $1 and external_id = $2 limit 1`,
    [changeId, externalId],
  );
}

/** What a change has of these controllers, table by table, the rows of each in the order of their keys. */
export function controllersEvidence(
  db: Queryable,
  changeId: string,
  ids: readonly string[],
): Promise<ControllersRow[]> {
  return rows(
    db,
    `select controller_id as "controllerId", ${COLUMNS} from controllers_evidence($1, $2) order by controller_id, table_name, row_key`,
    [changeId, ids],
  );
}

/** The bytes of a mail that came in; empty where they were emptied. `key` is that of its row of `inbound_contents`. */
export async function rawMail(db: Queryable, key: string): Promise<Buffer> {
  return (await oneRow<{ raw: Buffer }>(db, 'select raw from inbound_contents where sha256 = $1::bytea', [key])).raw;
}

import type pg from 'pg';
import { inTransaction, oneRow, rows } from '../../src/db/postgres.ts';

/** Each table, with the columns that an `insert` may name. */
const TABLES = `
  select quote_ident(c.relname) as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  group by c.relname`;

interface Sequence {
  readonly name: string;
  readonly next: string;
  readonly isUsed: boolean;
}
const SEQUENCES = `
  select quote_ident(sequencename) as name, coalesce(last_value, start_value) as next, last_value is not null as "isUsed"
  from pg_sequences where schemaname = 'public'`;

/**
 * Remembers every row of a database, and where its sequences stand. What it returns brings them back, with the transactions
 * that they say wrote them, and deletes every other row, but for those of `growing`, tables to which rows are only added.
 * `owner` is the pool of the owner: no trigger runs.
 */
export async function rememberRows(owner: pg.Pool, growing: readonly string[] = []): Promise<() => Promise<void>> {
  const tables = await rows<{ name: string; columns: string }>(owner, TABLES);
  const everyTable = tables.map(({ name }) => `(select array_agg(t::text) from ${name} t) as ${name}`);
  const found = await oneRow<Record<string, string[] | null>>(owner, `select ${everyTable.join(', ')}`);
  const sequences = await rows<Sequence>(owner, SEQUENCES);
  const deletes = tables.filter(({ name }) => !growing.includes(name)).map(({ name }) => `delete from ${name};`);
  return () =>
    inTransaction(owner, async (tx) => {
      await tx.query('set local session_replication_role = replica');
      await tx.query(deletes.join('\n'));
      for (const { name, columns } of tables) {
        const kept = found[name];
        if (!kept) continue;
        await tx.query(
          `insert into ${name} (${columns}) overriding system value select ${columns} from
           (select (unnest($1::text[])::${name}).*) as kept on conflict do nothing`,
          [kept],
        );
      }
      for (const { name, next, isUsed } of sequences) await tx.query('select setval($1, $2, $3)', [name, next, isUsed]);
    });
}

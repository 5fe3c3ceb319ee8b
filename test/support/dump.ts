import { oneRow, rows } from '../../src/db/postgres.ts';
import type { TestDatabase } from './database.ts';

/** The tables of a dump that hold this text, in any case of letters, as text or as the bytes of one. */
export async function tablesWith({ owner }: TestDatabase, text: string): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    owner,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { count } = await oneRow<{ count: number }>(
      owner,
      `select count(*) from ${name} t where strpos(lower(t::text), lower($1)) > 0
         or strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0`,
      [text],
    );
    if (count > 0) found.push(name);
  }
  return found;
}

/** The columns of all tables, as `table.column`, that hold what this pattern finds, as text or as the bytes of one. */
export async function columnsWith({ owner }: TestDatabase, pattern: RegExp): Promise<string[]> {
  const columns = await rows<{ table: string; column: string; type: string }>(
    owner,
    `select table_name as table, column_name as column, data_type as type from information_schema.columns
     where table_schema = current_schema() order by 1, 2`,
  );
  const found: string[] = [];
  for (const { table, column, type } of columns) {
    const text = type === 'bytea' ? `encode(${column}, 'escape')` : `${column}::text`;
    const { some } = await oneRow<{ some: boolean }>(
      owner,
      `select exists (select from ${table} where ${text} ~* $1) as some`,
      [pattern.source],
    );
    if (some) found.push(`${table}.${column}`);
  }
  return found;
}

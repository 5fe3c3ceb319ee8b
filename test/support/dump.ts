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

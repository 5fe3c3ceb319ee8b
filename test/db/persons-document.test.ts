import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { createDatabase } from '../support/database.ts';

/** `table.column` of every row of the tables in docs/persons.md. */
function documented(): string[] {
  const document = readFileSync(new URL('../../docs/persons.md', import.meta.url), 'utf8');
  return [...document.matchAll(/^\| `(\w+)` +\|([^|]+)\|/gm)].flatMap(([, table, columns = '']) =>
    [...columns.matchAll(/`(\w+)`/g)].map(([, column]) => `${table}.${column}`),
  );
}

test('docs/persons.md lists every column of the record that is of persons, and no other', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const columns = await rows<{ name: string }>(
    database.pool,
    `select table_name || '.' || column_name as name from record_columns
     where until is null and part in ('person', 'moving-person')`,
  );
  expect(documented().toSorted()).toEqual(columns.map(({ name }) => name).toSorted());
});

import { expect, onTestFinished, test } from 'vitest';
import { fillEmptyDatabase } from '../../src/examples/first-start.ts';
import { createDatabase } from '../support/database.ts';

const AT = Temporal.Instant.from('2026-03-02T09:00:00Z');

test('of many processes that start at the same moment on an empty database one fills it, and none fails', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { pool } = database;
  const fill = () => fillEmptyDatabase(pool, AT, 'indsigelse@telenor.example');
  await Promise.all(Array.from({ length: 8 }, fill));
  await fill();
  const { rows } = await pool.query(
    `select (select count(*)::int from products) as products, (select count(*)::int from register_entries) as entries,
       (select count(*)::int from controllers) as controllers, (select count(*)::int from contacts) as contacts,
       (select count(*)::int from audit_log where action = 'register.loaded') as loaded`,
  );
  expect(rows).toEqual([{ products: 1, entries: 4, controllers: 3, contacts: 4, loaded: 1 }]);
});

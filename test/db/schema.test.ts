import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { oneRow } from '../../src/db/postgres.ts';
import { BULK_KINDS } from '../../src/domain/message.ts';
import { describeSchema } from '../support/schema.ts';

test('sql/schema.txt is the schema that the migrations make', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await expect(
    await describeSchema(database.pool),
    'sql/schema.txt is out of date. If the change is meant: npx vitest run test/db/schema.test.ts -u',
  ).toMatchFileSnapshot('../../sql/schema.txt');
});

test('The index of the queue has the kinds that go to all controllers, in the order of the statements', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  const { definition } = await oneRow<{ definition: string }>(
    database.pool,
    `select pg_get_indexdef('messages_to_send'::regclass) as definition`,
  );
  const kinds = BULK_KINDS.map((kind) => `'${kind}'::text`).join(', ');
  expect(definition).toContain(`kind = ANY (ARRAY[${kinds}])`);
});

import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { describeSchema } from '../support/schema.ts';

test('sql/schema.txt is the schema that the migrations make', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await expect(
    await describeSchema(database.pool),
    'sql/schema.txt is out of date. If the change is meant: npx vitest run test/db/schema.test.ts -u',
  ).toMatchFileSnapshot('../../sql/schema.txt');
});

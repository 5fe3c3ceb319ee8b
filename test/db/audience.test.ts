import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { endAgreements } from '../../src/commands/end-agreement.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { audienceOf } from '../../src/db/audience.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { lockControllers, type Contact } from '../../src/db/controllers.ts';
import { deleteRows } from '../../src/db/retention.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController, aProduct } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { at, controllerId } from '../support/seed.ts';

const sqlOf = (file: string) => readFile(new URL(`../../sql/${file}`, import.meta.url), 'utf8');
const NOW = at('2026-03-02T09:00:00Z');
const PRODUCTS = ['truetalk', 'anden'] as const;
const CUSTOMERS = 6;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  for (const id of PRODUCTS) {
    await inTransaction(database.pool, (tx) => saveProduct(tx, aProduct({ id, name: id }), NOW));
  }
});
afterAll(() => database.close());

/** The customers of this test, each anew: none has an agreement or a contact. */
beforeEach(() => save(...Array.from({ length: CUSTOMERS }, (_, index) => [index + 1, [], []] as const)));

type Saved = readonly [customer: number, products: readonly string[], contacts: readonly Contact[]];

async function save(...customers: readonly Saved[]): Promise<void> {
  const given = customers.map(([number, products, contacts]) => aController(number, { products, contacts }));
  await inTransaction(database.pool, (tx) => saveControllers(tx, given, NOW));
}

const contact = (email: string, language: 'da' | 'en', mayApprove = false): Contact => ({
  email,
  name: 'Dorthe',
  language,
  mayApprove,
});

/** The same figures, counted from agreements and contacts. */
async function counted(pool: pg.Pool, product: string) {
  const each = await rows<{ id: string; da: number; en: number; approvers: number }>(
    pool,
    `select c.external_id as id, (select count(*) from contacts where controller_id = c.id and language = 'da') as da,
       (select count(*) from contacts where controller_id = c.id and language = 'en') as en,
       (select count(*) from contacts where controller_id = c.id and may_approve) as approvers
     from agreements a join controllers c on c.id = a.controller_id
     where a.product_id = $1 and a.ended_at is null order by c.external_id`,
    [product],
  );
  const sum = (of: 'da' | 'en') => each.reduce((total, { [of]: count }) => total + count, 0);
  const silent = each.filter(({ da, en }) => da + en === 0).map(({ id }) => id);
  return {
    controllers: each.length,
    contacts: sum('da') + sum('en'),
    byLanguage: { da: sum('da'), en: sum('en') },
    withoutApprover: each.filter(({ approvers }) => approvers === 0).length,
    withoutContact: { controllers: silent.length, first: silent.slice(0, 100) },
  };
}

async function expectCounted(pool = database.pool): Promise<void> {
  for (const product of PRODUCTS) {
    expect(await audienceOf(pool, product)).toEqual(await counted(pool, product));
  }
}

test('an audience is what agreements and contacts are, whatever is saved and ended', async () => {
  const contacts = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('da', 'en'), fc.boolean())
      .map(([name, language, mayApprove]) => contact(`${name}@kunde.example`, language, mayApprove)),
    { maxLength: 3, selector: ({ email }) => email },
  );
  const saving = fc.tuple(fc.integer({ min: 1, max: CUSTOMERS }), fc.subarray([...PRODUCTS]), contacts);
  const imports = fc.uniqueArray(saving, { minLength: 1, maxLength: CUSTOMERS, selector: ([number]) => number });
  const ending = fc.integer({ min: 1, max: CUSTOMERS });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(imports, ending), { maxLength: 12 }), async (steps) => {
      for (const step of steps) {
        if (typeof step !== 'number') await save(...step);
        else await inTransaction(database.pool, (tx) => endAgreements(tx, [`kunde-${step}`], PRODUCTS[0], NOW));
        await expectCounted();
      }
    }),
    { numRuns: 25 },
  );
});

test('statements about one customer that meet, from whomever, leave nobody out', async () => {
  await save([1, PRODUCTS, []]);
  const id = await controllerId(database.pool, 'kunde-1');
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      database.pool.query(
        `insert into contacts (controller_id, position, email, name, language) values ($1, $2, $3, 'Dorthe', 'en')`,
        [id, index, `contact-${index}@kunde.example`],
      ),
    ),
  );
  expect(await audienceOf(database.pool, 'truetalk')).toMatchObject({ contacts: 8, byLanguage: { da: 0, en: 8 } });
  await Promise.all(
    Array.from({ length: 7 }, (_, index) =>
      database.pool.query('delete from contacts where controller_id = $1 and position = $2', [id, index]),
    ),
  );
  expect(await audienceOf(database.pool, 'truetalk')).toMatchObject({
    contacts: 1,
    withoutContact: { controllers: 0 },
  });
  await expectCounted();
});

test('a night that meets a customer as it comes back waits for it, in no deadlock, and leaves it its contact', async () => {
  const { pool } = database;
  await save([1, [], [contact('a@kunde.example', 'da')]]);
  const keys = (await rows<{ id: string }>(pool, 'select id from contacts')).map(({ id }) => id);
  let night: Promise<void> | undefined;
  let tries = 0;
  await inTransaction(pool, async (tx) => {
    tries += 1;
    await lockControllers(tx, ['kunde-1']);
    night = inTransaction(pool, (other) => deleteRows(other, 'contacts', keys));
    await untilLockWaiters(pool);
    const contacts = [contact('a@kunde.example', 'da', true)];
    await saveControllers(tx, [aController(1, { products: PRODUCTS, contacts })], NOW);
  });
  await night;
  expect(tries).toBe(1);
  expect(await audienceOf(pool, 'truetalk')).toMatchObject({ controllers: 1, byLanguage: { da: 1, en: 0 } });
  await expectCounted();
});

test('of very many without a contact the first hundred are named', async () => {
  await save(...Array.from({ length: 130 }, (_, index) => [1_000 + index, ['anden'], []] as const));
  const { withoutContact } = await audienceOf(database.pool, 'anden');
  expect(withoutContact.controllers).toBe(130);
  expect(withoutContact.first).toEqual(Array.from({ length: 100 }, (_, index) => `kunde-${1_000 + index}`));
});

/** What the migration makes, taken away again. */
const AS_BEFORE = `drop function follow_audience cascade; drop function count_audience; drop table audience_members;
  drop index controllers_by_part_of_key, controllers_by_part_of_number, contacts_by_part_of_key;
  drop function search_pattern;
  create index contacts_of_controllers on contacts (controller_id)`;

test('the audiences of a database of before are counted when it is migrated, with what is saved meanwhile', async () => {
  await save([1, PRODUCTS, [contact('a@kunde.example', 'da', true), contact('b@kunde.example', 'en')]]);
  await save([2, ['anden'], []], [3, [], [contact('c@kunde.example', 'da')]]);
  await database.owner.query(AS_BEFORE);
  await database.owner.query(await sqlOf('049_searches_and_audiences_by_index.sql'));
  // By a process of the version before, which goes on until it sees that there is a newer one.
  await save([1, ['anden'], [contact('b@kunde.example', 'en')]], [3, PRODUCTS, [contact('c@kunde.example', 'da')]]);
  await database.owner.query(await sqlOf('audience.sql'));
  await expectCounted(database.owner);
  await save([2, PRODUCTS, [contact('d@kunde.example', 'en')]]);
  await expectCounted(database.owner);
});

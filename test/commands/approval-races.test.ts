import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { closeChange } from '../../src/commands/close-change.ts';
import { confirmApproval, withdrawApproval } from '../../src/commands/end-approval.ts';
import { moveApproval } from '../../src/commands/move-approval.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { loadRegister } from '../../src/commands/load-register.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { lockChange } from '../../src/db/change-locks.ts';
import { inTransaction, oneRow, rows, type Transaction } from '../../src/db/postgres.ts';
import { approve, approvalOnItsWay, approvalToConfirm } from '../support/approving.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController, aProduct, aSubProcessor } from '../support/examples.ts';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { announce, at, controllerId, notifyAll } from '../support/seed.ts';

/*
 * What is said of an approval and what it counts for at the same instant, in the one order and in the other: both wait for the
 * change's lock, which is granted in the order in which it was asked for (D22).
 */

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOW = '2026-03-13T09:00:00Z';
const FIRST = 'kunde-1';
const SECOND = 'kunde-2';

let database: TestDatabase;
let companies = 0;
beforeAll(async () => {
  database = await createDatabase();
  await inTransaction(database.pool, async (tx) => {
    const { terms, ...product } = aProduct();
    await saveProduct(tx, { ...product, terms: { ...terms, approvalEffectiveAfterHours: 0 } }, at(ANNOUNCED));
    await loadRegister(tx, 'truetalk', [{ ...aSubProcessor(1), id: null, activeFrom: null }], at(ANNOUNCED));
    await saveControllers(tx, [aController(1), aController(2)], at(ANNOUNCED));
  });
});
afterAll(() => database.close());

let id: string;
/** The approval of the second controller, which takes effect from now on. The first has approved. */
let approval: string;
const asked = async (scope: 'all' | 'each') => {
  const { pool } = database;
  companies += 1;
  const india = { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } } as const;
  const change = await announce(pool, ANNOUNCED, {
    subProcessor: aSubProcessor(1 + companies, { locations: [india] }),
    plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    ...(scope === 'each' && { scope, separation: { da: 'En database for sig', en: 'A database of its own' } }),
  });
  ({ id } = change);
  await notifyAll(pool, id, 2, ANNOUNCED);
  await approve({ database }, id, [FIRST], ANNOUNCED);
};
const approvalComes = async () => {
  approval = await approvalOnItsWay({ database }, id, SECOND, ANNOUNCED);
};

type Act = (tx: Transaction) => Promise<unknown>;
const now = (actor: string) => ({ ...at(NOW), actor });
const takesEffect: Act = (tx) => moveApproval(tx, approval, Temporal.Instant.from(NOW));
const isWithdrawn: Act = (tx) =>
  withdrawApproval(tx, approval, { explanation: 'Brev af i dag', mailId: null, messageId: null }, now('officer'));
const confirms = (who: string) => (tx: Transaction) => confirmApproval(tx, approval, now(who));
const activates: Act = (tx) => activateChange(tx, id, now('officer'));
const closes: Act = (tx) => closeChange(tx, id, now('officer'));
const changeIsWithdrawn: Act = (tx) => withdrawChange(tx, id, { da: 'Fejl' }, now('officer'));
const refuses: Act = async (tx) =>
  recordApproval(
    tx,
    {
      changeId: id,
      controllerId: await controllerId(database.pool, SECOND),
      decision: 'refusal',
      channel: 'letter',
      from: { name: null, role: null, email: null },
      statement: null,
      authority: null,
      receivedAt: Temporal.Instant.from(NOW),
    },
    now('officer'),
  );

/** Does both at the same instant, each in a transaction of its own, in this order. Returns `done`, or why it was refused. */
async function inOrder(...acts: readonly Act[]): Promise<string[]> {
  const { pool } = database;
  const begun: Promise<string>[] = [];
  await inTransaction(pool, async (tx) => {
    await lockChange(tx, id);
    for (const act of acts) {
      begun.push(
        inTransaction(pool, act).then(
          () => 'done',
          ({ code, details }) => details?.blockers?.map((blocker: { code: string }) => blocker.code).join() ?? code,
        ),
      );
      await untilLockWaiters(pool, begun.length);
    }
  });
  return Promise.all(begun);
}

/** How the second controller stands, its approval and the change, and who is in a wave. */
const outcome = async () => {
  const found = await oneRow<Record<'stands' | 'approval' | 'change', string>>(
    database.pool,
    `select w.approval as stands, p.status as approval, c.status as change
     from changes c join approvals p on p.change_id = c.id join objection_windows w on w.change_id = c.id
       and w.controller_id = p.controller_id where p.id = $1`,
    [approval],
  );
  const waves = await rows<{ wave: string[] }>(
    database.pool,
    `select array_agg(k.external_id order by k.external_id) as wave from activation_controllers m
       join activations a on a.id = m.activation_id join controllers k on k.id = m.controller_id
     where m.change_id = $1 group by a.number order by a.number`,
    [id],
  );
  return [found.stands, found.approval, found.change, ...waves.map(({ wave }) => wave.join('+'))];
};

test.each<[string, 'all' | 'each', readonly Act[], readonly string[], readonly string[]]>([
  [
    'takes effect and is withdrawn',
    'all',
    [takesEffect, isWithdrawn],
    ['done', 'done'],
    ['none', 'withdrawn', 'announced'],
  ],
  [
    'is withdrawn and would take effect',
    'all',
    [isWithdrawn, takesEffect],
    ['done', 'done'],
    ['none', 'withdrawn', 'announced'],
  ],
  [
    'takes effect and a refusal comes',
    'all',
    [takesEffect, refuses, activates],
    ['done', 'done', 'approvals-missing'],
    ['refused', 'effective', 'announced'],
  ],
  [
    'takes effect after a refusal',
    'all',
    [refuses, takesEffect, activates],
    ['done', 'done', 'approvals-missing'],
    ['refused', 'effective', 'announced'],
  ],
  [
    'takes effect and all is activated',
    'all',
    [takesEffect, activates],
    ['done', 'done'],
    ['approved', 'effective', 'activated'],
  ],
  [
    'would take effect after the activation',
    'all',
    [activates, takesEffect],
    ['approvals-not-effective-yet', 'done'],
    ['approved', 'effective', 'announced'],
  ],
  [
    'takes effect and the change is withdrawn',
    'all',
    [takesEffect, changeIsWithdrawn],
    ['done', 'done'],
    ['approved', 'effective', 'withdrawn'],
  ],
  [
    'would take effect after the change is withdrawn',
    'all',
    [changeIsWithdrawn, takesEffect],
    ['done', 'done'],
    ['waiting', 'waiting', 'withdrawn'],
  ],
  [
    'takes effect and a wave comes',
    'each',
    [takesEffect, activates, isWithdrawn],
    ['done', 'done', 'done'],
    ['approved', 'effective', 'announced', `${FIRST}+${SECOND}`],
  ],
  [
    'takes effect after a wave, and the next one comes',
    'each',
    [activates, takesEffect, activates],
    ['done', 'done', 'done'],
    ['approved', 'effective', 'announced', FIRST, SECOND],
  ],
  [
    'is withdrawn and a wave comes',
    'each',
    [takesEffect, isWithdrawn, activates],
    ['done', 'done', 'done'],
    ['none', 'withdrawn', 'announced', FIRST],
  ],
  [
    'takes effect and the change is closed',
    'each',
    [activates, takesEffect, closes, activates],
    ['done', 'done', 'done', 'not-announced'],
    ['approved', 'effective', 'activated', FIRST],
  ],
  [
    'would take effect after the change is closed',
    'each',
    [activates, closes, takesEffect, isWithdrawn, refuses],
    ['done', 'done', 'done', 'change-ended', 'change-ended'],
    ['waiting', 'waiting', 'activated', FIRST],
  ],
])('an approval %s at the same instant', async (_name, scope, acts, answers, expected) => {
  await asked(scope);
  await approvalComes();
  expect(await inOrder(...acts)).toEqual(answers);
  expect(await outcome()).toEqual(expected);
});

test('of two officers who confirm an approval at once one does, and its receipts are queued once', async () => {
  await asked('all');
  approval = await approvalToConfirm({ database }, id, SECOND, ANNOUNCED);
  expect(await inOrder(confirms('den anden'), confirms('den tredje'))).toEqual(['done', 'approval-already-confirmed']);
  const confirmed = await oneRow(
    database.pool,
    `select confirmed_by as by, (select count(*)::int from messages where approval_id = p.id) as receipts
     from approvals p where id = $1`,
    [approval],
  );
  expect(confirmed).toEqual({ by: 'den anden', receipts: 1 });
});

test.each<[string, readonly Act[], readonly string[]]>([
  ['withdrawn', [isWithdrawn, confirms('den anden')], ['done', 'approval-already-ended']],
  ['confirmed, and then withdrawn', [confirms('den anden'), isWithdrawn], ['done', 'done']],
])('an approval that is confirmed and withdrawn at once is %s', async (_name, acts, answers) => {
  await asked('all');
  approval = await approvalToConfirm({ database }, id, SECOND, ANNOUNCED);
  expect(await inOrder(...acts)).toEqual(answers);
  expect(await outcome()).toEqual(['none', 'withdrawn', 'announced']);
  const { sendable } = await oneRow<{ sendable: number }>(
    database.pool,
    `select count(*)::int as sendable from messages
     where approval_id = $1 and kind = 'approval-received' and status <> 'cancelled'`,
    [approval],
  );
  expect(sendable).toBe(0);
});

test('an approval is not confirmed after its change is closed, and counts for nothing', async () => {
  await asked('each');
  approval = await approvalToConfirm({ database }, id, SECOND, ANNOUNCED);
  expect(await inOrder(activates, closes, confirms('den anden'))).toEqual(['done', 'done', 'change-ended']);
  expect(await outcome()).toEqual(['unconfirmed', 'unconfirmed', 'activated', FIRST]);
});

test('of two refusals and an activation at once none is lost: each stands until it is withdrawn', async () => {
  await asked('all');
  await approvalComes();
  expect(await inOrder(takesEffect, refuses, refuses, activates)).toEqual([
    'done',
    'done',
    'done',
    'approvals-missing',
  ]);
  const standing = await rows<{ id: string }>(
    database.pool,
    `select id from approvals where change_id = $1 and status = 'standing' order by id`,
    [id],
  );
  const [one, other] = standing.map(
    ({ id: refusal }): Act =>
      async (tx) =>
        withdrawApproval(tx, refusal, { explanation: 'Brev af i dag', mailId: null, messageId: null }, now('officer')),
  );
  if (one === undefined || other === undefined) throw new Error('two refusals stand');
  expect(await inOrder(one, activates, other, activates)).toEqual(['done', 'approvals-missing', 'done', 'done']);
  expect(await outcome()).toEqual(['approved', 'effective', 'activated']);
});

import { expect, onTestFinished, test } from 'vitest';
import { carryOutWithdrawals } from '../../src/jobs/carry-out-withdrawals.ts';
import { aController } from '../support/examples.ts';
import { pagesOf } from '../support/pages.ts';
import { announce, haveControllers, linkOf, objectionsOf } from '../support/story.ts';
import { startVarsel } from '../support/varsel.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';

test('a withdrawal that fails stops no other, and is carried out by a later run', async () => {
  const varsel = await startVarsel('2026-03-02T09:00:00Z');
  onTestFinished(() => varsel.close());
  const pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1), aController(2), aController(3)]);
  const changeId = await announce(varsel);
  await varsel.deliver();
  const ids: string[] = [];
  for (const number of [1, 2, 3]) {
    const link = await linkOf(varsel, changeId, `kunde-${number}`);
    const { id } = (await pages.json(link, { reasons: 'Vi er uenige i overførslen' })).json();
    await requestWithdrawal({ varsel, pages }, { link, id, email: `dpo@kunde-${number}.example` });
    ids.push(id);
  }
  await varsel.deliver();
  varsel.clock.set('2026-03-04T09:00:00Z');
  const { owner, pool } = varsel.database;
  const [first] = ids;
  await owner.query(
    `alter table objection_decisions add constraint fails check (objection_id <> '${first}') not valid`,
  );
  const run = () => carryOutWithdrawals({ pool, clock: varsel.clock.now });
  const pending = async () => (await objectionsOf(varsel, changeId)).filter(({ status }) => status === 'pending');

  const failed = await run().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AggregateError);
  expect((failed as AggregateError).errors).toEqual([expect.objectContaining({ constraint: 'fails' })]);
  expect((await pending()).map(({ id }) => id)).toEqual([first]);

  await owner.query('alter table objection_decisions drop constraint fails');
  await run();
  expect(await pending()).toEqual([]);
});

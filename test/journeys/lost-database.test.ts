import { expect, onTestFinished, test } from 'vitest';
import { untilLockWaiters } from '../support/lock-waiters.ts';
import { aController } from '../support/examples.ts';
import { startVarsel } from '../support/varsel.ts';
import { activate, announce, changeNow, haveControllers } from '../support/story.ts';

test('a call whose database connection is lost half-way has done nothing, says so, and harms no other', async () => {
  const varsel = await startVarsel('2026-03-02T09:00:00Z');
  onTestFinished(() => varsel.close());
  await haveControllers(varsel, [aController(1)]);
  const changeId = await announce(varsel);

  // The withdrawal waits for the change's lock, in its transaction.
  const holder = await varsel.database.pool.connect();
  await holder.query('begin');
  await holder.query('select from changes where id = $1 for update', [changeId]);
  const withdrawing = varsel
    .api('officer')
    .post(`/v1/changes/${changeId}/withdraw`)
    .send({ reason: { da: 'Fortrudt' } })
    .then((answer) => answer);
  const [waiting] = await untilLockWaiters(holder);
  await holder.query('select pg_terminate_backend($1)', [waiting]);
  const { status, body } = await withdrawing;
  expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal-error' });
  await holder.query('rollback');
  holder.release();

  expect((await changeNow(varsel, changeId)).status).toBe('announced');
  await varsel.deliver();
  varsel.clock.set('2026-03-12T23:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, changeId)).toEqual([]);
});

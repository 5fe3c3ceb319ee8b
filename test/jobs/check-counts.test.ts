import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { countsChecker } from '../../src/jobs/check-counts.ts';
import { aController } from '../support/examples.ts';
import {
  activate,
  announce,
  changeNow,
  eventsOf,
  haveControllers,
  objectThrough,
  REASONS,
  tokenOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
  await varsel.remember();
});
afterEach(() => varsel.restore());
afterAll(() => varsel.close());

/** An announced change with three notified controllers. */
async function aChange(): Promise<string> {
  const id = await announce(varsel, { subProcessor: varsel.newCompany() });
  await varsel.deliver();
  return id;
}

const byOwner = (sql: string, id: string) => varsel.database.owner.query(sql, [id]);
const forget = (id: string) => byOwner('delete from change_counts where change_id = $1', id);
const figuresOf = async (id: string) => {
  const { controllers, notices, objections, lastDeadline } = await changeNow(varsel, id);
  return { controllers, notices, objections, lastDeadline };
};

/** A job of its own, with what it logged and counted. */
function checker() {
  const logged: object[] = [];
  const registry = new Registry();
  const log = {
    warn: () => undefined,
    error: (details: object, message: string) => void logged.push({ ...details, message }),
  };
  const run = countsChecker({ pool: varsel.database.pool, clock: varsel.clock.now, log, registry });
  const counted = async () => (await registry.getSingleMetric('varsel_counts_mended_total')?.get())?.values[0]?.value;
  return { run, logged, counted };
}

describe('Counts that were lost', () => {
  test.each<[string, string, (id: string) => Promise<unknown>]>([
    ['an open window', '2026-03-10T09:00:00Z', async () => undefined],
    [
      'a pending objection',
      '2026-03-14T09:00:00Z',
      async () => {
        varsel.clock.set('2026-03-05T09:00:00Z');
        await objectThrough(varsel, tokenOf(varsel, 'dpo@kunde-1.example'), REASONS);
      },
    ],
    [
      'a controller that is not notified',
      '2026-03-14T09:00:00Z',
      async () => {
        varsel.clock.set('2026-03-05T09:00:00Z');
        varsel.mailbox.refuse('dpo@kunde-9.example', { code: 550, message: 'no such user' });
        await haveControllers(varsel, [aController(9)]);
      },
    ],
  ])('hide %s from nobody: the change is not activated, and a job mends and alarms', async (_what, when, happen) => {
    const id = await aChange();
    await happen(id);
    varsel.clock.set(when);
    const before = await figuresOf(id);
    const events = await eventsOf(varsel, id);
    await forget(id);

    const { activation } = await changeNow(varsel, id);
    expect(activation).toMatchObject({ allowed: false, earliestAt: null });
    expect(activation.blockers).toContainEqual({ code: 'counts-disagree' });
    expect(await activate(varsel, id)).toContainEqual({ code: 'counts-disagree' });

    const { run, logged, counted } = checker();
    await run();
    expect(logged).toEqual([
      {
        change: id,
        counts: expect.arrayContaining([expect.stringMatching(/^controllers \+[34]$/)]),
        message: 'counts did not agree with their rows, and were mended',
      },
    ]);
    expect(await counted()).toBeGreaterThan(2);
    expect(await figuresOf(id)).toEqual(before);
    expect((await activate(varsel, id)).map(({ code }) => code)).not.toContain('counts-disagree');
    // No milestone was told of windows that seemed to have closed.
    expect(await eventsOf(varsel, id)).toEqual([...events, 'change.corrected']);
  });
});

test('A count that is too high is mended by the hourly comparison, and nothing is mended twice', async () => {
  const id = await aChange();
  const before = await figuresOf(id);
  const { run, logged } = checker();
  await run();
  expect(logged).toEqual([]);
  await byOwner(`insert into change_counts (change_id, counted, amount) values ($1, 'objections-pending', 2)`, id);
  await run();
  expect(logged).toEqual([]);
  varsel.clock.advance({ hours: 1 });
  const others = [checker(), checker()];
  await Promise.all([run(), ...others.map((other) => other.run())]);
  const all = [...logged, ...others.flatMap((other) => other.logged)];
  expect(all).toEqual([expect.objectContaining({ change: id, counts: ['objections-pending -2'] })]);
  expect(await figuresOf(id)).toEqual(before);
});

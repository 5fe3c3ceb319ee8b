import { expect, test } from 'vitest';
import { runExclusively } from '../../src/concurrency/run-exclusively.ts';

/** A job whose runs the test begins to see and ends one by one. */
function aJob() {
  const runs: PromiseWithResolvers<void>[] = [];
  let running = 0;
  let most = 0;
  const run = runExclusively(async () => {
    const end = Promise.withResolvers<void>();
    runs.push(end);
    running += 1;
    most = Math.max(most, running);
    try {
      await end.promise;
    } finally {
      running -= 1;
    }
  });
  return { run, runs, mostAtOnce: () => most };
}

/** Lets everything happen that is waiting for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('calls while the job runs make it run once more, not once each, and never at the same time', async () => {
  const job = aJob();
  const calls = [job.run(), job.run(), job.run(), job.run()];
  await settle();
  expect(job.runs).toHaveLength(1);
  job.runs[0]?.resolve();
  await settle();
  expect(job.runs).toHaveLength(2);
  job.runs[1]?.resolve();
  await Promise.all(calls);
  expect(job.runs).toHaveLength(2);
  expect(job.mostAtOnce()).toBe(1);
});

test('a call during the second run is not lost either', async () => {
  const job = aJob();
  const first = job.run();
  void job.run();
  job.runs[0]?.resolve();
  await settle();
  const second = job.run();
  job.runs[1]?.resolve();
  await settle();
  expect(job.runs).toHaveLength(3);
  // Who called first has what it asked for. A job that is asked for again and again would never end for it otherwise.
  await first;
  let isOver = false;
  void second.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  job.runs[2]?.resolve();
  await second;
});

test('a call after the job has ended runs it again', async () => {
  const job = aJob();
  for (const count of [1, 2, 3]) {
    const call = job.run();
    await settle();
    expect(job.runs).toHaveLength(count);
    job.runs[count - 1]?.resolve();
    await call;
  }
});

test('a run that fails says so to who asked for it; who called meanwhile gets a run of its own', async () => {
  const job = aJob();
  const calls = Promise.allSettled([job.run(), job.run(), job.run()]);
  job.runs[0]?.reject(new Error('the database is away'));
  await settle();
  expect(job.runs).toHaveLength(2);
  job.runs[1]?.resolve();
  expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

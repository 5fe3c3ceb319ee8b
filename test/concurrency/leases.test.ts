import { expect, onTestFinished, test, vi } from 'vitest';
import { leasesOf, whileHeld, type Claim, type Leases } from '../../src/concurrency/leases.ts';
import { movableClock } from '../support/clock.ts';

const NINE = '2026-03-02T09:00:00Z';
const one: Claim = { id: 'a', leaseId: '1' };
const other: Claim = { id: 'b', leaseId: '2' };

/** Leases of 30 seconds beside timers that the test moves, and what the database was asked for. */
function start(answer: (claims: readonly Claim[]) => readonly Claim[] = (claims) => claims) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const clock = movableClock(NINE);
  const asked: { readonly at: number; readonly claims: readonly Claim[]; readonly until: string }[] = [];
  const faults: unknown[] = [];
  let seconds = 0;
  const leases = leasesOf<Claim>({
    clock: clock.now,
    async renewal(claims, until) {
      asked.push({ at: seconds, claims, until: until.toString() });
      return answer(claims);
    },
    failed: (error) => void faults.push(error),
  });
  return {
    clock,
    leases,
    asked,
    faults,
    pass: async (count: number) => {
      for (let second = 0; second < count; second += 1) {
        seconds += 1;
        clock.advance({ seconds: 1 });
        await vi.advanceTimersByTimeAsync(1_000);
      }
    },
  };
}

const untilOf = (leases: Leases<Claim>, claim: Claim) => leases.find(claim)?.until.toString();

test('A claim is renewed every ten seconds for thirty until it is let go, and then no more', async () => {
  const { leases, asked, pass } = start();
  expect(leases.end().toString()).toBe('2026-03-02T09:00:30Z');
  leases.hold([one], leases.end());
  await pass(25);
  expect(asked).toEqual([
    { at: 10, claims: [one], until: '2026-03-02T09:00:40Z' },
    { at: 20, claims: [one], until: '2026-03-02T09:00:50Z' },
  ]);
  expect(untilOf(leases, one)).toBe('2026-03-02T09:00:50Z');
  leases.letGo([one]);
  await pass(60);
  expect(asked).toHaveLength(2);
  expect(leases.find(one)).toBeUndefined();
});

test('All claims are renewed by one statement, and those claimed later begin to be without further ado', async () => {
  const { leases, asked, pass } = start();
  leases.hold([one], leases.end());
  await pass(5);
  leases.hold([other], leases.end());
  await pass(5);
  expect(asked).toMatchObject([{ at: 10, claims: [one, other] }]);
  leases.letAllGo();
  await pass(60);
  expect(asked).toHaveLength(1);
  leases.hold([other], leases.end());
  await pass(10);
  expect(asked).toMatchObject([{}, { at: 80, claims: [other] }]);
});

test('A renewal that fails is tried again two seconds later, and the claim stands as it was', async () => {
  let isAway = true;
  const { leases, asked, faults, pass } = start((claims) => {
    if (isAway) throw new Error('away');
    return claims;
  });
  leases.hold([one], leases.end());
  await pass(13);
  expect(asked.map(({ at }) => at)).toEqual([10, 12]);
  expect(faults).toHaveLength(2);
  expect(untilOf(leases, one)).toBe('2026-03-02T09:00:30Z');
  isAway = false;
  await pass(1);
  expect(untilOf(leases, one)).toBe('2026-03-02T09:00:44Z');
});

test('A claim that was taken over is found no more, and its neighbour is', async () => {
  const { leases, pass } = start((claims) => claims.filter(({ id }) => id === 'b'));
  leases.hold([one, other], leases.end());
  await pass(10);
  expect(leases.find(one)).toBeUndefined();
  expect(leases.find(other)?.claim).toBe(other);
});

test('A claim is found as its row was when it was renewed', async () => {
  const { leases } = start((claims) => claims.map((claim) => ({ ...claim, rate: 5 })));
  leases.hold([one, other], leases.end());
  await leases.renew([one]);
  expect(leases.find(one)?.claim).toEqual({ ...one, rate: 5 });
  expect(leases.find(other)?.claim).toEqual(other);
});

test('What ended while the process was frozen can be renewed at once, and what did not is left', async () => {
  const { clock, leases, asked } = start();
  leases.hold([one], leases.end());
  clock.advance({ seconds: 20 });
  leases.hold([other], leases.end());
  await leases.renewEnded();
  clock.advance({ seconds: 10 });
  await leases.renewEnded();
  expect(asked).toMatchObject([{ claims: [one], until: '2026-03-02T09:01:00Z' }]);
});

test('A claim is held while a work takes, also where it fails', async () => {
  const { leases, asked, pass } = start();
  const work = Promise.withResolvers<string>();
  const held = whileHeld(leases, one, leases.end(), () => work.promise);
  await pass(65);
  expect(asked).toHaveLength(6);
  work.resolve('done');
  expect(await held).toBe('done');
  await expect(whileHeld(leases, one, leases.end(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await pass(60);
  expect(asked).toHaveLength(6);
});

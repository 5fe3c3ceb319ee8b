import { activateChange } from '../../src/commands/activate-change.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { PagesUnderTest } from '../customer/link-under-test.ts';
import { aSubProcessor } from './examples.ts';
import { announce, at, notifyAll, seed } from './seed.ts';

/** When what happened to the register of the tests. */
export const DAYS = {
  loaded: '2026-03-02T09:00:00Z',
  activated: '2026-04-16T22:30:00Z',
  withdrawn: '2026-04-18T09:00:00Z',
  now: '2026-04-20T09:00:00Z',
} as const;

const GINTEL = '01980000-0000-7000-8000-000000000001';
export const USERFLOW = '01980000-0000-7000-8000-000000000002';

/**
 * TrueTalk's register with one change of each fate: Nordlys 1 activated, Nordlys 2 (of Gintel) withdrawn, and Velkomst ApS
 * announced to replace Userflow. Returns their ids.
 */
export async function fillRegister({ database: { pool }, clock }: Pick<PagesUnderTest, 'database' | 'clock'>) {
  await seed(pool, 1, DAYS.loaded);
  const { id: activated } = await announce(pool, DAYS.loaded);
  await notifyAll(pool, activated, 1, DAYS.loaded);
  const { id: withdrawn } = await announce(pool, DAYS.loaded, { subProcessor: aSubProcessor(2, { parentId: GINTEL }) });
  await inTransaction(pool, (tx) => activateChange(tx, activated, at(DAYS.activated)));
  const reason = { da: 'Trukket, fordi Kunde 1 A/S gjorde indsigelse' };
  await inTransaction(pool, (tx) => withdrawChange(tx, withdrawn, reason, at(DAYS.withdrawn)));
  const { id: announced } = await announce(pool, DAYS.now, {
    kind: 'replacement',
    replaces: USERFLOW,
    plannedActivationOn: Temporal.PlainDate.from('2026-06-01'),
    subProcessor: aSubProcessor(3, {
      name: 'Velkomst & Søn <ApS>',
      processing: { da: 'Onboarding,\n"på dansk"' },
      locations: [
        { country: 'DE', transferBasis: null },
        { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Velkomst Inc.' } },
      ],
    }),
  });
  clock.set(DAYS.now);
  return { activated, withdrawn, announced };
}

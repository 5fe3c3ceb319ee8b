import { expect } from 'vitest';
import { aController, aSubProcessor } from './examples.ts';
import { activate, allBelowLeave, announce, haveControllers, notifyByLetter, withdraw } from './story.ts';
import type { TestVarsel } from './varsel.ts';

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
 * announced to replace Userflow, with which Google leaves. Leaves the clock at `DAYS.now`, and returns their ids.
 */
export async function fillRegister(varsel: TestVarsel) {
  varsel.clock.set(DAYS.loaded);
  await haveControllers(varsel, [aController(1)]);
  const activated = await announce(varsel, { plannedActivationOn: '2026-04-15' });
  await notifyByLetter(varsel, activated, ['kunde-1'], '2026-03-02');
  const withdrawn = await announce(varsel, {
    plannedActivationOn: '2026-04-15',
    subProcessor: aSubProcessor(2, { parentId: GINTEL }),
  });
  varsel.clock.set(DAYS.activated);
  expect(await activate(varsel, activated)).toEqual([]);
  varsel.clock.set(DAYS.withdrawn);
  await withdraw(varsel, withdrawn, { da: 'Trukket, fordi Kunde 1 A/S gjorde indsigelse' });
  varsel.clock.set(DAYS.now);
  const announced = await announce(varsel, {
    kind: 'replacement',
    replaces: USERFLOW,
    children: await allBelowLeave(varsel, USERFLOW),
    plannedActivationOn: '2026-06-01',
    subProcessor: aSubProcessor(3, {
      name: 'Velkomst & Søn <ApS>',
      processing: { da: 'Onboarding,\n"på dansk"' },
      locations: [
        { country: 'DE', transferBasis: null },
        { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Velkomst Inc.' } },
      ],
    }),
  });
  return { activated, withdrawn, announced };
}

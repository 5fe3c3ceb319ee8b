import { APPROVAL_RACES, JOINS_BY_CONTRACT } from './storm-approvals.ts';
import type { Round, Stage } from './storm-race.ts';
import { OBJECTION_RACES } from './storm-objections.ts';

const RACES: Readonly<Record<string, (stage: Stage, round: Round) => Promise<string[]>>> = {
  ...OBJECTION_RACES,
  ...APPROVAL_RACES,
};

export const KINDS = Object.keys(RACES);

/** Those that change who has an agreement for the product, which is then theirs alone. */
export const NEEDS_OWN_PRODUCT: ReadonlySet<string> = new Set([
  'end of an agreement and activation',
  'import and announcement',
  JOINS_BY_CONTRACT,
]);

/** Runs one round, and returns what was wrong with what was answered. */
export async function runRace(stage: Stage, round: Round): Promise<string[]> {
  const race = RACES[round.kind];
  if (race === undefined) throw new Error(`no race is called ${round.kind}`);
  return race(stage, round);
}

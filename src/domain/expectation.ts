import type { InputFault } from './refused.ts';

/** What a caller has seen in a preview, and announces only if it is so still (D34). */
export interface Expectation {
  readonly hash: string;
  readonly controllers: number;
}

/** The number of controllers may differ by a hundredth, and by so many. */
const CONTROLLERS_MAY_DIFFER = 10;

/** Whether so many controllers, instead of those that were expected, are no reason to ask anew. */
export function mayDiffer(expected: number, found: number): boolean {
  return Math.abs(found - expected) <= Math.max(CONTROLLERS_MAY_DIFFER, expected / 100);
}

/** In what the announcement is not what its preview showed: each difference with what was found; none where it is the same (D34). */
export function differencesFrom(expected: Expectation, found: Expectation): InputFault[] {
  const faults: InputFault[] = [];
  if (expected.hash !== found.hash) {
    faults.push({
      path: 'expect.hash',
      message: `Expected ${expected.hash}, found ${found.hash}: the announcement, or the name, terms, processor or objection address of its product, is another`,
    });
  }
  if (!mayDiffer(expected.controllers, found.controllers)) {
    faults.push({
      path: 'expect.controllers',
      message: `Expected ${expected.controllers} controllers, found ${found.controllers}`,
    });
  }
  return faults;
}

import type { InputFault } from './refused.ts';

/** What a caller has seen in a preview, and announces only if it is so still (D34). */
export interface Expectation {
  readonly hash: string;
  readonly controllers: number;
}

/** The number of controllers may differ by a hundredth, and by so many. */
const CONTROLLERS_MAY_DIFFER = 10;

/** In what the announcement is not what its preview showed: each difference with what was found; none where it is the same (D34). */
export function differencesFrom(expected: Expectation, found: Expectation): InputFault[] {
  const faults: InputFault[] = [];
  if (expected.hash !== found.hash) {
    faults.push({
      path: 'expect.hash',
      message: `Expected ${expected.hash}, found ${found.hash}: the announcement, or the name, terms, processor or objection address of its product, is another`,
    });
  }
  const most = Math.max(CONTROLLERS_MAY_DIFFER, expected.controllers / 100);
  if (Math.abs(found.controllers - expected.controllers) > most) {
    faults.push({
      path: 'expect.controllers',
      message: `Expected ${expected.controllers} controllers, found ${found.controllers}`,
    });
  }
  return faults;
}

import { afterAll, beforeAll, test } from 'vitest';
import { startVarsel } from '../support/varsel.ts';
import { MAIN_STORY, type Telling } from './main-story.ts';

let telling: Telling;
beforeAll(async () => {
  telling = { varsel: await startVarsel('2026-03-02T09:00:00Z'), changeId: '', objectionId: '' };
});
afterAll(() => telling.varsel.close());

for (const [sentence, tell] of MAIN_STORY) {
  test(`after a restart, ${sentence}`, async () => {
    await telling.varsel.restart();
    await tell(telling);
  });
}

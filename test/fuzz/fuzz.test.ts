import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController } from '../support/examples.ts';
import { announceAnother, haveControllers } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { fuzz } from './fuzz.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

test('every answer to 150 requests that are made from the document is as it says', async () => {
  await haveControllers(varsel, [aController(1), aController(2), aController(3)]);
  const changeId = await announceAnother(varsel);
  await varsel.deliver();
  const { body } = await varsel.api().get(`/v1/changes/${changeId}/controllers`);
  const notices: string[] = body.items.flatMap(({ notices: sent }: { notices: { id: string }[] }) =>
    sent.map(({ id }) => id),
  );
  const report = await fuzz({
    url: varsel.url,
    document: (await varsel.customer().get('/docs/json')).body,
    keys: { admin: 'admin-key-of-the-tests', officer: 'officer-key-of-the-tests', reader: 'reader-key-of-the-tests' },
    seed: 15,
    requests: 150,
    today: Temporal.PlainDate.from('2026-03-02'),
    existing: {
      externalId: ['kunde-1', 'kunde-2', 'kunde-3'],
      product: ['truetalk'],
      // Nobody listens there.
      url: ['http://127.0.0.1:9/'],
      token: notices.map((id) => varsel.links.tokenOf(id)),
      changes: [changeId],
      notices,
      id: [changeId, ...notices],
    },
  });
  expect(report.findings).toEqual([]);
  expect(report.sent).toBe(150);
  // They reach the operations: not everything is refused.
  const succeeded = Object.entries(report.statuses).filter(([status]) => status.startsWith('2'));
  expect(succeeded.reduce((sum, [, number]) => sum + number, 0)).toBeGreaterThan(30);
});

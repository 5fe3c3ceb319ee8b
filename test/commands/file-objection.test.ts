import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { resolveObjection } from '../../src/commands/resolve-objection.ts';
import { listObjections } from '../../src/db/objection-list.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { startSender } from '../sending/sender.ts';
import { movableClock } from '../support/clock.ts';
import { startConsumer } from '../support/consumer.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startMailbox } from '../support/mailbox.ts';
import { announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOW = '2026-03-03T09:00:00Z';

let database: TestDatabase;
let changeId: string;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 1, ANNOUNCED);
  changeId = (await announce(database.pool, ANNOUNCED)).id;
  await notifyAll(database.pool, changeId, 1, ANNOUNCED);
});
afterAll(() => database.close());

const file = async (reasons: string, email = 'dpo@kunde-1.example') => {
  const objector = await controllerId(database.pool, 'kunde-1');
  return inTransaction(database.pool, (tx) =>
    fileObjection(
      tx,
      {
        changeId,
        controllerId: objector,
        channel: 'link',
        from: { name: 'Dorthe', email },
        reasons,
        receivedAt: Temporal.Instant.from(NOW),
      },
      at(NOW),
    ),
  );
};

test('the same text sent ten times at once through a link is one objection, with one receipt and one event', async () => {
  const clock = movableClock(NOW);
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.close());
  const sender = startSender({ database, clock, smtpUrl: mailbox.smtpUrl });
  onTestFinished(() => sender.close());
  const consumer = await startConsumer(database, clock);
  onTestFinished(() => consumer.close());
  const before = await consumer.events();
  const filed = await Promise.all(Array.from({ length: 10 }, () => file('Vi er uenige i overførslen')));
  expect(new Set(filed.map(({ objection }) => objection.id)).size).toBe(1);
  expect(await listObjections(database.pool, { change: changeId }, { limit: 100 })).toHaveLength(1);
  const told = (await consumer.events()).slice(before.length);
  expect(told.map(({ type }) => type)).toEqual(['objection.received']);
  await sender.run();
  const arrived = mailbox.mails.map(({ subject }) => subject);
  expect(arrived.filter((subject) => subject?.includes('vi har modtaget'))).toHaveLength(1);
});

test('another text, another contact, and the same text after it was resolved are objections of their own', async () => {
  const first = await file('Første');
  expect((await file('Anden')).objection.id).not.toBe(first.objection.id);
  expect((await file('Første', 'anden@kunde-1.example')).objection.id).not.toBe(first.objection.id);
  await inTransaction(database.pool, (tx) =>
    resolveObjection(
      tx,
      first.objection.id,
      { outcome: 'withdrawn', explanation: 'I mailen af 3. marts', mailId: null },
      at(NOW),
    ),
  );
  expect((await file('Første')).objection.id).not.toBe(first.objection.id);
});

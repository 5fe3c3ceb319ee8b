import { expect, onTestFinished, test } from 'vitest';
import { remindControllers } from '../../src/commands/remind-controllers.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { startSender } from '../sending/sender.ts';
import { movableClock } from '../support/clock.ts';
import { createDatabase } from '../support/database.ts';
import { startMailbox } from '../support/mailbox.ts';
import { announce, notifyAll, seed } from '../support/seed.ts';

const REMINDER = /påmindelse/;

test('so many controllers are reminded in one transaction as it is told, and each of them once', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.close());
  await seed(database.pool, 5, '2026-03-02T09:00:00Z');
  const { id } = await announce(database.pool, '2026-03-02T09:00:00Z');
  await notifyAll(database.pool, id, 5, '2026-03-02T09:00:00Z');
  const now = Temporal.Instant.from('2026-03-10T09:00:00Z');
  const remind = () => inTransaction(database.pool, (tx) => remindControllers(tx, 'reminder', id, 2, now));
  expect([await remind(), await remind(), await remind(), await remind()]).toEqual([2, 2, 1, 0]);
  const mailbox = await startMailbox();
  onTestFinished(() => mailbox.close());
  const sender = startSender({ database, clock: movableClock(now.toString()), smtpUrl: mailbox.smtpUrl });
  onTestFinished(() => sender.close());
  await sender.run();
  const reminders = mailbox.mails.filter(({ subject }) => REMINDER.test(subject ?? ''));
  expect(reminders.map(({ envelope }) => envelope.to.join()).toSorted()).toEqual(
    [1, 2, 3, 4, 5].map((number) => `dpo@kunde-${number}.example`),
  );
});

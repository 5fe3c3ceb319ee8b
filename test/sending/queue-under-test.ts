import type pg from 'pg';
import { onTestFinished } from 'vitest';
import type { ControllerInChange } from '../../src/db/change-controllers.ts';
import { rows } from '../../src/db/postgres.ts';
import type { ChangeView } from '../../src/domain/change-view.ts';
import { movableClock, type MovableClock } from '../support/clock.ts';
import { startConsumer, type Consumer, type ToldEvent } from '../support/consumer.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { listedControllers } from '../support/listed-controllers.ts';
import { announce, seed } from '../support/seed.ts';
import type { WorkingProcessOptions } from '../support/working-process.ts';
import { startAskingMailbox, type AskingMailbox } from './asking-mailbox.ts';
import { startSender, type TestSender } from './sender.ts';

export const NINE = '2026-03-02T09:00:00Z';

/** A notice as the API lists it. */
export type ListedNotice = ControllerInChange['notices'][number];

export interface QueueUnderTest {
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly change: ChangeView;
  /** A process that sends to this mail server, stopped when the test ends. */
  sender(
    smtpUrl: string,
    options?: Pick<WorkingProcessOptions, 'connections' | 'wakes' | 'broken' | 'lease'>,
  ): TestSender;
  mailbox(meanwhile?: Parameters<typeof startAskingMailbox>[0]): Promise<AskingMailbox>;
  /** The controllers of the change with their windows and notices, as the API lists them. */
  controllers(): Promise<ControllerInChange[]>;
  /** The notices of the change, as the API lists them. */
  notices(): Promise<ListedNotice[]>;
  /** How many notices stand in each status, as the API lists them: one that is being sent is pending. */
  counts(): Promise<Record<string, number>>;
  /** Every event, as a consumer is told it. */
  events(): Promise<ToldEvent[]>;
  /** How many notices stand in each status, by their rows: claims are shown nowhere else. */
  claims(): Promise<Record<string, number>>;
  /** When a notice is due again: only its row says so. */
  dueAt(noticeId: string): Promise<Temporal.Instant>;
  /** Every attempt in the order they were recorded, by their rows: the API does not show them. */
  attempts(): Promise<{ message_id: string; outcome: string; response_code: number | null; response: string }[]>;
}

/** A change announced to so many controllers, whose notices wait in a database of this test's own. */
export async function startQueue(controllers: number, announcedAt = NINE): Promise<QueueUnderTest> {
  const clock = movableClock(announcedAt);
  const database = await createDatabase();
  const { pool } = database;
  const opened: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const close of opened.toReversed()) await close();
    await database.close();
  });
  await seed(pool, controllers, announcedAt);
  const change = await announce(pool, announcedAt);
  let consumer: Consumer | undefined;

  const listed = () => listedControllers(pool, change.id, clock.now());
  const notices = async () => (await listed()).flatMap((controller) => controller.notices);
  return {
    clock,
    database,
    pool,
    change,
    sender(smtpUrl, options = {}) {
      const sender = startSender({ database, clock, smtpUrl, ...options });
      opened.push(() => sender.close());
      return sender;
    },
    async mailbox(meanwhile) {
      const mailbox = await startAskingMailbox(meanwhile);
      opened.push(() => mailbox.close());
      return mailbox;
    },
    controllers: listed,
    notices,
    counts: async () => counted(await notices()),
    async events() {
      if (consumer === undefined) {
        const started = await startConsumer(database, clock);
        opened.push(() => started.close());
        consumer = started;
      }
      return consumer.events();
    },
    claims: async () => counted(await rows(pool, `select status from messages where kind = 'notice'`)),
    async dueAt(noticeId) {
      const { rows: found } = await pool.query('select next_attempt_at as at from messages where id = $1', [noticeId]);
      return found[0].at;
    },
    attempts: () => rows(pool, 'select message_id, outcome, response_code, response from message_attempts order by id'),
  };
}

function counted(notices: readonly { readonly status: string }[]): Record<string, number> {
  const byStatus = Map.groupBy(notices, ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, alike]) => [status, alike.length]));
}

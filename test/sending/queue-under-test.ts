import type pg from 'pg';
import { onTestFinished } from 'vitest';
import type { ChangeView } from '../../src/domain/change-view.ts';
import { movableClock, type MovableClock } from '../support/clock.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { announce, seed } from '../support/seed.ts';
import { startAskingMailbox, type AskingMailbox } from './asking-mailbox.ts';
import { startSender, type TestSender } from './sender.ts';

export const NINE = '2026-03-02T09:00:00Z';

/** One notice in the queue. */
export interface QueuedNotice {
  readonly id: string;
  readonly email: string;
  readonly status: string;
  readonly attempts: number;
  readonly next: Temporal.Instant;
  readonly error: string | null;
}

export interface QueueUnderTest {
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly change: ChangeView;
  /** A sending process to this mail server, closed when the test ends. */
  sender(smtpUrl: string, options?: { concurrency?: number; linkOf?: (messageId: string) => string }): TestSender;
  mailbox(meanwhile?: Parameters<typeof startAskingMailbox>[0]): Promise<AskingMailbox>;
  notices(): Promise<QueuedNotice[]>;
  /** How many notices stand in each status. */
  counts(): Promise<Record<string, number>>;
  /** Every attempt in the order they were recorded. */
  attempts(): Promise<{ message_id: string; outcome: string; response_code: number | null; response: string }[]>;
}

/** A change announced at nine to so many controllers, whose notices wait in a database of this test's own. */
export async function startQueue(controllers: number): Promise<QueueUnderTest> {
  const clock = movableClock(NINE);
  const database = await createDatabase();
  const { pool } = database;
  // Tests that cut connections off would end the process otherwise.
  pool.on('error', () => undefined);
  const opened: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const close of opened.toReversed()) await close();
    await database.close();
  });
  await seed(pool, controllers, NINE);
  const change = await announce(pool, NINE);
  const notices = async () => {
    const { rows } = await pool.query<QueuedNotice>(
      `select id, email, status, attempts, next_attempt_at as next, last_error as error from messages
       where kind = 'notice' order by email`,
    );
    return rows;
  };
  return {
    clock,
    database,
    pool,
    change,
    sender(smtpUrl, options = {}) {
      const sender = startSender({ pool, clock: clock.now, smtpUrl, ...options });
      opened.push(() => sender.close());
      return sender;
    },
    async mailbox(meanwhile) {
      const mailbox = await startAskingMailbox(meanwhile);
      opened.push(() => mailbox.close());
      return mailbox;
    },
    notices,
    async counts() {
      const counted: Record<string, number> = {};
      for (const { status } of await notices()) counted[status] = (counted[status] ?? 0) + 1;
      return counted;
    },
    async attempts() {
      const { rows } = await pool.query(
        'select message_id, outcome, response_code, response from message_attempts order by id',
      );
      return rows;
    },
  };
}

import cron, { type ScheduledTask } from 'node-cron';
import pg from 'pg';
import { MESSAGES_CHANNEL } from '../db/messages.ts';
import { connectionOptions } from '../db/postgres.ts';
import { fanOut } from './fan-out.ts';
import { followWindows } from './follow-windows.ts';
import { runExclusively } from './run-exclusively.ts';
import { messageSender, type Sending } from './send-messages.ts';

/** Every ten seconds: a sweep finds what nobody was woken for, retries that have come due and leases that have ended. */
const SWEEP = '*/10 * * * * *';
const LISTEN_AGAIN_MS = 2_000;

export interface Jobs {
  /** Runs every job once, now; ends when nothing is left to do. */
  runAll(): Promise<void>;
  /** Stops claiming, lets what is under way end, and gives claims back. */
  stop(): Promise<void>;
}

/**
 * Starts the jobs, each of which runs once at a time (`runExclusively`): node-cron starts idempotent sweeps, and a `NOTIFY` of an announcement wakes the sending at once. Nothing
 * depends on one tick: what it misses, the next one does.
 */
export function startJobs(sending: Sending, databaseUrl: string): Jobs {
  const { log } = sending;
  const stopping = new AbortController();
  const send = messageSender(sending);
  const follow = runExclusively(() => followWindows(sending));
  const writeOn = runExclusively(() => fanOut(sending, stopping.signal));
  const sendMessages = runExclusively(async () => {
    await send(stopping.signal);
    // The last notice of a change may just have been accepted.
    if (!stopping.signal.aborted) await follow();
  });
  const safely = async (job: () => Promise<void>) => {
    try {
      await job();
    } catch (error) {
      log.error({ err: error }, 'a job failed; its next run takes up what it left');
    }
  };
  const tasks: ScheduledTask[] = [
    cron.schedule(SWEEP, () => void safely(sendMessages), { name: 'send-messages', noOverlap: true, timezone: 'UTC' }),
    cron.schedule(SWEEP, () => void safely(writeOn), { name: 'fan-out', noOverlap: true, timezone: 'UTC' }),
    cron.schedule(SWEEP, () => void safely(follow), { name: 'follow-windows', noOverlap: true, timezone: 'UTC' }),
  ];
  const wake = () => {
    void safely(writeOn);
    void safely(sendMessages);
  };
  const listener = listen(databaseUrl, wake, log);
  return {
    async runAll() {
      await writeOn();
      await sendMessages();
    },
    async stop() {
      stopping.abort();
      for (const task of tasks) await task.destroy();
      await listener.stop();
      await safely(writeOn);
      await safely(sendMessages);
    },
  };
}

/** Calls `wake` for every notification, on a connection of its own that is made anew when it is lost. */
function listen(databaseUrl: string, wake: () => void, log: Sending['log']): { stop(): Promise<void> } {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const connect = async () => {
    const connecting = new pg.Client(connectionOptions(databaseUrl));
    client = connecting;
    connecting.on('notification', wake);
    connecting.on('error', again);
    try {
      await connecting.connect();
      await connecting.query(`listen ${MESSAGES_CHANNEL}`);
      // What was announced while nobody listened.
      wake();
    } catch (error) {
      again(error as Error);
    }
    function again(error: Error): void {
      if (stopped || client !== connecting) return;
      client = null;
      log.warn({ err: error }, 'the connection that listens for new messages was lost');
      connecting.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), LISTEN_AGAIN_MS);
    }
  };
  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

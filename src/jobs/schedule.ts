import cron, { type ScheduledTask } from 'node-cron';
import pg from 'pg';
import { MESSAGES_CHANNEL } from '../db/messages.ts';
import { connectionOptions } from '../db/connection-options.ts';
import { DELIVERIES_CHANNEL } from '../db/webhook-deliveries.ts';
import { followWebhooks, webhookDeliverer } from '../delivering/deliver-webhooks.ts';
import type { Delivering } from '../delivering/delivering.ts';
import { fanOut } from './fan-out.ts';
import { followWindows } from './follow-windows.ts';
import type { Log } from '../domain/log.ts';
import { runExclusively } from '../concurrency/run-exclusively.ts';
import { messageSender } from '../sending/send-messages.ts';
import { createSendingPool, type Sending } from '../sending/sending.ts';
import { sendOperatorMails } from '../sending/send-operator-mails.ts';

/** What makes the jobs run. */
export interface Wakes {
  /** When they sweep, in the words of cron; `null` for never. */
  readonly sweep: string | null;
  /** Whether what is written wakes them at once. */
  readonly isNotified: boolean;
}

/** A sweep, every ten seconds, finds what nobody was woken for, retries that have come due and leases that have ended. */
const WAKES: Wakes = { sweep: '*/10 * * * * *', isNotified: true };
const LISTEN_AGAIN_MS = 2_000;

export interface Jobs {
  /** Runs every job once, now; ends when nothing is left to do. */
  runAll(): Promise<void>;
  /** Stops claiming, lets what is under way end, and gives claims back. */
  stop(): Promise<void>;
}

/** What the jobs work with. */
export type JobDependencies = Sending & Delivering & { readonly operatorAddress: string };

/**
 * Starts the jobs, each of which runs once at a time (`runExclusively`): node-cron starts idempotent sweeps, and a `NOTIFY` of
 * what was written wakes the sending and the delivering at once. Nothing depends on one tick: what it misses, the next one
 * does.
 */
export function startJobs(dependencies: JobDependencies, databaseUrl: string, wakes = WAKES): Jobs {
  const { log } = dependencies;
  const stopping = new AbortController();
  const sendingPool = createSendingPool(databaseUrl, log);
  const send = messageSender({ ...dependencies, pool: sendingPool });
  const follow = runExclusively(() => followWindows(dependencies));
  const writeOn = runExclusively(() => fanOut(dependencies, stopping.signal));
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
  const deliverer = webhookDeliverer(dependencies);
  const followAllWebhooks = runExclusively(() => followWebhooks(dependencies));
  const tellOperator = runExclusively(() =>
    sendOperatorMails(dependencies, dependencies.operatorAddress, stopping.signal),
  );
  const sweeps: Readonly<Record<string, () => Promise<void>>> = {
    'send-messages': sendMessages,
    'fan-out': writeOn,
    'follow-windows': follow,
    'deliver-webhooks': deliverer.sweep,
    'follow-webhooks': followAllWebhooks,
    'send-operator-mails': tellOperator,
  };
  const tasks: ScheduledTask[] = [];
  if (wakes.sweep !== null) {
    for (const [name, sweep] of Object.entries(sweeps)) {
      const options = { name, noOverlap: true, timezone: 'UTC' };
      tasks.push(cron.schedule(wakes.sweep, () => void safely(sweep), options));
    }
  }
  const wakeSending = () => {
    void safely(writeOn);
    void safely(sendMessages);
  };
  const channels = { [MESSAGES_CHANNEL]: wakeSending, [DELIVERIES_CHANNEL]: () => void safely(deliverer.sweep) };
  const listener = wakes.isNotified ? listen(databaseUrl, channels, log) : null;
  return {
    async runAll() {
      await writeOn();
      await sendMessages();
      await deliverer.idle();
      await followAllWebhooks();
      await tellOperator();
    },
    async stop() {
      stopping.abort();
      for (const task of tasks) await task.destroy();
      await listener?.stop();
      await safely(writeOn);
      await Promise.all([safely(sendMessages), safely(tellOperator), deliverer.stop()]);
      if (!sendingPool.ending) await sendingPool.end();
    },
  };
}

/** Calls what a channel wakes for every notification on it, on a connection of its own that is made anew when it is lost. */
function listen(databaseUrl: string, wakes: Readonly<Record<string, () => void>>, log: Log): { stop(): Promise<void> } {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const connect = async () => {
    const connecting = new pg.Client({ ...connectionOptions(databaseUrl), pipeline: false });
    client = connecting;
    connecting.on('notification', ({ channel }) => wakes[channel]?.());
    connecting.on('error', again);
    try {
      await connecting.connect();
      for (const [channel, wake] of Object.entries(wakes)) {
        await connecting.query(`listen ${channel}`);
        // What was written while nobody listened.
        wake();
      }
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

import cron, { type ScheduledTask } from 'node-cron';
import type pg from 'pg';
import { runExclusively } from '../concurrency/run-exclusively.ts';
import { MAILS_CHANNEL } from '../db/inbound-mails.ts';
import { MESSAGES_CHANNEL } from '../db/messages.ts';
import { listenForNotifications } from '../db/notification-listener.ts';
import { DELIVERIES_CHANNEL } from '../db/webhook-deliveries.ts';
import { followWebhooks, webhookDeliverer } from '../delivering/deliver-webhooks.ts';
import type { Delivering } from '../delivering/delivering.ts';
import { faultOf } from '../domain/clock.ts';
import { anchorer, type Anchoring } from '../evidence/anchorer.ts';
import { sealer, type JobOfSealing } from '../evidence/sealer.ts';
import { readMails, type Reading } from '../inbound/read-mails.ts';
import { messageSender } from '../sending/send-messages.ts';
import { createSendingPool, type Sending } from '../sending/sending.ts';
import { sendOperatorMails } from '../sending/send-operator-mails.ts';
import { carryOutWithdrawals } from './carry-out-withdrawals.ts';
import { countsChecker, type CheckingCounts } from './check-counts.ts';
import { continueFanOuts } from './continue-fan-outs.ts';
import { endHolds } from './end-holds.ts';
import { followSchema, type FollowingSchema } from './follow-schema.ts';
import { followWindows } from './follow-windows.ts';
import { retentionKeeper, type KeepingRetention } from './keep-retention.ts';
import { moveApprovals } from './move-approvals.ts';
import { queueDigests } from './queue-digests.ts';
import { nightlyVerifier } from './verify-nightly.ts';

/** Each is read in a thread of its own. */
export const MAILS_READ_AT_ONCE = 2;

/** What makes the jobs run. */
export interface Wakes {
  /** When sweeps run, as a cron expression; `null` for never. */
  readonly sweep: string | null;
  /** Whether a `NOTIFY` wakes the engines at once. */
  readonly isNotified: boolean;
}

/** What takes long and is in no hurry runs at night, where the companies are. */
const EACH_NIGHT = '17 1 * * *';

/** A sweep every ten seconds finds lost notifications, retries that are due, and leases that have ended. */
const WAKES: Wakes = { sweep: '*/10 * * * * *', isNotified: true };

export interface Jobs {
  /** Runs every job once, now, but for the sealing. Resolves when nothing is left to do. */
  runAll(): Promise<void>;
  /** Seals what is on record, where it is time to, and has the checkpoint time-stamped. */
  seal(): Promise<void>;
  /** Reads the mail that is on record and due. */
  readMails(): Promise<void>;
  /** Claims nothing more, lets what is under way end, and releases the claims that are left. */
  stop(): Promise<void>;
}

/** Jobs that run in this process. */
export interface StartedJobs extends Jobs {
  /** Each by itself, for tests that run one of them. What goes wrong is thrown, not logged. */
  readonly each: AllJobs;
}

/** What the jobs work with. */
type JobDependencies = Sending &
  Delivering &
  Reading &
  CheckingCounts &
  JobOfSealing &
  Anchoring &
  KeepingRetention &
  FollowingSchema & {
    readonly operatorAddress: string;
    /** What the links to pages begin with. */
    readonly publicUrl: string;
    /** Whether connections of the sending live until its stop, and not for two seconds. */
    readonly keepsConnections?: boolean;
  };

type AllJobs = ReturnType<typeof createJobs>;

/**
 * Starts the jobs. Each runs once at a time (`runExclusively`). node-cron starts idempotent sweeps, and a `NOTIFY` wakes the
 * engines at once. Nothing depends on one tick: the next does what a missed one would have done.
 */
export function startJobs(dependencies: JobDependencies, databaseUrl: string, wakes = WAKES): StartedJobs {
  const { log } = dependencies;
  const stopping = new AbortController();
  const sendingPool = createSendingPool(databaseUrl, log, dependencies.keepsConnections);
  const jobs = createJobs(dependencies, { databaseUrl, sendingPool }, stopping.signal);

  /** Runs a job, and logs its error instead of throwing it. */
  async function runLogged(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      log.error({ err: error }, 'a job failed; its next run takes up what it left');
    }
  }

  /** Nothing is begun while the clock cannot be trusted (D29). */
  const wake = async (job: () => Promise<void>) => {
    if (faultOf(dependencies.clock) === null) await runLogged(job);
  };
  /** Follows the windows behind the sending, and keeps it waiting for nothing: that may take long, and mail may be due meanwhile. */
  const sendMessages = async () => {
    await jobs.sendMessages();
    // The last notice of a change may just have been accepted.
    if (!stopping.signal.aborted) void wake(jobs.followWindows);
  };
  const tasks =
    wakes.sweep === null
      ? []
      : [
          ...scheduleSweeps({ ...jobs, sendMessages }, wakes.sweep, wake),
          schedule('keep-retention', EACH_NIGHT, () => wake(jobs.keepRetention)),
        ];
  const handlers = {
    [MESSAGES_CHANNEL]: () => {
      void wake(jobs.continueFanOuts);
      void wake(sendMessages);
    },
    [MAILS_CHANNEL]: () => void wake(jobs.readMails),
    [DELIVERIES_CHANNEL]: () => void wake(jobs.deliverer.sweep),
  };
  const listener = wakes.isNotified ? listenForNotifications(databaseUrl, handlers, log) : null;

  return {
    each: jobs,
    readMails: jobs.readMails,
    async runAll() {
      await jobs.readMails();
      await jobs.endHolds();
      await jobs.continueFanOuts();
      await jobs.carryOutWithdrawals();
      await jobs.moveApprovals();
      await jobs.sendMessages();
      await jobs.followWindows();
      await jobs.deliverer.idle();
      await jobs.followWebhooks();
      await jobs.queueDigests();
      await jobs.sendOperatorMails();
      await jobs.checkCounts();
    },
    async seal() {
      await jobs.seal();
      await jobs.anchor();
    },
    async stop() {
      stopping.abort();
      for (const task of tasks) await task.destroy();
      await listener?.stop();
      // Each of these waits for its run that is under way, and begins nothing new.
      await runLogged(jobs.continueFanOuts);
      await Promise.all([
        runLogged(jobs.seal),
        runLogged(jobs.anchor),
        runLogged(jobs.verifyNightly),
        runLogged(jobs.readMails),
        runLogged(jobs.sendMessages),
        runLogged(jobs.sendOperatorMails),
        runLogged(jobs.keepRetention),
        jobs.deliverer.stop(),
      ]);
      if (!sendingPool.ending) await sendingPool.end();
    },
  };
}

/** Every job, each running once at a time. Those that send or write for long end early when `stopping` aborts. */
function createJobs(
  dependencies: JobDependencies,
  { databaseUrl, sendingPool }: { databaseUrl: string; sendingPool: pg.Pool },
  stopping: AbortSignal,
) {
  const { operatorAddress: address, publicUrl } = dependencies;
  const sender = messageSender({ ...dependencies, pool: sendingPool });
  const sendMessages = runExclusively(() => sender.send(stopping));
  const readers = Array.from({ length: MAILS_READ_AT_ONCE }, () =>
    runExclusively(() => readMails(dependencies, stopping)),
  );
  const seal = sealer(dependencies);
  const anchor = anchorer(dependencies);
  const verify = nightlyVerifier({ ...dependencies, databaseUrl });
  return {
    // Each reader runs once at a time. One that reads for long does not keep the others from the next mail.
    readMails: async () => void (await Promise.all(readers.map((read) => read()))),
    endHolds: runExclusively(() => endHolds(dependencies)),
    continueFanOuts: runExclusively(() => continueFanOuts(dependencies, stopping)),
    sendMessages: () => {
      sender.lookAgain();
      return sendMessages();
    },
    followWindows: runExclusively(() => followWindows(dependencies)),
    carryOutWithdrawals: runExclusively(() => carryOutWithdrawals(dependencies)),
    moveApprovals: runExclusively(() => moveApprovals(dependencies)),
    deliverer: webhookDeliverer(dependencies),
    followSchema: runExclusively(() => followSchema(dependencies)),
    followWebhooks: runExclusively(() => followWebhooks(dependencies)),
    checkCounts: runExclusively(countsChecker(dependencies)),
    seal: runExclusively(() => seal(stopping)),
    anchor: runExclusively(() => anchor(stopping)),
    verifyNightly: runExclusively(() => verify(stopping)),
    keepRetention: runExclusively(retentionKeeper(dependencies, stopping)),
    queueDigests: runExclusively(() => queueDigests(dependencies)),
    sendOperatorMails: runExclusively(() => sendOperatorMails(dependencies, { address, publicUrl }, stopping)),
  };
}

function scheduleSweeps(
  jobs: AllJobs,
  expression: string,
  run: (job: () => Promise<void>) => Promise<void>,
): ScheduledTask[] {
  const sweeps = {
    'read-mails': jobs.readMails,
    'send-messages': jobs.sendMessages,
    'end-holds': jobs.endHolds,
    'fan-out': jobs.continueFanOuts,
    'follow-windows': jobs.followWindows,
    'carry-out-withdrawals': jobs.carryOutWithdrawals,
    'move-approvals': jobs.moveApprovals,
    'deliver-webhooks': jobs.deliverer.sweep,
    'follow-webhooks': jobs.followWebhooks,
    'check-counts': jobs.checkCounts,
    'queue-digests': jobs.queueDigests,
    'send-operator-mails': jobs.sendOperatorMails,
    'follow-schema': jobs.followSchema,
    seal: jobs.seal,
    anchor: jobs.anchor,
    'verify-nightly': jobs.verifyNightly,
  };
  return Object.entries(sweeps).map(([name, sweep]) => schedule(name, expression, () => run(sweep)));
}

function schedule(name: string, expression: string, work: () => Promise<void>): ScheduledTask {
  return cron.schedule(expression, () => void work(), { name, noOverlap: true, timezone: 'UTC' });
}

import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCountingSink, type CountingSink } from './counting-sink.ts';
import { startSendingProcess } from './sending-processes.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { continueFanOuts } from '../../src/jobs/continue-fan-outs.ts';
import { announce, seed } from './seed.ts';

/** What happens to one of two sending processes, or to what both of them need, again and again while notices go out. */
export type Disturbance = 'kill' | 'database' | 'mail-server';

export interface CrashRun {
  readonly pool: pg.Pool;
  /** For the processes; goes on to be the same when the database is stopped and started. */
  readonly databaseUrl: string;
  readonly notices: number;
  readonly connections: number;
  readonly disturbance: Disturbance;
  readonly times: number;
  /** How long the sink takes for each message: what makes the run long enough for all that is to happen in it. */
  readonly sinkDelayMs: number;
  /** Stops the database at once, as when its machine dies, and starts it again. */
  readonly restartDatabase?: () => Promise<void>;
  readonly outageMs?: number;
  readonly withinMs: number;
}

export interface CrashSummary {
  readonly notices: number;
  readonly disturbances: number;
  readonly seconds: number;
  /** Notices that never arrived. */
  readonly missing: number;
  /** Copies beyond the first of each notice. */
  readonly duplicates: number;
  readonly mostDuplicatesAtOnce: number;
  /** Copies of notices that have no attempt *unknown* on record, or came under another Message-ID. */
  readonly unexplained: number;
  /** Attempts on record whose outcome nobody knows. */
  readonly unknown: number;
  /** Notices that are not recorded as accepted, and controllers whose window is not open, in the end. */
  readonly unrecorded: number;
}

const LEASE_SECONDS = 4;
const POLL_MS = 20;
const WHILE_STARTING_MS = 2_000;

/** Sends so many notices by two processes through the disturbances, and tells what arrived and what is on record. */
export async function runThroughCrashes(run: CrashRun): Promise<CrashSummary> {
  const { pool, connections } = run;
  await seed(pool, run.notices, Temporal.Now.instant().toString());
  const announcedAt = Temporal.Now.instant();
  const plannedActivationOn = Temporal.Now.plainDateISO().add({ days: 60 });
  await announce(pool, announcedAt.toString(), { plannedActivationOn });
  await continueFanOuts({ pool, clock: systemClock });
  const sink = await startCountingSink(run.sinkDelayMs);
  const started = performance.now();
  const start = (name: string) =>
    startSendingProcess({
      databaseUrl: run.databaseUrl,
      smtpUrl: sink.url(name),
      connections,
      leaseSeconds: LEASE_SECONDS,
    });
  const deadline = started + run.withinMs;
  const until = async (what: string, holds: () => Promise<boolean> | boolean) => {
    while (!(await holds())) {
      if (performance.now() > deadline) {
        throw new Error(`${what} did not come in time: ${await standing(pool)}\n${steady.complaints()}`);
      }
      await sleep(POLL_MS);
    }
  };
  const steady = start('steady');
  let shaken = start('shaken-0');
  const disturbedAt: number[] = [];
  try {
    for (let time = 0; time < run.times; time += 1) {
      const since = sink.arrivals.length;
      const name = run.disturbance === 'kill' ? `shaken-${time}` : '';
      // While a process starts, the other must not send all that there is.
      sink.delayMs = Math.max(run.sinkDelayMs, WHILE_STARTING_MS);
      await until(`a notice from ${name}`, () => arrivedFrom(sink, name, since));
      sink.delayMs = run.sinkDelayMs;
      await sleep(20 + Math.random() * 400);
      if (run.disturbance === 'kill') {
        disturbedAt.push(performance.now());
        await shaken.end('SIGKILL');
        shaken = start(`shaken-${time + 1}`);
      } else if (run.disturbance === 'database') {
        disturbedAt.push(performance.now());
        await run.restartDatabase?.();
      } else if (run.disturbance === 'mail-server') {
        disturbedAt.push(performance.now());
        await sink.stop();
        await sleep(run.outageMs ?? 0);
        await sink.start();
      }
    }
    await until('the end', async () => {
      const { rows } = await pool
        .query(`select from messages where status in ('pending', 'in-flight') limit 1`)
        .catch(() => ({ rows: [{}] }));
      return rows.length === 0;
    });
    const seconds = (performance.now() - started) / 1_000;
    for (const ended of [await steady.end('SIGTERM'), await shaken.end('SIGTERM')]) {
      if (ended.code !== 0) throw new Error(`a process ended with ${JSON.stringify(ended)}\n${steady.complaints()}`);
    }
    return { ...(await whatHappened(pool, sink, disturbedAt, run.notices)), seconds };
  } finally {
    await steady.end('SIGKILL');
    await shaken.end('SIGKILL');
    await sink.stop();
  }
}

/** Whether something has arrived, from anybody or from one sender, beyond the first so many. */
function arrivedFrom(sink: CountingSink, name: string, since: number): boolean {
  return sink.arrivals.slice(since).some(({ from }) => name === '' || from === name);
}

async function standing(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query('select status, count(*)::int from messages group by 1');
  return JSON.stringify(rows);
}

async function whatHappened(pool: pg.Pool, sink: CountingSink, disturbedAt: readonly number[], notices: number) {
  const arrived = Map.groupBy(sink.arrivals, ({ notice }) => notice);
  const { rows } = await pool.query<{ id: string; unknown: number; isRecorded: boolean }>(
    `select m.id, m.status = 'accepted' and w.notified_at is not null as "isRecorded",
       (select count(*)::int from message_attempts a where a.message_id = m.id and a.outcome = 'unknown') as unknown
     from messages m join objection_windows w on w.change_id = m.change_id and w.controller_id = m.controller_id`,
  );
  let unexplained = 0;
  const perDisturbance = disturbedAt.map(() => 0);
  let duplicates = 0;
  for (const { id, unknown } of rows) {
    const lost = (arrived.get(id) ?? []).toSorted((a, b) => a.atMs - b.atMs);
    const last = lost.pop();
    duplicates += lost.length;
    if (lost.some(({ messageId }) => messageId !== last?.messageId)) unexplained += 1;
    unexplained += Math.max(0, lost.length - unknown);
    // What a copy was lost to is the next disturbance after it arrived.
    for (const { atMs } of lost) {
      const lostTo = disturbedAt.findIndex((at) => at + POLL_MS >= atMs);
      if (lostTo >= 0) perDisturbance[lostTo] = (perDisturbance[lostTo] ?? 0) + 1;
    }
  }
  return {
    notices,
    disturbances: disturbedAt.length,
    missing: rows.filter(({ id }) => !arrived.has(id)).length + (notices - rows.length),
    duplicates,
    mostDuplicatesAtOnce: Math.max(0, ...perDisturbance),
    unexplained,
    unknown: rows.reduce((sum, { unknown }) => sum + unknown, 0),
    unrecorded: rows.filter(({ isRecorded }) => !isRecorded).length,
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { SEALING_LOCK } from '../../src/db/seals.ts';
import { sealRecord } from '../../src/evidence/seal-record.ts';
import { SEAL_KEY_FILE, SEAL_KEYS } from '../support/seal-key.ts';
import { secondsOf } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { peakMegabytes } from './memory.ts';
import { startSink } from './sink.ts';
import { startVarsel } from './varsel.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WAITS_MS = 60_000;
/** Notices that are sent beside the sealing: one for so many rows, so that it goes on until the last is accepted. */
const ROWS_PER_NOTICE = 100;

/** Sealing N rows, alone and while notices are sent, and verifying all that is sealed. */
export const seal: Measurement = {
  about:
    'Sealing N rows that plain SQL has written: half controllers, half acts. seal s: alone, until the\n' +
    'checkpoint; copy s: all sealed rows copied by one statement into a table with the same indexes. peak MB: resident memory of\n' +
    'the process that seals. notices/s: of a change for N/100 controllers while nothing is sealed; meanwhile: of another while N\n' +
    'more rows are sealed. sealed, verify s, verify MB: npm run verify of all rows that are sealed in the end, and its peak memory.',
  sizes: [100_000, 1_000_000],
  rounds: 1,

  async measure(size, { parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    const { db } = varsel;
    const notices = Math.ceil(size / ROWS_PER_NOTICE);
    const pool = new pg.Pool({ ...connectionOptions(varsel.databaseUrl), max: 2 });
    pool.on('error', () => undefined);
    parts.defer(() => pool.end());
    const sealAll = async () => {
      const sealing = {
        pool,
        clock: () => Temporal.Now.instant(),
        log: SILENT,
        sealKeys: SEAL_KEYS,
        publicUrl: 'https://varsel.example',
      };
      const checkpoint = await sealRecord(sealing, { waitMs: WAITS_MS });
      const left = await rows(pool, 'select from unsealed_rows(null, null) limit 1');
      if (checkpoint === null) throw new Error('another process went on sealing');
      return { checkpoint, isAll: left.length === 0 };
    };
    await varsel.importControllers(notices);
    await sealAll();
    const unsealed = await withoutSealing(db, async () => {
      await writeRows(db, size, 1);
      await db.query('vacuum analyze');
      const { changeId } = await varsel.announce();
      return notices / (await secondsOf(() => varsel.untilAllAccepted(changeId, notices)));
    });
    // Begins the kernel's high-water mark anew (proc(5)).
    await writeFile('/proc/self/clear_refs', '5');
    let found = await sealAll();
    const before = found.checkpoint.size;
    const copy = await secondsOf(() => copyBySql(db));
    await withoutSealing(db, () => writeRows(db, size, 2));
    await writeFile('/proc/self/clear_refs', '5');
    const alone = await secondsOf(async () => {
      found = await sealAll();
    });
    const peak = await peakMegabytes(process.pid);
    if (!found.isAll) throw new Error('not everything was sealed');
    if (found.checkpoint.size < before + size) throw new Error(`${size} more rows than ${before} were to be sealed`);
    say(`seal ${size}: ${alone.toFixed(1)} s, copied ${copy.toFixed(1)} s, peak ${peak.toFixed(0)} MB`);
    await withoutSealing(db, () => writeRows(db, size, 3));
    const { changeId } = await varsel.announce();
    const sealing = secondsOf(sealAll);
    const meanwhile = notices / (await secondsOf(() => varsel.untilAllAccepted(changeId, notices)));
    const beside = await sealing;
    say(
      `seal ${size}, notices/s: ${unsealed.toFixed(0)}, while sealing for ${beside.toFixed(1)} s ${meanwhile.toFixed(0)}`,
    );
    const verified = await verify(varsel.databaseUrl);
    const sealed = await oneRow<{ count: number }>(db, 'select count(*)::int as count from sealed_rows');
    return {
      rows: size,
      'seal s': alone,
      'rows/s': size / alone,
      'copy s': copy,
      'ratio to copy': alone / copy,
      'peak MB': peak,
      'notices/s': unsealed,
      meanwhile,
      ratio: meanwhile / unsealed,
      sealed: sealed.count,
      'verify s': verified.seconds,
      'verify MB': verified.peak,
    };
  },
};

/** Runs work while no process seals: each finds that another one does. */
async function withoutSealing<Result>(db: pg.Pool, work: () => Promise<Result>): Promise<Result> {
  const session = await db.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [SEALING_LOCK]);
    return await work();
  } finally {
    await session.query('select pg_advisory_unlock($1)', [SEALING_LOCK]);
    session.release();
  }
}

/** Controllers without an agreement, whom nobody notifies, and acts. */
async function writeRows(db: pg.Pool, count: number, round: number): Promise<void> {
  const half = Math.ceil(count / 2);
  await db.query(
    `insert into controllers (external_id, name, registration_number, created_at, updated_at)
     select 'other-' || $2::int || '-' || n, 'Kunde ' || n || ' A/S', '12345678', '2026-01-01Z', '2026-01-01Z'
     from generate_series(1, $1::int) n`,
    [half, round],
  );
  await db.query(
    `insert into audit_log (at, actor, action, subject, details, persons)
     select now(), 'key 01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b', 'controller.created', 'other-' || $2::int || '-' || n, '{}',
       jsonb_build_object('name', 'Kunde ' || n || ' A/S')
     from generate_series(1, $1::int) n`,
    [half, round],
  );
}

async function copyBySql(db: pg.Pool): Promise<void> {
  await db.query('create table copied (like sealed_rows including indexes)');
  await db.query('insert into copied select * from sealed_rows');
  await db.query('drop table copied');
}

/** `npm run verify`, and the highest resident memory that it was seen to have. */
async function verify(databaseUrl: string): Promise<{ seconds: number; peak: number }> {
  const child = spawn(process.execPath, ['src/verify.ts', '--key', SEAL_KEY_FILE], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { DATABASE_URL: databaseUrl },
  });
  const ended = once(child, 'exit');
  let peak = 0;
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  const seconds = await secondsOf(async () => {
    while (child.exitCode === null && child.pid !== undefined) {
      peak = Math.max(peak, await peakMegabytes(child.pid).catch(() => 0));
      await Promise.race([ended, sleep(100)]);
    }
  });
  if (child.exitCode !== 0) throw new Error(`the record was to be as it was sealed: ${said}`);
  return { seconds, peak };
}

import type pg from 'pg';
import { buildApp } from '../../src/app.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { references } from '../../src/security/references.ts';
import { mailedCodes } from '../../src/security/mailed-codes.ts';
import { passkeyChallenges } from '../../src/security/passkey-challenges.ts';
import { announceBare, number } from './announce.ts';
import { median, percentile, secondsOf, type Row } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { load, REASONS } from './objections.ts';
import { API_KEY, APP_SECRET, freePort, startVarsel } from './varsel.ts';
import { mailMarks, withoutSecrets } from '../support/mails.ts';
import { proving } from '../support/proving.ts';
import { webhooksUnderTest } from '../support/webhooks.ts';

const READS = 30;
const OBJECTIONS = 500;

/** A change with N controllers, from its announcement to its end: what is answered, and what is written behind the answer. */
export const fanOut: Measurement = {
  about:
    'A change with N controllers, seeded by plain SQL; no mail is sent. announce s: until the answer. rows/s: windows and\n' +
    'notices written behind it; SQL rows/s: the same rows by one statement of plain SQL for each table. read ms: GET of the\n' +
    'change while they are written, and when every controller is notified (medians). activate s, withdraw s: until the answer;\n' +
    'told/s: messages of the activation written behind it; cancelled/s: notices of a withdrawn change.\n' +
    'exponent: of the growth of the time that writing takes, since the size before; 1 is proportional to N.',
  sizes: [100_000, 1_000_000],
  rounds: 1,

  async measure(controllers, { parts, say }) {
    const varsel = await startVarsel(await freePort(), parts);
    const { db } = varsel;
    await varsel.seedControllers(controllers);
    await db.query('vacuum analyze');
    const note = (what: string, figure: number) =>
      say(`fan-out ${controllers}, ${what}: ${Number(figure.toPrecision(3))}`);

    const { changeId, seconds: announceSeconds } = await varsel.announce();
    note('announce s', announceSeconds);
    const readMs = async () => {
      const reads = await load(
        varsel.url,
        Array.from({ length: READS }, () => ({ path: `/v1/changes/${changeId}`, status: 200, key: API_KEY })),
        1,
      );
      return reads.milliseconds;
    };
    let readMeanwhile: readonly number[] = [];
    const writeSeconds = await secondsOf(async () => {
      readMeanwhile = await readMs();
      await varsel.untilWritten(changeId);
    });
    note('rows/s', (2 * controllers) / writeSeconds);
    let bareId = '';
    const bareSeconds = await secondsOf(async () => {
      bareId = await announceBare(db, changeId, 1);
    });
    note('plain SQL rows/s', (2 * controllers) / bareSeconds);

    await notifyBySql(db, changeId);
    await db.query('vacuum analyze');
    const read = await readMs();
    note('read ms', median(read));
    const { rows } = await db.query<{ id: string }>('select id from messages where change_id = $1 limit $2', [
      changeId,
      OBJECTIONS,
    ]);
    const body = JSON.stringify({ reasons: REASONS });
    const filed = await load(
      varsel.url,
      rows.map(({ id }) => ({ path: varsel.linkOf(id), body, status: 201 })),
    );
    note('objections/s', filed.perSecond);
    await resolveBySql(db, changeId);

    // The same program with a clock that has come to the planned date.
    const app = await buildApp({
      databaseUrl: varsel.databaseUrl,
      clock: () => Temporal.Now.instant().add({ hours: 24 * 70 }),
      links: objectionLinks(APP_SECRET),
      codes: mailedCodes(APP_SECRET),
      challenges: passkeyChallenges(APP_SECRET),
      references: references(APP_SECRET),
      withoutSecrets,
      mailMarks,
      proving,
      webhooks: webhooksUnderTest(),
      publicUrl: () => 'http://varsel.example',
      logLevel: 'error',
    });
    parts.defer(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const end = (path: string, ending?: object) =>
      load(
        url,
        [{ path, method: 'POST', status: 200, key: API_KEY, ...(ending && { body: JSON.stringify(ending) }) }],
        1,
      );
    const activateSeconds = await secondsOf(() => end(`/v1/changes/${changeId}/activate`));
    note('activate s', activateSeconds);
    const toldSeconds = await secondsOf(() => varsel.untilWritten(changeId));
    const withdrawSeconds = await secondsOf(() => end(`/v1/changes/${bareId}/withdraw`, { reason: { da: 'Fejl' } }));
    note('withdraw s', withdrawSeconds);
    const cancelledSeconds = await secondsOf(() => varsel.untilWritten(bareId));
    await expectEverything(db, { changeId, bareId, controllers });
    return {
      controllers,
      'announce s': announceSeconds,
      'write s': writeSeconds,
      'rows/s': (2 * controllers) / writeSeconds,
      'SQL rows/s': (2 * controllers) / bareSeconds,
      'ratio to SQL': bareSeconds / writeSeconds,
      'read meanwhile ms': median(readMeanwhile),
      'read ms': median(read),
      'objections/s': filed.perSecond,
      'p50 ms': percentile(filed.milliseconds, 0.5),
      'activate s': activateSeconds,
      'told/s': controllers / toldSeconds,
      'withdraw s': withdrawSeconds,
      'cancelled/s': controllers / cancelledSeconds,
    };
  },

  compare(rows) {
    return rows.map((row, index): Row => {
      const before = rows[index - 1];
      if (before === undefined) return row;
      const growth = (column: string) => Math.log(number(row, column) / number(before, column));
      return { ...row, exponent: growth('write s') / growth('controllers') };
    });
  },
};

/** Every notice is accepted and every window open for ten days, as if the mails had gone out. */
async function notifyBySql(db: pg.Pool, changeId: string): Promise<void> {
  await db.query(
    `update messages set status = 'accepted', accepted_at = now(), lease_id = null where change_id = $1 and status <> 'accepted'`,
    [changeId],
  );
  await db.query(
    `update objection_windows set notified_at = now(), deadline = date_trunc('day', now()) + interval '11 days'
     where change_id = $1`,
    [changeId],
  );
}

async function resolveBySql(db: pg.Pool, changeId: string): Promise<void> {
  await db.query(
    `insert into objection_decisions (objection_id, decision, outcome, decided_at, decided_by)
     select id, 'resolved', 'accommodated', now(), 'bench' from objections where change_id = $1`,
    [changeId],
  );
  await db.query(`update objections set status = 'resolved' where change_id = $1`, [changeId]);
}

async function expectEverything(
  db: pg.Pool,
  { changeId, bareId, controllers }: { changeId: string; bareId: string; controllers: number },
): Promise<void> {
  const { rows } = await db.query(
    `select (select count(distinct controller_id) from objection_windows where change_id = $1)::int as windows,
       (select count(*) from messages where change_id = $1 and kind = 'notice')::int as notices,
       (select count(*) from messages where change_id = $1 and kind = 'change-activated')::int as told,
       (select count(*) from messages where change_id = $2 and kind = 'notice' and status = 'cancelled')::int as cancelled`,
    [changeId, bareId],
  );
  const { windows, notices, told, cancelled } = rows[0];
  if ([windows, notices, told, cancelled].some((count) => count !== controllers)) {
    throw new Error(`${controllers} of each expected, found ${JSON.stringify(rows[0])}`);
  }
}

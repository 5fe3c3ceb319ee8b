import type pg from 'pg';
import { median, secondsOf, type Row } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { freePort, startVarsel } from './varsel.ts';

/** `POST /v1/changes` to N controllers, beside the same rows written by bare SQL into the same tables. */
export const announce: Measurement = {
  about:
    'Seconds of POST /v1/changes to N controllers, until the answer; beside it one transaction of plain SQL that inserts a\n' +
    'change, N windows and N notices into the same tables. No mail is sent: the mail server is down.\n' +
    'exponent: of the growth since the size before; 1 is proportional to N.',
  sizes: [1_000, 10_000, 100_000],
  rounds: 5,

  async measure(controllers, { rounds, parts, say }) {
    const varsel = await startVarsel(await freePort(), parts);
    const importSeconds = await varsel.importControllers(controllers);
    // What autovacuum does within a minute of an import, so that no round is measured before it and the next one after.
    await varsel.db.query('vacuum analyze');
    const called: number[] = [];
    const bare: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const { changeId, seconds } = await varsel.announce();
      await varsel.untilWritten(changeId);
      await expectRows(varsel.db, changeId, controllers);
      called.push(seconds);
      bare.push(await secondsOf(() => announceBare(varsel.db, changeId, round)));
      say(`announce ${controllers}, round ${round}: ${seconds.toFixed(3)} s, plain SQL ${bare.at(-1)?.toFixed(3)} s`);
    }
    return {
      controllers,
      'import rows/s': controllers / importSeconds,
      'announce s': called,
      's per 1,000': median(called) / (controllers / 1_000),
      'plain SQL s': bare,
      'ratio to SQL': median(called) / median(bare),
    };
  },

  compare(rows) {
    return rows.map((row, index): Row => {
      const before = rows[index - 1];
      if (before === undefined) return row;
      const growth = (column: string) => Math.log(number(row, column) / number(before, column));
      return { ...row, exponent: growth('announce s') / growth('controllers') };
    });
  },
};

export function number(row: Row, column: string): number {
  const figure = row[column] ?? Number.NaN;
  return typeof figure === 'object' ? median(figure) : Number(figure);
}

async function expectRows(db: pg.Pool, changeId: string, controllers: number): Promise<void> {
  const { rows } = await db.query(
    `select (select count(distinct controller_id) from objection_windows where change_id = $1)::int as windows,
       (select count(distinct controller_id) from messages where change_id = $1 and kind = 'notice')::int as notices`,
    [changeId],
  );
  if (rows[0].windows !== controllers || rows[0].notices !== controllers) {
    throw new Error(`${controllers} windows and notices expected, found ${JSON.stringify(rows[0])}`);
  }
}

/** What an announcement writes in bulk, for a copy of a change, in one transaction. Its notices are never due. */
export async function announceBare(db: pg.Pool, changeId: string, round: number): Promise<string> {
  const tx = await db.connect();
  try {
    await tx.query('begin');
    const { rows } = await tx.query(
      `insert into changes (product_id, kind, sub_processor, name_key, registration_key, reason, planned_activation_on,
         product_name, processor, objection_address, objection_window_days, time_zone, roll_forward, announced_at,
         announced_by, told_since)
       select product_id, kind, sub_processor, 'bare ' || $2, 'bare ' || $2, reason, planned_activation_on,
         product_name, processor, objection_address, objection_window_days, time_zone, roll_forward, announced_at,
         announced_by, told_since
       from changes where id = $1 returning id`,
      [changeId, round],
    );
    const { id } = rows[0];
    await tx.query(
      `insert into objection_windows (change_id, controller_id, external_id, created_at)
       select $1, c.id, c.external_id, '2026-01-01Z' from controllers c join agreements a on a.controller_id = c.id`,
      [id],
    );
    await tx.query(
      `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
       select 'notice', $1, c.controller_id, c.name, c.email, c.name, c.language, '2026-01-01Z', '9999-01-01Z' from contacts c`,
      [id],
    );
    await tx.query('commit');
    return id;
  } finally {
    tx.release();
  }
}

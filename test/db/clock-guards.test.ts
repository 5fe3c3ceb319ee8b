import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { endAgreement } from '../../src/commands/end-agreement.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { measureClock, moveClock, otherClockOffset } from '../../src/db/installation.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { dayIn } from '../../src/domain/instant.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

/*
 * What the database refuses of a process whose clock is wrong (D29). Here the database's time is the machine's, and the
 * commands are told another one.
 */
const AHEAD = /later than the database's time|by the database's time/;
const START = systemClock().subtract({ hours: 20 * 24 });

let database: TestDatabase;
let companies = 7000;

beforeAll(async () => {
  // A trial's, by as little as there is: what happened weeks ago can be written.
  database = await createDatabase('PT0.001S');
  await seed(database.pool, 2, START.toString());
});
afterAll(() => database.close());

/** A change announced at `announcedAt`, whose controllers got a letter on that day. */
async function aChange(announcedAt = START, { isNotified = true } = {}): Promise<string> {
  const { id } = await announce(database.pool, announcedAt.toString(), {
    subProcessor: aSubProcessor((companies += 1)),
    plannedActivationOn: dayIn('Europe/Copenhagen', announcedAt).add({ days: 11 }),
  });
  if (isNotified) await notifyAll(database.pool, id, 2, announcedAt.toString());
  return id;
}

const activate = (id: string, instant: Temporal.Instant) =>
  inTransaction(database.pool, (tx) => activateChange(tx, id, at(instant.toString())));

const object = async (changeId: string, receivedAt: Temporal.Instant, controller = 'kunde-1') =>
  inTransaction(database.pool, async (tx) =>
    fileObjection(
      tx,
      {
        changeId,
        controllerId: await controllerId(database.pool, controller),
        channel: 'link',
        from: { name: null, email: null },
        reasons: 'Vi er uenige i overførslen',
        receivedAt,
      },
      at(receivedAt.toString()),
    ),
  );

describe('A process whose clock is ahead', () => {
  test('activates nothing before the database’s time has come there, and what is due at once', async () => {
    const id = await aChange();
    await expect(activate(id, systemClock().add({ seconds: 4 }))).rejects.toThrow(AHEAD);
    expect((await activate(id, systemClock().add({ milliseconds: 900 }))).status).toBe('activated');
  });

  test('activates nothing while a window is open by the database’s time, whatever it dates the activation', async () => {
    const id = await aChange(systemClock().subtract({ hours: 24 }));
    await expect(activate(id, systemClock().add({ hours: 15 * 24 }))).rejects.toThrow(AHEAD);
    // By plain SQL, dated when it is, the window is what stands against it.
    await expect(
      database.pool.query(
        `update changes set status = 'activated', activated_at = $2, activated_on = planned_activation_on, activated_by = 'sql'
         where id = $1`,
        [id, systemClock().toString()],
      ),
    ).rejects.toThrow(/window is open/);
  });

  test('calls no objection late while its window is open by the database’s time, and one that is late', async () => {
    const open = await aChange(systemClock().subtract({ hours: 24 }));
    await expect(object(open, systemClock().add({ hours: 15 * 24 }))).rejects.toThrow(AHEAD);
    const closed = await aChange();
    expect((await object(closed, systemClock())).refusal).toBe('window-closed');
  });

  test('files no objection of the future', async () => {
    const id = await aChange(systemClock().subtract({ hours: 24 }));
    await expect(object(id, systemClock().add({ seconds: 10 }))).rejects.toThrow(AHEAD);
    expect((await object(id, systemClock().add({ milliseconds: 900 }))).refusal).toBeNull();
  });

  test('opens no window, and has no mail accepted, in the future', async () => {
    const id = await aChange(systemClock().subtract({ hours: 1 }), { isNotified: false });
    const ahead = systemClock().add({ minutes: 6 });
    await expect(acceptNotice(database.pool, id, 'kunde-1', ahead.toString())).rejects.toThrow(AHEAD);
    await acceptNotice(database.pool, id, 'kunde-1', systemClock().toString());
    const opened = await rows(
      database.pool,
      'select from objection_windows where change_id = $1 and notified_at <= current_instant()',
      [id],
    );
    expect(opened).toHaveLength(1);
  });

  test('announces nothing, and records no letter, in the future', async () => {
    await expect(aChange(systemClock().add({ minutes: 6 }))).rejects.toThrow(AHEAD);
    const id = await aChange(systemClock().subtract({ hours: 24 }), { isNotified: false });
    const tomorrow = systemClock().add({ hours: 24 });
    const letter = {
      changeId: id,
      externalId: 'kunde-1',
      arrivedOn: dayIn('Europe/Copenhagen', tomorrow),
      reference: 'RR1',
    };
    await expect(
      inTransaction(database.pool, (tx) => recordLetter(tx, letter, at(tomorrow.toString()))),
    ).rejects.toThrow(AHEAD);
  });

  test('is told by a code that says to try again, and not that the data are broken', async () => {
    await expect(aChange(systemClock().add({ minutes: 6 }))).rejects.toMatchObject({ code: '55000' });
  });

  test('calls an objection late whose controller has left before its deadline, and keeps it', async () => {
    const id = await aChange(systemClock().subtract({ hours: 24 }));
    const left = systemClock().subtract({ hours: 1 });
    await inTransaction(database.pool, (tx) => endAgreement(tx, 'kunde-2', 'truetalk', at(left.toString())));
    const { refusal, deadline, objection } = await object(id, systemClock(), 'kunde-2');
    expect({ refusal, deadline: deadline?.toString(), status: objection.status }).toEqual({
      refusal: 'window-closed',
      deadline: left.toString(),
      status: 'rejected',
    });
  });
});

describe('The clock of a trial', () => {
  test.each(['P11D', '-P1D', 'P1M', 'P1Y2M3W4DT5H6M7.25S', '-PT90M', 'PT0S'])(
    'is moved by %s, days and months counted in UTC',
    async (text) => {
      const offset = Temporal.Duration.from(text);
      await moveClock(database.owner, offset);
      const moved = () => systemClock().toZonedDateTimeISO('UTC').add(offset).toInstant();
      const { aheadMs, uncertaintyMs } = await inTransaction(database.pool, (tx) => measureClock(tx, moved));
      // The moved clock tells whole milliseconds.
      expect(Math.abs(aheadMs)).toBeLessThanOrEqual(uncertaintyMs + 2);
      expect(await otherClockOffset(database.pool, offset)).toBeNull();
      expect(await otherClockOffset(database.pool, Temporal.Duration.from('P5D'))).not.toBeNull();
    },
  );

  test('stands in one row', async () => {
    await expect(database.owner.query('insert into installation default values')).rejects.toThrow(/duplicate/);
    await expect(database.owner.query('insert into installation (id) values (false)')).rejects.toThrow(/check/);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { activateChange } from '../../src/commands/activate-change.ts';
import { announcementFacts } from '../../src/commands/announcement-facts.ts';
import { announceChange } from '../../src/commands/announce-change.ts';
import { attributeMail } from '../../src/commands/decide-mail.ts';
import { fileObjection } from '../../src/commands/file-objection.ts';
import { Refused } from '../../src/domain/refused.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { takeMail, type JudgedMail } from '../../src/commands/take-mail.ts';
import { withdrawChange } from '../../src/commands/withdraw-change.ts';
import { lockAgainstEnding, lockAnnouncedChanges, lockChange } from '../../src/db/change-locks.ts';
import { inTransaction, oneRow, type Queryable, type Transaction } from '../../src/db/postgres.ts';
import { findProduct, lockProductsToJoin, lockProduct } from '../../src/db/products.ts';
import { contentOf, recordMailTo, recordUntaggedMail, takeMailOf } from '../support/mails.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aController, anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { listedControllers } from '../support/listed-controllers.ts';
import { lockWaiters } from '../support/lock-waiters.ts';
import { acceptNotice, announce, at, controllerId, notifyAll, seed } from '../support/seed.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const LAST_MILLISECOND = '2026-03-12T22:59:59.999Z';
const DEADLINE = '2026-03-12T23:00:00Z';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 1, ANNOUNCED);
});
afterAll(() => database.close());

/** Waits, so that either of the two transactions may be first. */
const jitter = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
/** Begins at random, but for the round in which it begins when the other has ended, so that either is first at least once. */
const toBegin = (isLast: boolean) => (isLast ? sleep(1_000) : jitter());

test('an announcement finds a change that is activated while it reads, among the open ones or in the register', async () => {
  const { pool } = database;
  const company = aSubProcessor(900);
  const { id } = await announce(pool, ANNOUNCED, { subProcessor: company });
  await notifyAll(pool, id, 1, ANNOUNCED);
  let isActivated = false;
  const query = async (statement: pg.QueryConfig) => {
    const result = await pool.query(statement);
    if (!isActivated && /register_entries|from changes .*'announced'/s.test(statement.text)) {
      isActivated = true;
      await inTransaction(pool, (tx) => activateChange(tx, id, at('2026-04-15T09:00:00Z')));
    }
    return result;
  };
  const product = await findProduct(pool, 'truetalk');
  if (product === null) throw new Error('no product');
  const now = Temporal.Instant.from('2026-04-15T09:00:00Z');
  const db = { query } as unknown as Queryable;
  const { facts } = await announcementFacts(db, anAnnouncement({ subProcessor: company }), product, now);
  const found = [...facts.announced.map((change) => change.id), ...facts.register.map(({ changeId }) => changeId)];
  expect([isActivated, found]).toEqual([true, expect.arrayContaining([id])]);
});

test('an objection of the last millisecond and an activation race 60 times, and never do both happen', async () => {
  const { pool } = database;
  const objector = await controllerId(pool, 'kunde-1');
  const outcomes = { activated: 0, blocked: 0 };
  for (let round = 0; round < 60; round += 1) {
    const change = await announce(pool, ANNOUNCED, {
      subProcessor: aSubProcessor(round + 1000),
      plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    });
    await notifyAll(pool, change.id, 1, ANNOUNCED);
    const objecting = (async () => {
      await toBegin(round === 0);
      return inTransaction(pool, (tx) =>
        fileObjection(
          tx,
          {
            changeId: change.id,
            controllerId: objector,
            channel: 'link',
            from: { name: null, email: null },
            reasons: 'Vi er uenige i overførslen',
            receivedAt: Temporal.Instant.from(LAST_MILLISECOND),
          },
          at(DEADLINE),
        ),
      );
    })();
    const activating = (async () => {
      await toBegin(round === 1);
      return inTransaction(pool, (tx) => activateChange(tx, change.id, at(DEADLINE)));
    })().then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(Refused);
        expect((error as Refused).code).toBe('activation-blocked');
        return false;
      },
    );
    const [filed, activated] = await Promise.all([objecting, activating]);
    const { rows } = await pool.query(
      `select c.status, (select count(*)::int from objections where change_id = c.id and status = 'pending') as pending,
         (select count(*)::int from register_entries where change_id = c.id) as entries
       from changes c where id = $1`,
      [change.id],
    );
    expect(rows[0]).toEqual(
      activated ? { status: 'activated', pending: 0, entries: 1 } : { status: 'announced', pending: 1, entries: 0 },
    );
    expect(filed.refusal).toBe(activated ? 'change-ended' : null);
    outcomes[activated ? 'activated' : 'blocked'] += 1;
  }
  // Both orders must occur, or the test shows no race.
  expect(outcomes.activated).toBeGreaterThan(0);
  expect(outcomes.blocked).toBeGreaterThan(0);
});

test('an answer and an activation race 100 times: either it blocks, or it came after', async () => {
  const { pool } = database;
  const outcomes = { activated: 0, blocked: 0 };
  for (let round = 0; round < 100; round += 1) {
    const change = await announce(pool, ANNOUNCED, {
      subProcessor: aSubProcessor(round + 4000),
      plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    });
    await notifyAll(pool, change.id, 1, ANNOUNCED);
    const [notified] = await listedControllers(pool, change.id, Temporal.Instant.from(ANNOUNCED));
    const noticeId = notified?.notices[0]?.id ?? '';
    const answering = (async () => {
      await toBegin(round === 0);
      await recordMailTo(pool, noticeId, `Svar ${round}`, Temporal.Instant.from(DEADLINE));
      await jitter();
      const verdict = { takenAs: 'answer', knownBy: 'nothing else', content: contentOf('Nej tak') } as const;
      await takeMailOf(pool, noticeId, verdict);
    })();
    const activating = (async () => {
      await toBegin(round === 1);
      return inTransaction(pool, (tx) => activateChange(tx, change.id, at(DEADLINE)));
    })().then(
      () => true,
      (error: unknown) => {
        // The mail blocks at once, and the answer after somebody has read it.
        expect(['mails-being-read', 'answers-unread']).toContainEqual(
          (error as { details: { blockers: { code: string }[] } }).details.blockers[0]?.code,
        );
        return false;
      },
    );
    const [, activated] = await Promise.all([answering, activating]);
    const { rows } = await pool.query(
      `select c.status, (select count(*)::int from answers where change_id = c.id and status = 'unread') as unread
       from changes c where id = $1`,
      [change.id],
    );
    expect(rows[0]).toEqual({ status: activated ? 'activated' : 'announced', unread: 1 });
    outcomes[activated ? 'activated' : 'blocked'] += 1;
  }
  expect(outcomes.activated).toBeGreaterThan(0);
  expect(outcomes.blocked).toBeGreaterThan(0);
});

const API_URL = 'http://varsel.example/v1';
const A_PERSONS = { takenAs: 'answer', knownBy: 'nothing else', content: contentOf('Nej tak') } as const;

/** A mail that has been read and that names no change. */
async function unattributedMail(text: string, receivedAt: Temporal.Instant): Promise<JudgedMail['mail']> {
  const { pool } = database;
  await recordUntaggedMail(pool, 'varsel@telenor.example', text, receivedAt);
  const mail = await oneRow<JudgedMail['mail']>(
    pool,
    `select id, received_at as "receivedAt", sent_to as "sentTo", envelope_from as "envelopeFrom" from inbound_mails
     where taken_as is null and change_id is null`,
  );
  await inTransaction(pool, (tx) =>
    takeMail(tx, { mail, about: null, verdict: A_PERSONS, now: mail.receivedAt }, API_URL),
  );
  return mail;
}

test('an attribution of a mail and an activation race 60 times: either it blocks, or it is an incident', async () => {
  const { pool } = database;
  const receivedAt = Temporal.Instant.from(LAST_MILLISECOND);
  const outcomes = { activated: 0, blocked: 0 };
  for (let round = 0; round < 60; round += 1) {
    const change = await announce(pool, ANNOUNCED, {
      subProcessor: aSubProcessor(round + 6000),
      plannedActivationOn: Temporal.PlainDate.from('2026-03-13'),
    });
    await notifyAll(pool, change.id, 1, ANNOUNCED);
    const mail = await unattributedMail(`Post ${round}`, receivedAt);
    const { id } = mail;
    const attributing = (async () => {
      await toBegin(round === 0);
      const subject = { changeId: change.id, controller: 'kunde-1' };
      return inTransaction(pool, (tx) => attributeMail(tx, id, { subject, explanation: null }, at(DEADLINE)));
    })();
    const activating = (async () => {
      await toBegin(round === 1);
      return inTransaction(pool, (tx) => activateChange(tx, change.id, at(DEADLINE)));
    })().then(
      () => true,
      (error: unknown) => {
        expect((error as { details: unknown }).details).toMatchObject({ blockers: [{ code: 'mails-being-read' }] });
        return false;
      },
    );
    const [attributed, activated] = await Promise.all([attributing, activating]);
    expect(attributed).toMatchObject({ takenAs: null, changeId: change.id });
    const about = { changeId: change.id, controllerId: await controllerId(pool, 'kunde-1'), messageId: null };
    const taken = await inTransaction(pool, (tx) =>
      takeMail(tx, { mail, about, verdict: A_PERSONS, now: mail.receivedAt }, API_URL),
    );
    expect(taken).toMatchObject({ takenAs: 'answer', isIncident: activated });
    outcomes[activated ? 'activated' : 'blocked'] += 1;
  }
  expect(outcomes.activated).toBeGreaterThan(0);
  expect(outcomes.blocked).toBeGreaterThan(0);
});

const A_BOUNCE = {
  takenAs: 'report',
  knownBy: 'RFC 3464',
  content: contentOf(''),
  reports: [{ action: 'failed', status: '5.1.1', diagnostic: null, recipients: [] }],
} as const;

/** A change whose notice to kunde-1 was accepted by mail. */
async function changeNotifiedByMail(number: number): Promise<{ id: string; noticeId: string }> {
  const { pool } = database;
  const { id } = await announce(pool, ANNOUNCED, { subProcessor: aSubProcessor(number) });
  const { messageId: noticeId } = await acceptNotice(pool, id, 'kunde-1', ANNOUNCED);
  return { id, noticeId };
}

test('an objection through a link and a bounce race 60 times: it is pending and the window stands, whichever is first', async () => {
  const { pool } = database;
  const objector = await controllerId(pool, 'kunde-1');
  const outcomes = { bouncedFirst: 0, objectedFirst: 0 };
  for (let round = 0; round < 60; round += 1) {
    const { id, noticeId } = await changeNotifiedByMail(round + 8000);
    const now = '2026-03-03T09:00:00Z';
    await recordMailTo(pool, noticeId, `Retur ${round}`, Temporal.Instant.from(now));
    const bouncing = toBegin(round === 0).then(() => takeMailOf(pool, noticeId, A_BOUNCE));
    const objecting = toBegin(round === 1).then(() =>
      inTransaction(pool, (tx) =>
        fileObjection(
          tx,
          {
            changeId: id,
            controllerId: objector,
            channel: 'link',
            from: { name: null, email: null },
            reasons: 'Vi er uenige i overførslen',
            receivedAt: Temporal.Instant.from(now),
          },
          at(now),
        ),
      ),
    );
    const [taken, filed] = await Promise.all([bouncing, objecting]);
    expect(filed).toMatchObject({ refusal: null, objection: { status: 'pending' } });
    expect(filed.deadline?.toString()).toBe(DEADLINE);
    const [part] = await listedControllers(pool, id, Temporal.Instant.from(now), 'kunde-1');
    expect(part).toMatchObject({ state: 'open', notices: [{ status: 'failed' }] });
    expect([part?.notifiedAt?.toString(), part?.deadline?.toString()]).toEqual([ANNOUNCED, DEADLINE]);
    const restored = await pool.query(
      'select from window_restorations r join objection_windows w on w.id = r.window_id where w.change_id = $1',
      [id],
    );
    const bouncedFirst = taken?.takenAs === 'report' && taken.effect === 'reopened';
    expect(taken).toMatchObject({ effect: bouncedFirst ? 'reopened' : 'revoked' });
    expect(restored.rowCount).toBe(bouncedFirst ? 1 : 0);
    outcomes[bouncedFirst ? 'bouncedFirst' : 'objectedFirst'] += 1;
  }
  expect(outcomes.bouncedFirst).toBeGreaterThan(0);
  expect(outcomes.objectedFirst).toBeGreaterThan(0);
});

test('of two announcements of the same sub-processor at once one wins and the other is refused', async () => {
  const { pool } = database;
  for (let round = 0; round < 10; round += 1) {
    const announcement = anAnnouncement({ subProcessor: aSubProcessor(round + 2000) });
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => inTransaction(pool, (tx) => announceChange(tx, announcement, at(ANNOUNCED)))),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Refused] : []));
    expect(refused.map(({ code }) => code)).toEqual(['change-already-announced', 'change-already-announced']);
  }
});

test('a controller that joins while a change is being announced is never missed', async () => {
  // Without the changes of the races above, and of the rounds before: each would get an event of whoever joins.
  const own = await createDatabase();
  onTestFinished(() => own.close());
  const { pool } = own;
  await seed(pool, 1, ANNOUNCED);
  for (let round = 0; round < 30; round += 1) {
    const joining = aController(round + 3000);
    const [change] = await Promise.all([
      announce(pool, ANNOUNCED, { subProcessor: aSubProcessor(round + 3000) }),
      jitter().then(() => inTransaction(pool, (tx) => saveControllers(tx, [joining], at(ANNOUNCED)))),
    ]);
    const listed = await listedControllers(pool, change.id, Temporal.Instant.from(ANNOUNCED), joining.externalId);
    expect(listed.map(({ notices }) => notices.length)).toEqual([1]);
    await inTransaction(pool, (tx) => withdrawChange(tx, change.id, { da: 'Næste runde' }, at(ANNOUNCED)));
  }
});

/** The order in which two transactions got a lock that a third held shared: `alone` asked for it before `sharing` did. */
async function orderOf(
  pool: pg.Pool,
  alone: (tx: Transaction) => Promise<unknown>,
  sharing: (tx: Transaction) => Promise<unknown>,
): Promise<string[]> {
  const order: string[] = [];
  const waiters: Promise<unknown>[] = [];
  const begin = async (name: string, lock: typeof alone) => {
    const got = inTransaction(pool, async (tx) => {
      await lock(tx);
      order.push(name);
    });
    waiters.push(got);
    // An unfair lock would be granted at once.
    while (!order.includes(name) && (await lockWaiters(pool)).length < waiters.length);
  };
  await inTransaction(pool, async (tx) => {
    await sharing(tx);
    await begin('alone', alone);
    await begin('sharing', sharing);
  });
  await Promise.all(waiters);
  return order;
}

test('an objection gets its turn while outcomes are recorded without a pause', async () => {
  const { pool } = database;
  const { id } = await announce(pool, ANNOUNCED, { subProcessor: aSubProcessor(5000) });
  const record = (tx: Transaction) => lockAgainstEnding(tx, [id], 'shared');
  const decideAbout = [
    (tx: Transaction) => lockChange(tx, id),
    (tx: Transaction) => lockAgainstEnding(tx, [id], 'alone'),
    (tx: Transaction) => lockAnnouncedChanges(tx, ['truetalk']),
  ];
  for (const decide of decideAbout) expect(await orderOf(pool, decide, record)).toEqual(['alone', 'sharing']);
});

test('an announcement gets its turn while controllers are saved without a pause', async () => {
  const announcing = (tx: Transaction) => lockProduct(tx, 'truetalk');
  expect(await orderOf(database.pool, announcing, lockProductsToJoin)).toEqual(['alone', 'sharing']);
});

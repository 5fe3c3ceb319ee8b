import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import type { MessageAttempt } from '../../src/db/message-attempts.ts';
import { claimMessages } from '../support/claim.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { startAskingMailbox } from '../sending/asking-mailbox.ts';
import { startSender } from '../sending/sender.ts';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { startFaultySmtpServer } from '../support/faulty-smtp-server.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  aControllerOfTwo,
  activate,
  announce,
  changeNow,
  haveControllers,
  objectThrough,
  partOf,
  REASONS,
  theMailTo,
  tokenOf,
  wordsOf,
} from '../support/story.ts';

describe('A window that opens', () => {
  test.each([
    {
      what: 'before the clocks go forward has an hour less and the same days',
      at: '2026-03-20T14:00:00Z',
      deadline: '2026-03-30T22:00:00.000Z',
      plannedOn: '2026-03-31',
      words: 'mandag den 30. marts 2026 kl. 23.59 dansk tid',
    },
    {
      what: 'before the clocks go back has an hour more and the same days',
      at: '2026-10-16T09:00:00Z',
      deadline: '2026-10-26T23:00:00.000Z',
      plannedOn: '2026-10-27',
      words: 'mandag den 26. oktober 2026 kl. 23.59 dansk tid',
    },
    {
      what: 'late in the evening in UTC opens on the next day in Copenhagen',
      at: '2026-01-05T23:30:00Z',
      deadline: '2026-01-16T23:00:00.000Z',
      plannedOn: '2026-01-17',
      words: 'fredag den 16. januar 2026 kl. 23.59 dansk tid',
    },
    {
      what: 'late in the evening of summer opens on the next day in Copenhagen, too',
      at: '2026-06-01T22:30:00Z',
      deadline: '2026-06-12T22:00:00.000Z',
      plannedOn: '2026-06-13',
      words: 'fredag den 12. juni 2026 kl. 23.59 dansk tid',
    },
  ])('$what', async ({ at, deadline, plannedOn, words }) => {
    const varsel = await startVarsel(at);
    onTestFinished(() => varsel.close());
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: plannedOn });
    await varsel.deliver();
    expect(wordsOf(theMailTo(varsel, 'dpo@kunde-1.example'))).toContain(words);
    expect(await changeNow(varsel, changeId)).toMatchObject({
      lastDeadline: deadline,
      activation: { earliestAt: deadline },
    });
    const token = tokenOf(varsel, 'dpo@kunde-1.example');
    varsel.clock.set(Temporal.Instant.from(deadline).subtract({ milliseconds: 1 }).toString());
    expect((await activate(varsel, changeId)).map(({ code }) => code)).toEqual([
      'objection-windows-open',
      'planned-date-not-reached',
    ]);
    const inTime = await objectThrough(varsel, token, REASONS);
    expect(inTime.status).toBe(201);
    await varsel
      .api()
      .post(`/v1/objections/${inTime.body.id}/resolve`)
      .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
    varsel.clock.set(deadline);
    expect((await objectThrough(varsel, token, REASONS)).body).toMatchObject({ code: 'window-closed', deadline });
    expect(await activate(varsel, changeId)).toEqual([]);
  });

  test('under terms that roll forward ends on the next Danish working day, and the notice says so', async () => {
    const varsel = await startVarsel('2026-05-26T08:00:00Z');
    onTestFinished(() => varsel.close());
    const { id: _id, ...product } = (await varsel.api().get('/v1/products/truetalk')).body;
    const changed = { ...product, terms: { ...product.terms, rollForward: true }, reason: 'Rolls to working days' };
    expect((await varsel.api().put('/v1/products/truetalk').send(changed)).status).toBe(200);
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-06-09' });
    await varsel.deliver();
    expect(wordsOf(theMailTo(varsel, 'dpo@kunde-1.example'))).toContain('mandag den 8. juni 2026 kl. 23.59 dansk tid');
    expect((await changeNow(varsel, changeId)).lastDeadline).toBe('2026-06-08T22:00:00.000Z');
  });

  test('keeps the terms of the announcement, though the product’s terms change meanwhile', async () => {
    const varsel = await startVarsel('2026-03-02T09:00:00Z');
    onTestFinished(() => varsel.close());
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel);
    const { id: _id, ...product } = (await varsel.api().get('/v1/products/truetalk')).body;
    const changed = {
      ...product,
      terms: { objectionWindowDays: 30, timeZone: 'America/New_York', rollForward: true },
      contractMinimum: { objectionWindowDays: 30, timeZone: 'America/New_York' },
      reason: 'A contract of another country',
    };
    expect((await varsel.api().put('/v1/products/truetalk').send(changed)).status).toBe(200);
    await varsel.deliver();
    expect((await changeNow(varsel, changeId)).lastDeadline).toBe('2026-03-12T23:00:00.000Z');
  });
});

describe('A deadline that was told is never taken back (D11)', () => {
  let varsel: TestVarsel;
  beforeEach(async () => {
    // A quarter of an hour before midnight in Copenhagen.
    varsel = await startVarsel('2026-03-02T22:45:00Z');
  });
  afterEach(async () => {
    await expectDerived(varsel.database);
    await varsel.close();
  });

  const BEFORE_MIDNIGHT = '2026-03-12T23:00:00.000Z';
  const AFTER_MIDNIGHT = '2026-03-13T23:00:00.000Z';

  /** A sender whose mail server runs this while it handles a notice. */
  async function senderThat(meanwhile: Parameters<typeof startAskingMailbox>[0]) {
    const mailbox = await startAskingMailbox(meanwhile);
    const sender = startSender({ database: varsel.database, clock: varsel.clock, smtpUrl: mailbox.smtpUrl });
    onTestFinished(async () => {
      await sender.close();
      await mailbox.close();
    });
    return sender;
  }

  async function printedDeadlines(): Promise<string[]> {
    const { rows } = await varsel.database.pool.query<{ printed: Temporal.Instant }>(
      `select printed_deadline as printed from messages where kind = 'notice' order by id`,
    );
    return rows.map(({ printed }) => printed.toString({ fractionalSecondDigits: 3 }));
  }

  test('a notice printed before midnight and accepted after it opens a window from the day it was accepted', async () => {
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    const sender = await senderThat(() => varsel.clock.set('2026-03-02T23:00:01Z'));
    await sender.run();
    expect(await printedDeadlines()).toEqual([BEFORE_MIDNIGHT]);
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
      notifiedAt: '2026-03-02T23:00:01.000Z',
      deadline: AFTER_MIDNIGHT,
    });
  });

  test('of two contacts told on either side of midnight, both have until the later deadline', async () => {
    await haveControllers(varsel, [aControllerOfTwo(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    // One sender prints a deadline before midnight. Another prints one after it, before the first has recorded its
    // acceptance.
    const first = await claimOne('2026-03-02T22:59:59Z');
    const second = await claimOne('2026-03-02T23:00:01Z');
    await record(first, '2026-03-02T22:59:59.900Z');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ deadline: BEFORE_MIDNIGHT });
    await record(second, '2026-03-02T23:00:02Z');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
      notifiedAt: '2026-03-02T22:59:59.900Z',
      deadline: AFTER_MIDNIGHT,
    });
  });

  test('and also when the later one is recorded first', async () => {
    await haveControllers(varsel, [aControllerOfTwo(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    const first = await claimOne('2026-03-02T22:59:59Z');
    const second = await claimOne('2026-03-02T23:00:01Z');
    await record(second, '2026-03-02T23:00:02Z');
    await record(first, '2026-03-02T22:59:59.900Z');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ deadline: AFTER_MIDNIGHT });
  });

  test('a later deadline that was told in a mail whose reply was lost holds too', async () => {
    await haveControllers(varsel, [aControllerOfTwo(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    const first = await claimOne('2026-03-02T22:59:59Z');
    const second = await claimOne('2026-03-02T23:00:01Z');
    await record(first, '2026-03-02T22:59:59.900Z');
    await record(second, '2026-03-02T23:00:02Z', 'unknown');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ deadline: AFTER_MIDNIGHT });
  });

  test('and when the window opens after that reply was lost', async () => {
    await haveControllers(varsel, [aControllerOfTwo(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    const first = await claimOne('2026-03-02T22:59:59Z');
    const second = await claimOne('2026-03-02T23:00:01Z');
    await record(second, '2026-03-02T23:00:02Z', 'unknown');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice', deadline: null });
    await record(first, '2026-03-02T22:59:59.900Z');
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ deadline: AFTER_MIDNIGHT });
  });

  test('a notice whose reply was lost opens no window by itself', async () => {
    await haveControllers(varsel, [aController(1)]);
    const changeId = await announce(varsel, { plannedActivationOn: '2026-03-14' });
    const server = await startFaultySmtpServer({ afterDot: 'close' });
    const sender = startSender({ database: varsel.database, clock: varsel.clock, smtpUrl: server.url });
    onTestFinished(async () => {
      await sender.close();
      await server.stop();
    });
    await sender.run();
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({ state: 'awaiting-notice', deadline: null });

    // Sent again after midnight: the window is the later one, counted from the acceptance.
    server.script = {};
    varsel.clock.set('2026-03-02T23:10:00Z');
    await sender.run();
    expect(await partOf(varsel, changeId, 'kunde-1')).toMatchObject({
      notifiedAt: '2026-03-02T23:10:00.000Z',
      deadline: AFTER_MIDNIGHT,
    });
  });

  /** Claims one notice as a sender at that moment does. Returns its acceptance, with the deadline that it prints. */
  async function claimOne(at: string): Promise<MessageAttempt> {
    const now = Temporal.Instant.from(at);
    const deadline = Temporal.Instant.from(at < '2026-03-02T23' ? BEFORE_MIDNIGHT : AFTER_MIDNIGHT);
    const leaseId = crypto.randomUUID();
    return inTransaction(varsel.database.pool, async (tx) => {
      const [claimed] = await claimMessages(tx, { now, leaseId, limit: 1 }, deadline);
      if (claimed === undefined) throw new Error('there was nothing to claim');
      return {
        messageId: claimed.id,
        kind: claimed.kind,
        changeId: claimed.changeId,
        controllerId: claimed.controllerId,
        leaseId,
        outcome: 'accepted',
        startedAt: now,
        finishedAt: now,
        responseCode: 250,
        response: '250 ok',
        printedDeadline: deadline,
        nextAttemptAt: null,
      };
    });
  }

  async function record(claimed: MessageAttempt, at: string, outcome: 'accepted' | 'unknown' = 'accepted') {
    const finishedAt = Temporal.Instant.from(at);
    const nextAttemptAt = outcome === 'accepted' ? null : finishedAt.add({ minutes: 1 });
    await inTransaction(varsel.database.pool, (tx) =>
      recordOutcomes(tx, [{ ...claimed, outcome, finishedAt, nextAttemptAt }]),
    );
  }
});

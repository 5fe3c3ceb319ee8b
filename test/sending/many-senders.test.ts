import { BULK_KINDS } from '../../src/domain/message.ts';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LEASE } from '../../src/concurrency/leases.ts';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import { type MessageAttempt } from '../../src/db/message-attempts.ts';
import { lockOrphans, releaseMessages } from '../../src/db/message-claims.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { contentOf, recordMailTo, takeMailOf } from '../support/mails.ts';
import { claimMessages, type LeasedMessage } from '../support/claim.ts';
import { reply } from './asking-mailbox.ts';
import { startQueue, type QueueUnderTest } from './queue-under-test.ts';

/** Claims as a sender does that then disappears. */
async function claim(queue: QueueUnderTest, limit: number): Promise<LeasedMessage[]> {
  const now = queue.clock.now();
  const claimed = await inTransaction(queue.pool, (tx) => claimMessages(tx, { now, leaseId: randomUUID(), limit }));
  expect(claimed).toHaveLength(limit);
  return claimed;
}

async function record(queue: QueueUnderTest, claimed: LeasedMessage, outcome: MessageAttempt['outcome']) {
  const now = queue.clock.now();
  const attempt = {
    messageId: claimed.id,
    kind: claimed.kind,
    changeId: claimed.changeId,
    controllerId: claimed.controllerId,
    leaseId: claimed.leaseId,
    outcome,
    startedAt: now,
    finishedAt: now,
    responseCode: outcome === 'accepted' ? 250 : 550,
    response: outcome === 'accepted' ? '250 ok' : '550 no',
    printedDeadline: null,
    nextAttemptAt: null,
  };
  await inTransaction(queue.pool, (tx) => recordOutcomes(tx, [attempt]));
}

const one = <Item>([first, ...more]: readonly Item[]): Item => {
  if (first === undefined || more.length > 0) throw new Error('expected exactly one');
  return first;
};

test('two senders on one database share 300 notices, and nobody gets two', async () => {
  const queue = await startQueue(300);
  const [left, right] = [await queue.mailbox(), await queue.mailbox()];
  const senders = [queue.sender(left.smtpUrl), queue.sender(right.smtpUrl)];
  await Promise.all(senders.map((sender) => sender.run()));
  expect(await queue.counts()).toEqual({ accepted: 300 });
  const arrived = [...left.taken, ...right.taken].map(({ messageId }) => messageId);
  expect(arrived).toHaveLength(300);
  expect(new Set(arrived).size).toBe(300);
  expect(left.taken.length).toBeGreaterThan(0);
  expect(right.taken.length).toBeGreaterThan(0);
  const notified = (await queue.controllers()).filter(({ notifiedAt }) => notifiedAt !== null);
  expect(notified).toHaveLength(300);
});

describe('What a sender had claimed when it disappeared', () => {
  test('is left alone until its lease has passed', async () => {
    const queue = await startQueue(5);
    await claim(queue, 3);
    const mailbox = await queue.mailbox();
    queue.clock.set('2026-03-02T09:00:29.999Z');
    await queue.sender(mailbox.smtpUrl).run();
    expect(await queue.claims()).toEqual({ accepted: 2, 'in-flight': 3 });
  });

  test('is recorded as unknown then, and sent exactly once more', async () => {
    const queue = await startQueue(5);
    const abandoned = await claim(queue, 3);
    const mailbox = await queue.mailbox();
    queue.clock.set('2026-03-02T09:00:30Z');
    await queue.sender(mailbox.smtpUrl).run();
    expect(await queue.counts()).toEqual({ accepted: 5 });
    expect(mailbox.taken).toHaveLength(5);
    const attempts = await queue.attempts();
    for (const { id } of abandoned) {
      expect(attempts.filter(({ message_id }) => message_id === id)).toMatchObject([
        { outcome: 'unknown', response: 'The sending process ended before it recorded an outcome.' },
        { outcome: 'accepted' },
      ]);
    }
    expect(attempts).toHaveLength(8);
  });

  test('is not left until a long queue has ended', async () => {
    const queue = await startQueue(900);
    const left = (await claim(queue, 3)).map(({ id }) => id);
    const mailbox = await queue.mailbox(() => queue.clock.set('2026-03-02T09:00:30Z'));
    await queue.sender(mailbox.smtpUrl).run();
    expect(mailbox.taken).toHaveLength(900);
    const places = left.map((id) => mailbox.taken.findIndex(({ messageId }) => messageId === id));
    for (const place of places) expect(place).toBeLessThan(700);
  });

  test('does not stand in the way of a mail that comes back while it is taken up', async () => {
    const queue = await startQueue(1);
    const [message] = await claim(queue, 1);
    const lapsed = queue.clock.now().add(LEASE);
    await inTransaction(queue.pool, async (recovering) => {
      await lockOrphans(recovering, lapsed, 1);
      await recordMailTo(queue.pool, message?.id ?? '', 'Tak for jeres mail.', lapsed);
      const verdict = { takenAs: 'automatic', knownBy: 'Auto-Submitted', content: contentOf('Tak') } as const;
      expect(await takeMailOf(queue.pool, message?.id ?? '', verdict)).toEqual({ takenAs: 'automatic' });
    });
  });

  test('is taken up by one of many senders that look at the same time', async () => {
    const queue = await startQueue(120);
    await claim(queue, 120);
    const mailbox = await queue.mailbox();
    queue.clock.set('2026-03-02T09:00:30Z');
    await Promise.all(Array.from({ length: 4 }, () => queue.sender(mailbox.smtpUrl).run()));
    expect(await queue.counts()).toEqual({ accepted: 120 });
    expect(mailbox.taken).toHaveLength(120);
    const outcomes = (await queue.attempts()).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'unknown')).toHaveLength(120);
  });
});

describe('An outcome recorded by an owner whose lease was taken over', () => {
  test('moves nothing when the other has finished, and is kept on record', async () => {
    const queue = await startQueue(1);
    const late = one(await claim(queue, 1));
    const mailbox = await queue.mailbox();
    queue.clock.set('2026-03-02T09:00:30Z');
    await queue.sender(mailbox.smtpUrl).run();
    queue.clock.set('2026-03-02T09:01:00Z');
    await record(queue, late, 'failed');
    expect(await queue.notices()).toMatchObject([{ status: 'accepted', attempts: 2, lastError: null }]);
    expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown', 'accepted', 'failed']);
    expect((await queue.events()).map(({ type }) => type)).not.toContain('notice.failed');
  });

  test('moves nothing while the other is sending', async () => {
    const queue = await startQueue(1);
    const late = one(await claim(queue, 1));
    queue.clock.set('2026-03-02T09:00:30Z');
    const mailbox = await queue.mailbox(async () => {
      await record(queue, late, 'failed');
      expect(await queue.claims()).toEqual({ 'in-flight': 1 });
      await inTransaction(queue.pool, (tx) => releaseMessages(tx, late.leaseId, [late.id]));
      expect(await queue.claims()).toEqual({ 'in-flight': 1 });
    });
    await queue.sender(mailbox.smtpUrl).run();
    expect(await queue.counts()).toEqual({ accepted: 1 });
    expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown', 'failed', 'accepted']);
    const [controller] = await queue.controllers();
    expect(controller?.notifiedAt).toEqual(Temporal.Instant.from('2026-03-02T09:00:30Z'));
  });

  test('counts when the message was accepted: what arrived is not sent again', async () => {
    const queue = await startQueue(1);
    const late = one(await claim(queue, 1));
    const busy = await queue.mailbox(() => {
      throw reply(450, '4.2.0 Busy');
    });
    queue.clock.set('2026-03-02T09:00:30Z');
    const sender = queue.sender(busy.smtpUrl);
    await sender.run();
    expect(await queue.claims()).toEqual({ pending: 1 });
    await record(queue, late, 'accepted');
    expect(await queue.counts()).toEqual({ accepted: 1 });
    queue.clock.advance({ hours: 1 });
    await sender.run();
    expect((await queue.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown', 'retry', 'accepted']);
    const [controller] = await queue.controllers();
    expect(controller?.notifiedAt).toEqual(Temporal.Instant.from('2026-03-02T09:00:30Z'));
  });
});

test('a mail server so slow that a lease would pass has nobody written to twice by two senders', async () => {
  const queue = await startQueue(12);
  const arrived: string[] = [];
  let isOtherAtWork = false;
  const other = await queue.mailbox((_to, messageId) => void arrived.push(messageId));
  const otherSender = queue.sender(other.smtpUrl);
  const slow = await queue.mailbox(async (_to, messageId) => {
    // The clock runs faster here than the database: it is moved when the earlier messages are on record.
    const before = arrived.length;
    await expect
      .poll(async () => (await queue.counts()).accepted ?? 0, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(before);
    arrived.push(messageId);
    queue.clock.advance({ seconds: 9 });
    if (isOtherAtWork) return;
    isOtherAtWork = true;
    await otherSender.run();
    isOtherAtWork = false;
  });
  await queue.sender(slow.smtpUrl, { connections: 1 }).run();
  expect(await queue.counts()).toEqual({ accepted: 12 });
  expect(arrived).toHaveLength(12);
  expect(new Set(arrived).size).toBe(12);
});

test('claims that are released are as if they had never been made', async () => {
  const queue = await startQueue(3);
  const claimed = await claim(queue, 3);
  const leaseId = claimed[0]?.leaseId ?? '';
  await releaseMessages(
    queue.pool,
    leaseId,
    claimed.map(({ id }) => id),
  );
  expect(await queue.claims()).toEqual({ pending: 3 });
  for (const { attempts } of await queue.notices()) expect(attempts).toBe(0);
  expect(await queue.attempts()).toEqual([]);
});

test('A single reply is sent before messages of every kind that goes to all controllers', async () => {
  const queue = await startQueue(BULK_KINDS.length);
  const kinds = [...BULK_KINDS.filter((kind) => kind !== 'notice'), 'objection-received'];
  for (const [index, kind] of kinds.entries()) {
    await queue.pool.query(
      `insert into messages (kind, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at)
       select $1, change_id, controller_id, controller_name, email, name, language, created_at, next_attempt_at
       from messages where kind = 'notice' order by id limit 1 offset $2`,
      [kind, index],
    );
  }
  const [first] = await claim(queue, 1);
  expect(first?.kind).toBe('objection-received');
  const { rows } = await queue.pool.query<{ 'QUERY PLAN': string }>(
    `explain select id from messages where status = 'pending'
     order by (kind in (${BULK_KINDS.map((kind) => `'${kind}'`).join(', ')})), next_attempt_at, id limit 1`,
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch('messages_to_send');
});

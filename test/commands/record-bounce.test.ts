import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordBounce } from '../../src/commands/record-bounce.ts';
import { Refused } from '../../src/domain/refused.ts';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import type { MessageAttempt } from '../../src/db/message-attempts.ts';
import { claimMessages, type LeasedMessage } from '../support/claim.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { aSubProcessor } from '../support/examples.ts';
import { listedControllers } from '../support/listed-controllers.ts';
import { announce, at, seed } from '../support/seed.ts';

const NINE = '2026-03-02T09:00:00Z';
const TEN = '2026-03-02T10:00:00Z';
const FAILED = { action: 'failed', status: '5.1.1', diagnostic: null, recipients: [] } as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await seed(database.pool, 1, NINE);
});
afterAll(() => database.close());

async function claimOne(): Promise<LeasedMessage> {
  const now = Temporal.Instant.from(NINE);
  const lease = { now, leaseId: randomUUID(), limit: 1 };
  const [message] = await inTransaction(database.pool, (tx) => claimMessages(tx, lease));
  if (message === undefined) throw new Error('nothing to send');
  return message;
}

function accepted(message: LeasedMessage, when: string): MessageAttempt {
  return {
    messageId: message.id,
    kind: message.kind,
    changeId: message.changeId,
    controllerId: message.controllerId,
    leaseId: message.leaseId,
    outcome: 'accepted',
    startedAt: Temporal.Instant.from(when),
    finishedAt: Temporal.Instant.from(when),
    responseCode: 250,
    response: '250 OK',
    printedDeadline: Temporal.Instant.from('2026-03-12T23:00:00Z'),
    nextAttemptAt: null,
  };
}

test('the late word of a sender that a notice was accepted opens no window when it has bounced since', async () => {
  const { pool } = database;
  const { id } = await announce(pool, NINE);
  const message = await claimOne();
  await inTransaction(pool, (tx) => recordOutcomes(tx, [accepted(message, NINE)]));
  const bounced = await inTransaction(pool, (tx) => recordBounce(tx, message.id, FAILED, { evidence: {} }, at(TEN)));
  expect(bounced.effect).toBe('reopened');
  // Another process had sent the message too, and records its acceptance late.
  await inTransaction(pool, (tx) => recordOutcomes(tx, [accepted({ ...message, leaseId: randomUUID() }, TEN)]));
  expect(await listedControllers(pool, id, Temporal.Instant.from(TEN))).toMatchObject([
    { notifiedAt: null, deadline: null, notices: [{ status: 'failed' }] },
  ]);
  // The API does not show attempts.
  const { rows } = await pool.query('select count(*)::int as attempts from message_attempts');
  expect(rows).toEqual([{ attempts: 2 }]);
});

test('a bounce is put off while nobody knows whether its notice was handed over, and heard when that is known', async () => {
  const { pool } = database;
  await announce(pool, NINE, { subProcessor: aSubProcessor(2) });
  const message = await claimOne();
  const bounce = () => inTransaction(pool, (tx) => recordBounce(tx, message.id, FAILED, { evidence: {} }, at(TEN)));
  await expect(bounce()).rejects.toThrow(Refused);
  const unknown = { ...accepted(message, NINE), outcome: 'unknown' as const };
  const nextAttemptAt = Temporal.Instant.from(NINE);
  await inTransaction(pool, (tx) => recordOutcomes(tx, [{ ...unknown, nextAttemptAt }]));
  await expect(bounce()).rejects.toThrow(Refused);
  const again = await claimOne();
  expect(again.id).toBe(message.id);
  await inTransaction(pool, (tx) => recordOutcomes(tx, [accepted(again, NINE)]));
  expect(await bounce()).toMatchObject({ effect: 'reopened' });
});

import { expect, test } from 'vitest';
import type { Recipient } from '../../src/inbound/addresses.ts';
import { mailLimits } from '../../src/inbound/mail-limits.ts';
import { movableClock } from '../support/clock.ts';

const untagged: Recipient = { kind: 'untagged', sentTo: 'varsel+x@telenor.example' };
const tagged = (messageId: string): Recipient => ({
  kind: 'message',
  sentTo: `reply+${messageId}@x.example`,
  messageId,
});
const client = (key: string) => ({ key, isTrusted: false });
const relay = { key: '192.0.2.1', isTrusted: true };

function theLimits(limits = { maxPerMessage: 2, maxUntaggedPerClient: 2, maxUntagged: 3 }) {
  const clock = movableClock('2026-03-02T09:00:00Z');
  const warnings: object[] = [];
  const log = { warn: (details: object) => void warnings.push(details), error: () => undefined };
  const counted = mailLimits(limits, clock.now, log);
  /** What becomes of a mail: `taken`, or the words of its refusal. */
  const send = (recipients: Recipient[], from = client('a'), take = async () => 'taken') =>
    counted.counted(recipients, from, take).catch((error: Error) => error.message);
  return { clock, warnings, send, check: (recipients: Recipient[]) => counted.check(recipients, client('a')) };
}

const TOO_MANY = '4.7.1 Too many mails within an hour, try again later';

test('Mails without a tag are so many an hour from one client, and from all together', async () => {
  const { clock, warnings, send } = theLimits();
  expect([await send([untagged]), await send([untagged]), await send([untagged])]).toEqual([
    'taken',
    'taken',
    TOO_MANY,
  ]);
  expect([await send([untagged], client('b')), await send([untagged], client('b'))]).toEqual(['taken', TOO_MANY]);
  expect(warnings).toEqual([
    { full: ['a'], client: 'a' },
    { full: ['all'], client: 'b' },
  ]);
  clock.advance({ minutes: 61 });
  expect(await send([untagged])).toBe('taken');
});

test('A trusted client sends as many as come, and none of them counts', async () => {
  const { send } = theLimits();
  for (let mails = 0; mails < 10; mails += 1) expect(await send([untagged], relay)).toBe('taken');
  expect(await send([untagged])).toBe('taken');
});

test('A mail about a message counts for the message, whoever sends it, and for nothing else', async () => {
  const { send } = theLimits();
  expect(await send([tagged('m'), tagged('m'), untagged])).toBe('taken');
  expect(await send([tagged('m')], relay)).toBe('taken');
  expect([await send([tagged('m')], client('b')), await send([tagged('m')], relay)]).toEqual([TOO_MANY, TOO_MANY]);
  expect(await send([tagged('n'), untagged])).toBe('taken');
  expect([await send([untagged]), await send([untagged])]).toEqual(['taken', 'taken']);
});

test('A mail that could not be taken is not counted', async () => {
  const { send, check } = theLimits({ maxPerMessage: 1, maxUntaggedPerClient: 1, maxUntagged: 1 });
  const fail = () => Promise.reject(new Error('the database is away'));
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await send([tagged('m')], client('a'), fail)).toBe('the database is away');
    expect(await send([untagged], client('a'), fail)).toBe('the database is away');
  }
  expect([await send([tagged('m')]), await send([untagged])]).toEqual(['taken', 'taken']);
  expect(() => check([tagged('m')])).toThrow(TOO_MANY);
});

test('Mails that arrive together are counted together', async () => {
  const { send } = theLimits();
  const results = await Promise.all([1, 2, 3, 4].map(() => send([tagged('m')])));
  expect(results.toSorted()).toEqual([TOO_MANY, TOO_MANY, 'taken', 'taken']);
});

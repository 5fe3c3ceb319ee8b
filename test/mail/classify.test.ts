import { expect, test } from 'vitest';
import { classifyMailError } from '../../src/mail/classify.ts';

function aFailure(fields: object): Error {
  return Object.assign(new Error('it failed'), fields);
}

test.each([
  ['ECONNECTION', 'CONN'],
  ['ESOCKET', 'CONN'],
  ['ETIMEDOUT', 'CONN'],
  ['EPROTOCOL', 'CONN'],
  ['ETLS', 'STARTTLS'],
  ['EDNS', 'CONN'],
  ['EAUTH', 'AUTH PLAIN'],
  ['EENVELOPE', 'MAIL FROM'],
  ['EMESSAGE', 'MAIL FROM'],
  ['ESTREAM', 'API'],
  ['ESOMETHING', undefined],
  [undefined, undefined],
])('%s at %s is our side’s fault before content was sent, and unknown after', (code, command) => {
  const failure = aFailure({ code, command });
  expect(classifyMailError(failure, false).outcome).toBe('deferred');
  expect(classifyMailError(failure, true).outcome).toBe('unknown');
});

test('A clear response after the dot counts, though content was sent', () => {
  const responded = (responseCode: number) =>
    classifyMailError(
      aFailure({ code: 'EMESSAGE', command: 'DATA', responseCode, response: `${responseCode} no` }),
      true,
    );
  expect(responded(451).outcome).toBe('retry');
  expect(responded(554).outcome).toBe('failed');
  expect(responded(503).outcome).toBe('retry');
  expect(responded(421).outcome).toBe('deferred');
  expect(responded(354).outcome).toBe('unknown');
});

test.each([
  'https://varsel.example/objections/',
  'HTTPS://VARSEL.EXAMPLE/OBJECTIONS/',
  'https%3A%2F%2Fvarsel.example%2Fobjections%2F',
])('A customer’s link that a filter quotes is kept without what makes it secret: %s', (address) => {
  const token = 'AaIPYB-OcWOFRXXcxeH97c3MjxiVqeYkRtcmIaEprG8';
  const response = `554 5.7.1 Message refused, blocked URL ${address}${token}?lang=en`;
  const failure = aFailure({ code: 'EMESSAGE', command: 'DATA', responseCode: 554, response });
  const { response: kept } = classifyMailError(failure, true);
  expect(kept).not.toContain(token);
  expect(kept).toMatch(/^554 5\.7\.1 Message refused, blocked URL .*objections\/\[token\]\?lang=en$/);
});

test('What the server said is kept, on one line and no longer than can be read', () => {
  const response = `550-5.1.1 no\r\n550 such\u0000 user ${'x'.repeat(2_000)}`;
  const result = classifyMailError(
    aFailure({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response }),
    false,
  );
  expect(result.response).toMatch(/^550-5\.1\.1 no 550 such user x+$/);
  expect(result.response).toHaveLength(1_000);
});

test('Anything thrown is an outcome', () => {
  expect(classifyMailError('boom', false)).toEqual({ outcome: 'deferred', responseCode: null, response: 'boom' });
  expect(classifyMailError(undefined, true)).toMatchObject({ outcome: 'unknown', responseCode: null });
});

import { afterAll, beforeEach, expect, test } from 'vitest';
import { askForTimeStamp } from '../../src/evidence/ask-for-time-stamp.ts';
import { timeStampAuthority } from '../support/time-stamp-authority.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:30Z');
const service = await (await timeStampAuthority()).listen();
afterAll(() => service.close());
beforeEach(() => service.respond({}));
const ask = (changes: { url?: string; deadlineMs?: number } = {}) =>
  askForTimeStamp({ url: service.url, data: Buffer.from('a checkpoint\n'), now: NOW, ...changes });

test('A service stamps what it is asked for', async () => {
  const { stamp, response } = await ask();
  expect(stamp).toMatchObject({ authority: 'CN=Prøvestempel' });
  expect(stamp.at.toString()).toBe('2026-03-02T09:00:00Z');
  expect(response.length).toBeGreaterThan(1000);
});

test('It is told who asks where its URL says so, and never sees the data', async () => {
  let authorization: string | undefined;
  service.respond((response) => {
    authorization = response.req.headers.authorization;
    response.writeHead(401).end();
  });
  const url = service.url.replace('http://', 'http://varsel:hemmelig%20kode@');
  await expect(ask({ url })).rejects.toThrow('The service answered 401, expected 200');
  expect(authorization).toBe(`Basic ${Buffer.from('varsel:hemmelig kode').toString('base64')}`);
  expect(service.requests.at(-1)?.includes('a checkpoint')).toBe(false);
});

test('An answer to another request, or of another time, is refused', async () => {
  service.respond({ nonce: 1n });
  await expect(ask()).rejects.toThrow('its nonce is another');
  service.respond({ nonce: null });
  await expect(ask()).rejects.toThrow('its nonce is another');
  for (const at of ['2026-03-02T08:55:00Z', '2026-03-02T09:06:00Z']) {
    service.respond({ at });
    await expect(ask()).rejects.toThrow(`The time stamp is of ${at}, and it is 2026-03-02T09:00:30Z`);
  }
});

test('A service that is huge, slow, elsewhere or not there costs seconds and is told in words', async () => {
  service.respond((response) => void response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, 0x30)));
  await expect(ask()).rejects.toThrow('The service gave no answer: UND_ERR_RES_EXCEEDED_MAX_SIZE');
  service.respond((response) => void response.writeHead(200).write('0'));
  await expect(ask({ deadlineMs: 100 })).rejects.toThrow('No whole answer within 0.1 seconds');
  service.respond(() => undefined);
  await expect(ask({ deadlineMs: 100 })).rejects.toThrow('No whole answer within 0.1 seconds');
  service.respond((response) => void response.writeHead(302, { location: service.url }).end());
  await expect(ask()).rejects.toThrow('The service answered 302, expected 200');
  await expect(ask({ url: 'http://127.0.0.1:1/tsa' })).rejects.toThrow('The service gave no answer: ECONNREFUSED');
});

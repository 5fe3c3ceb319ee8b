import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { freePort } from '../bench/varsel.ts';
import { aController } from '../support/examples.ts';
import { startVarsel } from '../support/varsel.ts';
import { activate, announce, haveControllers } from '../support/story.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

test('the consumer of the README verifies what it gets and is in sync, whatever comes late, twice or forged', async () => {
  const now = systemClock();
  const today = now.toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
  const varsel = await startVarsel(now.toString());
  onTestFinished(() => varsel.close());
  await haveControllers(varsel, [aController(1)]);
  const port = await freePort();
  const given = { url: `http://127.0.0.1:${port}/`, events: ['*'], enabled: false };
  const { body: webhook } = await varsel.api().post('/v1/webhooks').send(given).expect(201);

  const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  const source = /```js\n([^]*?)```/.exec(readme)?.[1] ?? '';
  expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20);
  // Inside the project, so that its import finds the library.
  await mkdir(path.join(ROOT, 'data'), { recursive: true });
  const directory = await mkdtemp(path.join(ROOT, 'data', 'consumer-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(path.join(directory, 'consumer.mjs'), source);
  const consumer = spawn(process.execPath, ['consumer.mjs'], {
    cwd: directory,
    env: { WEBHOOK_SECRET: webhook.secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void consumer.kill());
  const lines: string[] = [];
  consumer.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  const reachable = () =>
    fetch(given.url).then(
      ({ status }) => status,
      () => null,
    );
  await expect.poll(reachable).toBe(401);

  const id = await announce(varsel, { plannedActivationOn: today.add({ days: 11 }).toString() });
  await varsel.deliver();
  varsel.clock.set(now.add({ hours: 24 * 12 }).toString());
  expect(await activate(varsel, id)).toEqual([]);
  // The library accepts timestamps that are at most five minutes old.
  varsel.clock.set(systemClock().toString());
  await varsel.api().patch(`/v1/webhooks/${webhook.id}`).send({ enabled: true }).expect(200);
  varsel.clock.set(systemClock().add({ minutes: 1 }).toString());
  await varsel.deliver();
  await expect.poll(() => lines.at(-1)).toBe('entitlement.changed: Nordlys Hosting 1 ApS is activated, version 5');

  const before = [...lines];
  const feed = async () => (await varsel.api('reader').get('/v1/events')).body.items;
  // The feed waits for open transactions in every database of the server, also those of other tests.
  await expect.poll(feed).toHaveLength(5);
  const events = await feed();
  const replay = { eventIds: events.map((event: { id: string }) => event.id) };
  await varsel.api().post(`/v1/webhooks/${webhook.id}/replay`).send(replay).expect(202);
  await varsel.deliver();
  const { body } = await varsel.api().get(`/v1/webhooks/${webhook.id}/deliveries?limit=200`);
  expect(body.items.map(({ status }: { status: string }) => status)).toEqual(
    Array.from({ length: 10 }, () => 'delivered'),
  );
  expect(lines).toEqual(before);
  const forged = await fetch(given.url, {
    method: 'POST',
    headers: {
      'webhook-id': events[0].id,
      'webhook-timestamp': String(Math.trunc(now.epochMilliseconds / 1000)),
      'webhook-signature': 'v1,Zm9yZ2Vk',
    },
    body: JSON.stringify(events[0]),
  });
  expect(forged.status).toBe(401);
});

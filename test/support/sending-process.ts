/*
 * A process that sends what waits in a database, for tests that kill, freeze and stop it: the product's own job, run again
 * and again. What it is to work with is its argument, as JSON; it says what goes wrong on its standard error output.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/domain/clock.ts';
import { messageSender } from '../../src/sending/send-messages.ts';
import { createSendingPool } from '../../src/sending/sending.ts';
import { createMailTransport } from '../../src/mail/transport.ts';
import type { SendingProcessOptions } from './sending-processes.ts';

const AGAIN_MS = 100;

const options = JSON.parse(process.argv[2] ?? '{}') as SendingProcessOptions;
const transport = createMailTransport({
  smtpUrl: options.smtpUrl,
  from: 'Telenor A/S <varsel@telenor.example>',
  replyTo: 'indsigelse@telenor.example',
  connections: options.connections,
});
const log = (details: { err?: unknown }, message: string) =>
  process.stderr.write(`${message} ${details.err instanceof Error ? details.err.message : JSON.stringify(details)}\n`);
const pool = createSendingPool(options.databaseUrl, { warn: log, error: log });
const send = messageSender({
  pool,
  clock: systemClock(),
  transport,
  concurrency: options.connections,
  linkOf: (messageId) => `http://localhost/objections/${messageId}`,
  referenceOf: (windowNumber) => `VS-${windowNumber}`,
  log: { warn: log, error: log },
  lease: { seconds: options.leaseSeconds },
  maxPerSecond: options.maxPerSecond ?? null,
});

const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
while (!stopping.signal.aborted) {
  await send(stopping.signal).catch((error: unknown) => log({ err: error }, 'the job failed'));
  await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
}
await transport.close();
await pool.end();
process.off('disconnect', orphaned);
process.disconnect?.();

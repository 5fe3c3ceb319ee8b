import './require-node-26.cjs';
import { readConfig } from './config/config.ts';
import { systemClock } from './domain/clock.ts';
import { greeting } from './main/greeting.ts';

/** A stop that hangs is forced then, before the sender of the signal loses patience. */
const STOP_WITHIN_MS = 9_500;

/** What asks the process to end. Each would end it at once by default, and what it has claimed would wait for its leases. */
const ENDING_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const;

/** An error for the operator: the first message that is not empty, without a stack. */
function inWords(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return inWords(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  // By default Node opens its inspector then, through which whoever can connect runs anything. `npm start` also turns that
  // off by `--disable-sigusr1`, which covers the moments before this line.
  process.on('SIGUSR1', () => undefined);
  // A log that cannot be written ends nothing: a terminal that was closed, a disk that is full.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  // What a trial keeps (mails, secrets) is its owner's alone.
  process.umask(0o077);
  const config = readConfig();
  // Not before, because it is 1,500 modules, and faults of the configuration are told without them.
  const { startService } = await import('./service.ts');
  const stopping = new AbortController();
  const stop = (code: number) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    // A start that gives up has stopped its parts by then.
    void starting
      .then(
        (service) => service.stop(),
        () => undefined,
      )
      .then(() => process.exit(code));
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, () => stop(0));
  const giveUp = (reason: string) => {
    if (!stopping.signal.aborted) process.stderr.write(`Varsel stops. ${reason}\n`);
    stop(1);
  };
  const starting = startService(config, systemClock, { signal: stopping.signal, giveUp });
  const service = await starting.catch((error: unknown) => {
    // The stop ends the process.
    if (stopping.signal.aborted) return null;
    throw error;
  });
  if (service === null) return;
  // One write, when all has started, so that no line of the log stands in it.
  const signIn = config.role === 'worker' ? null : ((await service.firstSignIn?.()) ?? null);
  process.stdout.write(greeting(service, config, { signIn, now: service.clock() }));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Varsel could not start. ${inWords(error)}\n`);
  process.exit(1);
}

import './require-node-26.cjs';
import { readConfig } from './config/config.ts';
import { systemClock } from './domain/clock.ts';
import { greeting } from './main/greeting.ts';
import { startService } from './service.ts';

/** A stop that hangs is forced then, before the sender of the signal loses patience. */
const STOP_WITHIN_MS = 9_500;

/** An error for the operator: the first message that is not empty, without a stack. */
function inWords(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return inWords(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const config = readConfig();
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    // A start that gives up has stopped its parts by then.
    void starting
      .then(
        (service) => service.stop(),
        () => undefined,
      )
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const starting = startService(config, systemClock, { signal: stopping.signal });
  const service = await starting.catch((error: unknown) => {
    // The stop ends the process.
    if (stopping.signal.aborted) return null;
    throw error;
  });
  if (service === null) return;
  // One write, when all has started, so that no line of the log stands in it.
  process.stdout.write(greeting(service, config, service.clock()));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Varsel could not start. ${inWords(error)}\n`);
  process.exit(1);
}

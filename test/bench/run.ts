import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { announce } from './announce.ts';
import { consolePages } from './console.ts';
import { crashes } from './crash.ts';
import { fanOut } from './fan-out.ts';
import { table, type Row } from './figures.ts';
import { fuzzing } from './fuzz.ts';
import type { Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { notices } from './notices.ts';
import { objections } from './objections.ts';
import { pack } from './pack.ts';
import { seal } from './seal.ts';
import { storm } from './storm.ts';
import { webhooks } from './webhooks.ts';

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  announce,
  'fan-out': fanOut,
  ...notices,
  objections,
  webhooks,
  memory,
  console: consolePages,
  pack,
  seal,
  ...crashes,
  storm,
  fuzz: fuzzing,
};

const USAGE = `npm run bench -- [measurement …] [options]

  measurements     ${Object.keys(MEASUREMENTS).join(', ')}; all unless named
  --sizes LIST     controllers, like 1000,10000 (from 10 to 1000000); of fuzz, requests
  --rounds N       so many rounds of each (to 100; races of the storm to 1000000); a table shows the median and range
  --json FILE      writes the figures of every round to FILE
`;

interface Wanted {
  readonly names: readonly string[];
  readonly sizes: readonly number[] | null;
  readonly rounds: number | null;
  readonly json: string | null;
}

/** What the command line asks for, or `null` when it cannot be understood or asks for help. */
function wanted(): Wanted | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        sizes: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const sizes = values.sizes?.split(',').map(Number) ?? null;
    const rounds = values.rounds === undefined ? null : Number(values.rounds);
    const understood =
      positionals.every((name) => Object.hasOwn(MEASUREMENTS, name)) &&
      (sizes?.every((size) => isWhole(size, 10, 1_000_000)) ?? true) &&
      (rounds === null || isWhole(rounds, 1, positionals.every((name) => name === 'storm') ? 1_000_000 : 100));
    if (values.help || !understood) return null;
    const names = positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS);
    return { names, sizes, rounds, json: values.json ?? null };
  } catch {
    return null;
  }
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

const machine = () => ({
  cpu: `${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
  node: process.version,
  at: Temporal.Now.instant().toString({ smallestUnit: 'second' }),
});

const load = () => (loadavg()[0] ?? 0).toFixed(2);

let parts = new AsyncDisposableStack();
let cleanUp: Promise<unknown> = Promise.resolve();
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Ctrl-C comes twice: from the terminal, and from npm.
    if (isInterrupted) return;
    isInterrupted = true;
    process.stderr.write(`${signal}: cleaning up\n`);
    cleanUp = parts.disposeAsync().finally(() => process.exit(130));
  });
}

async function run({ names, sizes, rounds, json }: Wanted): Promise<void> {
  const say = (progress: string) => process.stderr.write(`${progress}\n`);
  const results: Record<string, readonly Row[]> = {};
  const loadBefore = load();
  for (const name of names) {
    const measurement = MEASUREMENTS[name];
    if (measurement === undefined) continue;
    const rows: Row[] = [];
    for (const size of sizes ?? measurement.sizes) {
      parts = new AsyncDisposableStack();
      try {
        rows.push(await measurement.measure(size, { rounds: rounds ?? measurement.rounds, parts, say }));
      } finally {
        await parts.disposeAsync();
      }
    }
    results[name] = measurement.compare?.(rows) ?? rows;
  }
  const { cpu, node, at } = machine();
  const tables = Object.entries(results).map(
    ([name, rows]) => `\n${name}\n${MEASUREMENTS[name]?.about ?? ''}\n\n${table(rows)}`,
  );
  process.stdout.write(
    `\n${cpu}, Node ${node}, embedded PostgreSQL with durable commits, ${at}\n` +
      `load of the machine before ${loadBefore}; figures of several rounds are median (lowest–highest)\n${tables.join('')}`,
  );
  if (json !== null) await writeFile(json, `${JSON.stringify({ ...machine(), loadBefore, results }, null, 2)}\n`);
}

const asked = wanted();
if (asked === null) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    await run(asked);
  } catch (error) {
    // What is ended under a measurement makes it fail.
    await cleanUp;
    throw error;
  }
}

import './require-node-26.cjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from './config/config.ts';
import { tellOfApproval } from './demo/approval-story.ts';
import { callsOf } from './demo/calls.ts';
import { narrator as narratorOn } from './demo/narrator.ts';
import { tellStory } from './demo/story.ts';
import { systemClock } from './domain/clock.ts';

const USAGE =
  'npm run demo [-- --controllers N]    tells the story with N customers, from 2 to 1000000; 25 unless told\n';

/** How many controllers the command line asks for; `null` when it cannot be understood. */
function wantedControllers(): number | null {
  try {
    const { values } = parseArgs({ options: { controllers: { type: 'string', default: '25' } } });
    const wanted = Number(values.controllers);
    return Number.isInteger(wanted) && wanted >= 2 && wanted <= 1_000_000 ? wanted : null;
  } catch {
    return null;
  }
}

/** Tells the story on embedded parts and free ports, with data in a directory that it may fill. */
async function demo(controllers: number, directory: string): Promise<void> {
  let offset = new Temporal.Duration();
  const clock = () => systemClock().toZonedDateTimeISO('UTC').add(offset).toInstant();
  const moveClock = (duration: string) => {
    offset = offset.add(duration);
  };
  const narrator = narratorOn(process.stdout, clock);
  narrator.say('Varsel, the whole story on embedded parts: PostgreSQL, a mailbox, HTTP.');
  const config = readConfig({
    PORT: '0',
    MAILBOX_PORT: '0',
    MAILBOX_SMTP_PORT: '0',
    INBOUND_SMTP_PORT: '0',
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
    // The database's guards refuse what its clock has not come to, and the story moves its own.
    CLOCK_OFFSET: 'P1Y',
  });
  // Not before, because it is 1,500 modules, and a command line that is not understood is told without them.
  const { startService } = await import('./service.ts');
  const service = await startService(config, clock, { isClockMoved: true });
  try {
    const stage = { calls: callsOf(service, narrator), narrator, clock, moveClock, controllers };
    await tellStory(stage);
    await tellOfApproval(stage);
    narrator.say('\nEvery step was as told.');
  } finally {
    await service.stop();
  }
}

const controllers = wantedControllers();
if (controllers === null) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const directory = await mkdtemp(path.join(tmpdir(), 'varsel-demo-'));
try {
  await demo(controllers, directory);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
process.exit();

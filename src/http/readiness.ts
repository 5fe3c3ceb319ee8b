import type pg from 'pg';
import { countDueMessages } from '../db/message-claims.ts';
import { schemaFaults } from '../db/migrations.ts';
import { isReadOnly } from '../db/postgres.ts';
import { faultOf, type Clock } from '../domain/clock.ts';

/** A reason why a process is not ready: what is at fault, and how, in words for an operator. */
interface ReadinessFault {
  readonly path: string;
  readonly message: string;
}

/** What the readiness of a process depends on. */
export interface ReadinessDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The sending, where this process sends. */
  readonly sending?: SendingInSight | undefined;
  /** The sealing of the record, where this process does that. */
  readonly sealing?: Pick<SendingInSight, 'fault'> | undefined;
}

/** What is seen of the sending from outside. */
export interface SendingInSight {
  state(): string;
  /** Why it cannot do its work, in words for an operator; `null` where it can, or pauses because mail is not taken. */
  fault(): string | null;
  /** When it last did its work, or found none. */
  lastWorkedAt(): Temporal.Instant;
}

/** A probe that waits longer than this says nothing in time. */
const ANSWERS_WITHIN_MS = 5_000;
/** Mail that waits for longer, while the sending has done nothing for as long, does not go out. */
const OVERDUE = { minutes: 10 };

/** By name, in the order in which they are told. All but the first ask a database that answers. */
const REASONS: Readonly<Record<string, (dependencies: ReadinessDependencies) => Promise<readonly string[]>>> = {
  database: async ({ pool }) => ((await isReadOnly(pool)) ? ['The database is read-only'] : []),
  migrations: ({ pool }) => schemaFaults(pool),
  clock: async ({ clock }) => present(faultOf(clock)),
  sending: async (dependencies) => present(await sendingFault(dependencies)),
  sealing: async ({ sealing }) => present(sealing?.fault() ?? null),
};

/**
 * Makes the function that names what keeps this process from doing its work, empty where nothing does. It takes some seconds at
 * most, also where the database answers nothing.
 */
export function readinessOf(dependencies: ReadinessDependencies): () => Promise<readonly ReadinessFault[]> {
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), ANSWERS_WITHIN_MS);
    });
    const looking = look(dependencies);
    looking.catch(() => undefined);
    try {
      return await Promise.race([looking, tooLate]);
    } catch {
      return [{ path: 'database', message: 'The database cannot be reached' }];
    } finally {
      clearTimeout(timer);
    }
  };
}

async function look(dependencies: ReadinessDependencies): Promise<ReadinessFault[]> {
  const faults: ReadinessFault[] = [];
  for (const [path, reasons] of Object.entries(REASONS)) {
    for (const message of await reasons(dependencies)) faults.push({ path, message });
  }
  return faults;
}

const present = (fault: string | null) => (fault === null ? [] : [fault]);

async function sendingFault({ pool, clock, sending }: ReadinessDependencies): Promise<string | null> {
  if (sending === undefined) return null;
  const fault = sending.fault();
  if (fault !== null || sending.state() !== 'sending') return fault;
  const since = clock().subtract(OVERDUE);
  const isIdle = Temporal.Instant.compare(sending.lastWorkedAt(), since) < 0;
  if (!isIdle || (await countDueMessages(pool, { now: since, upTo: 1 })) === 0) return null;
  return 'Mail is due, and none has been taken up for minutes';
}

import pg from 'pg';
import { connectionOptions, type Limits } from './connection-options.ts';

/** Where a database is, and the setting that says so, which errors name. */
export interface DatabaseAddress {
  readonly url: string;
  readonly setting: 'DATABASE_URL' | 'DATABASE_OWNER_URL';
  /** How long its statements may take; the usual limits unless given. */
  readonly limits?: Limits;
}

/**
 * Runs `work` on a connection of its own, outside every pool. Throws, with a message for the operator, when the database cannot
 * be reached.
 */
export async function onOwnConnection<Result>(
  { url, setting, limits }: DatabaseAddress,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(connectionOptions(url, limits));
  // A connection that dies also fails its statement, which is where we hear of it.
  client.on('error', () => undefined);
  await client.connect().catch((cause: unknown) => {
    throw new Error(`The database cannot be reached: ${reasonOf(cause)}. Check ${setting}.`, { cause });
  });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What an error of connecting says. One of several addresses tried says nothing itself. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

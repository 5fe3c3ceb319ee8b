import pg from 'pg';
import { connectionOptions } from './connection-options.ts';

const CONNECT_WITHIN_MS = 10_000;

/** Where a database is, and the setting that says so, which errors name. */
export interface DatabaseAddress {
  readonly url: string;
  readonly setting: 'DATABASE_URL' | 'DATABASE_OWNER_URL';
}

/**
 * Runs `work` on a connection of its own, outside every pool. Throws, with a message for the operator, when the database cannot
 * be reached.
 */
export async function onOwnConnection<Result>(
  { url, setting }: DatabaseAddress,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ ...connectionOptions(url), connectionTimeoutMillis: CONNECT_WITHIN_MS });
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

import { createHash } from 'node:crypto';
import type pg from 'pg';
import { insertStoredResponse } from '../db/idempotency-keys.ts';
import { inLongTransaction } from '../db/postgres.ts';
import { actorOf, type AllowedCaller } from '../domain/caller.ts';
import type { Clock } from '../domain/clock.ts';
import { isDryRun } from './dry-run.ts';
import { storedResponseFor } from './idempotency.ts';
import type { ApiResponse, StreamedCommand } from './operation.ts';
import type { SpooledBody } from './spooled-body.ts';

/** A file that has come whole, and what a caller says of it, validated. */
export interface ReceivedFile {
  readonly may: AllowedCaller;
  readonly body: SpooledBody;
  readonly mediaType: string;
  readonly query: unknown;
  /** The idempotency key; `null` for none. */
  readonly key: string | null;
  /** What was asked, which the key is bound to, beside the file. */
  readonly address: string;
}

/**
 * Runs a streamed command with its file. With an idempotency key a transaction of its own holds the key while the command runs, and
 * stores the response; a repeat gets that. A dry run leaves the key alone: it does nothing that must not be done twice, and the call
 * that follows may use the same key.
 */
export async function receiveOnce<Dependencies extends { readonly pool: pg.Pool; readonly clock: Clock }>(
  operation: StreamedCommand<Dependencies>,
  dependencies: Dependencies,
  { may, body, mediaType, query, key, address }: ReceivedFile,
): Promise<ApiResponse> {
  const { pool, clock } = dependencies;
  const by = () => ({ at: clock(), actor: actorOf(may) });
  const receive = async () => ({
    status: 200,
    headers: {},
    body: await operation.receive(dependencies, { body, mediaType, query, by }),
  });
  if (key === null || isDryRun(query)) return receive();
  return inLongTransaction(pool, async (tx) => {
    const owned = { callerId: may.id, key };
    const hash = createHash('sha256').update(`POST ${address}\n${body.sha256}`).digest();
    const stored = await storedResponseFor(tx, owned, hash);
    if (stored !== null) return stored;
    const response = await receive();
    await insertStoredResponse(tx, owned, hash, response, clock());
    return response;
  });
}

import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The response to the first request that carried an idempotency key. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Key = { readonly callerId: string; readonly key: string };

/** Locks the key for this transaction, without waiting. False while another request with the same key is running. */
export async function tryLockIdempotencyKey(tx: Transaction, { callerId, key }: Key): Promise<boolean> {
  const { locked } = await oneRow<{ locked: boolean }>(
    tx,
    `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked`,
    [`${callerId}/${key}`],
  );
  return locked;
}

/** The response stored under the key, with the hash of the request that got it; or `null`. */
export async function findStoredResponse(
  db: Queryable,
  { callerId, key }: Key,
): Promise<(StoredResponse & { requestHash: Buffer }) | null> {
  return row(
    db,
    `select request_hash as "requestHash", status, headers, body from idempotency_keys where caller_id = $1 and key = $2`,
    [callerId, key],
  );
}

/** Stores the response, in the transaction that did the work. */
export async function insertStoredResponse(
  tx: Transaction,
  { callerId, key }: Key,
  requestHash: Buffer,
  response: StoredResponse,
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `insert into idempotency_keys (caller_id, key, request_hash, status, headers, body, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [callerId, key, requestHash, response.status, JSON.stringify(response.headers), JSON.stringify(response.body), now],
  );
}

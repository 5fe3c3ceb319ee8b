import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import {
  findStoredResponse,
  insertStoredResponse,
  tryLockIdempotencyKey,
  type StoredResponse,
} from '../db/idempotency-keys.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';
import { withSavepoint, type Transaction } from '../db/postgres.ts';
import { toProblem } from './errors.ts';
import type { ApiResponse } from './operation.ts';
import { Problem, problemBody, PROBLEMS } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    idempotency: { readonly key: string; readonly hash: Buffer } | null;
  }
}

/** What a repeat gets, where what was answered told of a person who has been erased since (D52). */
export const ERASED_RESPONSE = {
  status: PROBLEMS.erased.status,
  headers: { 'content-type': 'application/problem+json' },
  body: problemBody('erased', 'This was done; what was answered told of a person who has been erased since.', ''),
};

/** The `Idempotency-Key` of a request, or `null`. Throws `invalid-request` when it is ill-formed. */
export function idempotencyKeyOf(request: FastifyRequest): string | null {
  const given = request.headers['idempotency-key'];
  return given === undefined ? null : keyIn(given, 'Idempotency-Key');
}

/** An idempotency key that was given in the part `path` of a request. Throws `invalid-request` when it is ill-formed. */
export function keyIn(given: unknown, path: string): string {
  if (typeof given === 'string' && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw new Problem('invalid-request', 'An Idempotency-Key is 1 to 255 visible ASCII characters.', {
    errors: [{ path, message: 'Expected 1 to 255 visible ASCII characters' }],
  });
}

/** What makes two requests the same: method, address and body. */
export function requestHash(request: FastifyRequest, body: unknown): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(body) ?? ''}`)
    .digest();
}

/**
 * The response stored under the key, marked as replayed; `null` when there is none. Throws `request-in-progress` while the first request runs,
 * and `idempotency-key-reused` where the first request was another one.
 */
export async function storedResponseFor(
  tx: Transaction,
  key: { callerId: string; key: string },
  hash: Buffer | (() => Promise<Buffer>),
): Promise<StoredResponse | null> {
  let stored = await findStoredResponse(tx, key);
  if (stored === null) {
    if (!(await tryLockIdempotencyKey(tx, key))) {
      throw new Problem('request-in-progress', 'The first request with this Idempotency-Key is still running.');
    }
    // The first may have ended between the look and the lock.
    stored = await findStoredResponse(tx, key);
  }
  if (stored === null) return null;
  if (!stored.requestHash.equals(typeof hash === 'function' ? await hash() : hash)) {
    throw new Problem('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
  }
  const { status, headers, body } = stored;
  return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, body };
}

/**
 * Does `work` once per idempotency key. The response, also that of a refusal, is stored in the transaction that did the
 * work, so that neither a crash nor a repeat can come between them. A refused command's writes are rolled back first.
 * `address` is the request's, redacted: it stands in the problem of a refusal. `withoutSecrets` cuts our tokens out of the
 * rest of it.
 */
export async function once(
  tx: Transaction,
  key: { callerId: string; key: string },
  request: { hash: Buffer; address: string; now: Temporal.Instant; withoutSecrets: WithoutSecrets },
  work: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const stored = await storedResponseFor(tx, key, request.hash);
  if (stored !== null) return stored;
  let response: ApiResponse;
  try {
    response = await withSavepoint(tx, work);
  } catch (error) {
    const problem = toProblem(error);
    // Of what was not done no response is kept: a repeat does it.
    if (problem === null || problem.code === 'overloaded') throw error;
    const { code, detail, details } = problem;
    response = {
      status: PROBLEMS[code].status,
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.parse(request.withoutSecrets(JSON.stringify(problemBody(code, detail, request.address, details)))),
    };
  }
  const { status, headers = {}, body, repeatedBody = body } = response;
  await insertStoredResponse(tx, key, request.hash, { status, headers, body: repeatedBody }, request.now);
  return response;
}

import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { findAnswer, insertAnswer, tryLockIdempotencyKey, type StoredAnswer } from '../db/idempotency-keys.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Answer } from './answer.ts';
import { toProblem, withoutToken } from './errors.ts';
import { Problem, problemBody, PROBLEMS } from './problems.ts';

/** The `Idempotency-Key` of a request, or `null`. Throws `invalid-request` when it is ill-formed. */
export function idempotencyKeyOf(request: FastifyRequest): string | null {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw new Problem('invalid-request', 'An Idempotency-Key is 1 to 255 visible ASCII characters.', {
    errors: [{ path: 'Idempotency-Key', message: 'Expected 1 to 255 visible ASCII characters' }],
  });
}

/** What makes two requests the same: method, address and body. */
export function requestHash(request: FastifyRequest, body: unknown): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(body) ?? ''}`)
    .digest();
}

/** The first answer stored under the key; `null` when there is none. Throws while it is being made, or when it is another request's. */
export async function firstAnswer(
  tx: Transaction,
  key: { apiKeyId: string; key: string },
  hash: Buffer | (() => Promise<Buffer>),
): Promise<StoredAnswer | null> {
  let stored = await findAnswer(tx, key);
  if (stored === null) {
    if (!(await tryLockIdempotencyKey(tx, key))) {
      throw new Problem('request-in-progress', 'The first request with this Idempotency-Key is still running.');
    }
    // The first may have ended between the look and the lock.
    stored = await findAnswer(tx, key);
  }
  if (stored === null) return null;
  if (!stored.requestHash.equals(typeof hash === 'function' ? await hash() : hash)) {
    throw new Problem('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
  }
  return stored;
}

/**
 * Does `work` once per idempotency key. Its answer, a refusal too, is stored in the transaction that did the work, so that
 * neither a crash nor a repeat can come between them. What a refused command wrote is taken back first.
 */
export async function once(
  tx: Transaction,
  key: { apiKeyId: string; key: string },
  request: { hash: Buffer; url: string; now: Temporal.Instant },
  work: () => Promise<Answer>,
): Promise<Answer> {
  const stored = await firstAnswer(tx, key, request.hash);
  if (stored !== null) return stored;
  await tx.query('savepoint before_command');
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    const problem = toProblem(error);
    if (problem === null) throw error;
    await tx.query('rollback to savepoint before_command');
    const { code, detail, details } = problem;
    answer = {
      status: PROBLEMS[code].status,
      headers: { 'content-type': 'application/problem+json' },
      body: problemBody(code, detail, withoutToken(request.url), details),
    };
  }
  const { status, headers = {}, body, repeatedBody = body } = answer;
  await insertAnswer(tx, key, request.hash, { status, headers, body: repeatedBody }, request.now);
  return answer;
}

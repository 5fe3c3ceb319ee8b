import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Queryable, Transaction } from '../db/postgres.ts';
import type { ApiResponse, Version } from './operation.ts';
import { Problem } from './problems.ts';

/** The headers that a request's conditions stand in. */
export type Conditions = Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;
type Condition = '*' | readonly string[] | null;

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const CONDITION = new RegExp(String.raw`^\s*(?:\*|${TAG}(?:\s*,\s*${TAG})*)\s*$`);

/** The ETag of the thing as it is now; `null` where it does not exist. */
export async function etagNow<Params>(version: Version<Params>, db: Queryable, params: Params): Promise<string | null> {
  const shown = await version.show(db, params);
  return shown === null ? null : etagOf(shown);
}

/** The ETag of what is shown. */
export function etagOf(shown: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(shown)).digest('base64url')}"`;
}

/** Whether the caller of a GET has what is shown now. Throws `invalid-request` for an ill-formed `If-None-Match`. */
export function isKnown({ headers }: FastifyRequest, etag: string): boolean {
  return matches(conditionOf(headers, 'if-none-match'), etag);
}

/** Throws `invalid-request` where a condition was sent to an operation that takes none: ignored, it would promise too much. */
export function refuseConditions(conditions: Conditions): void {
  for (const header of ['if-match', 'if-none-match'] as const) {
    if (conditions[header] !== undefined) throw illFormed(header, 'Expected no condition: this operation takes none');
  }
}

/**
 * Does `work` where the conditions hold, judged under the lock of what it changes, and adds the ETag of what that
 * is then. Throws `precondition-failed` with the ETag of what it is where they do not: nothing was done.
 */
export async function onCondition<Params>(
  version: Version<Params>,
  tx: Transaction,
  { conditions, params }: { conditions: Conditions; params: Params },
  work: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const [wanted, unwanted] = [conditionOf(conditions, 'if-match'), conditionOf(conditions, 'if-none-match')];
  if (wanted !== null || unwanted !== null) {
    await version.lock(tx, params);
    const found = await etagNow(version, tx, params);
    if (wanted !== null && !matches(wanted, found)) throw failed('It is not what the If-Match names', found);
    if (matches(unwanted, found)) throw failed('It exists, or is what the If-None-Match names', found);
  }
  const response = await work();
  const etag = await etagNow(version, tx, params);
  // What does not exist cannot be locked: of two that create it at once, the second finds out when it has waited for the first.
  if (unwanted === '*' && response.status !== 201) throw failed('It exists by now', etag);
  return etag === null ? response : { ...response, headers: { ...response.headers, etag } };
}

function conditionOf(conditions: Conditions, header: keyof Conditions): Condition {
  const given = conditions[header];
  if (given === undefined) return null;
  if (!CONDITION.test(given)) throw illFormed(header, `Expected * or ETags in double quotes, found ${given}`);
  return given.trim() === '*' ? '*' : (given.match(/"[^"]*"/g) ?? []);
}

/**
 * A weak tag counts as the strong one: a proxy that compresses makes ours weak, and it names what was shown all the same.
 */
function matches(condition: Condition, etag: string | null): boolean {
  if (condition === null || etag === null) return false;
  return condition === '*' || condition.includes(etag);
}

function illFormed(header: string, message: string): Problem {
  return new Problem('invalid-request', `${header}: ${message}.`, { errors: [{ path: header, message }] });
}

function failed(why: string, etag: string | null): Problem {
  const now = etag === null ? 'There is nothing at this address now.' : `Its ETag is ${etag} now.`;
  return new Problem('precondition-failed', `${why}. ${now} Nothing was done.`, { etag });
}

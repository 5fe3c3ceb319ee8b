import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';
import type { z } from 'zod';
import type { Role } from '../db/api-keys.ts';
import { inTransaction, type Transaction } from '../db/postgres.ts';
import type { Clock } from '../domain/clock.ts';
import type { Author } from '../domain/author.ts';
import { actorOf, authenticate } from './authentication.ts';
import type { Answer } from './answer.ts';
import { documented } from './documentation.ts';
import { firstAnswer, idempotencyKeyOf, once, requestHash } from './idempotency.ts';
import type { WebhookSecrets } from '../security/webhook-secrets.ts';
import type { WebhookPoster } from '../webhooks/attempt.ts';
import type { TargetPolicy } from '../webhooks/target.ts';
import type { ProblemCode } from './problems.ts';
import type { semaphore } from '../concurrency/semaphore.ts';

/** What the API works with. */
export interface ApiDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The turns in which commands are done, for all of them together. */
  readonly turns: ReturnType<typeof semaphore>;
  readonly webhooks: WebhookDependencies;
  /** Waits for so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** What endpoints are managed with. */
export interface WebhookDependencies {
  readonly targets: TargetPolicy;
  readonly poster: WebhookPoster;
  readonly secretOf: WebhookSecrets;
}

type Schema = z.ZodType | undefined;
type Of<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** One request, validated and allowed. */
export interface Call<P extends Schema, Q extends Schema, B extends Schema> {
  readonly params: Of<P>;
  readonly query: Of<Q>;
  readonly body: Of<B>;
  /** Who asks, and when: what a command keeps with what it writes. */
  readonly by: Author;
}

interface Described<P extends Schema, Q extends Schema, B extends Schema> {
  readonly summary: string;
  readonly tag: string;
  readonly role: Role;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** What it answers with when it does what was asked, by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** What it may refuse with, beside what every call may. */
  readonly refusals: readonly ProblemCode[];
}

/** An operation that reads. It gets the pool and writes nothing. */
export interface Query<P extends Schema = Schema, Q extends Schema = Schema> extends Described<P, Q, undefined> {
  readonly read: (db: pg.Pool, call: Call<P, Q, undefined>) => Promise<unknown>;
}

/** An operation that changes something: one transaction, once per idempotency key. */
export interface Command<P extends Schema = Schema, B extends Schema = Schema> extends Described<P, undefined, B> {
  readonly write: (tx: Transaction, call: Call<P, undefined, B>) => Promise<Answer>;
  /** What the log is to say at error, once it is committed; `null` for nothing. */
  readonly alarm?: (answer: Answer) => string | null;
}

/** A command that waits for something, or asks another system, before its transaction begins: none is open meanwhile. */
export interface Errand<P extends Schema = Schema, B extends Schema = Schema> extends Described<P, undefined, B> {
  /** Returns the transaction that is done then. */
  readonly prepare: (
    dependencies: ApiDependencies,
    call: Call<P, undefined, B>,
  ) => Promise<(tx: Transaction) => Promise<Answer>>;
}

/** Types what a query gets from its schemas. */
export const query = <P extends Schema = undefined, Q extends Schema = undefined>(described: Query<P, Q>): Query =>
  described;

/** Types what a command gets from its schemas. */
export const command = <P extends Schema = undefined, B extends Schema = undefined>(
  described: Command<P, B>,
): Command => described;

/** Types what an errand gets from its schemas. */
export const errand = <P extends Schema = undefined, B extends Schema = undefined>(described: Errand<P, B>): Errand =>
  described;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Serves an operation under an address, with its schemas, its documentation, its role and its idempotency. */
export function mount(
  app: FastifyInstance,
  dependencies: ApiDependencies,
  method: Method,
  url: string,
  operation: Query | Command | Errand,
): void {
  const { pool, clock, turns } = dependencies;
  app.route({
    method,
    url,
    schema: documented({ ...operation, method, url }),
    // Before the body is read: who may not ask shall not make us parse.
    onRequest: async (request) => {
      const now = clock();
      const key = await authenticate(request, operation.role, { pool, now });
      request.apiKey = key;
    },
    // Validation replaces the body by what the schema makes of it; the hash is of what was sent.
    preValidation: async (request) => {
      if (method !== 'POST') return;
      const key = idempotencyKeyOf(request);
      if (key !== null) request.idempotency = { key, hash: requestHash(request, request.body) };
    },
    handler: async (request, reply) => {
      const key = request.apiKey;
      if (key === null) throw new Error('a route without authentication');
      const call = {
        params: request.params,
        query: request.query,
        body: request.body,
        by: { at: clock(), actor: actorOf(key) },
      } as Call<Schema, Schema, undefined> & Call<Schema, undefined, Schema>;
      if ('read' in operation) return operation.read(pool, call);
      const idempotency = request.idempotency && { apiKeyId: key.id, ...request.idempotency };
      let work: (tx: Transaction) => Promise<Answer>;
      if ('write' in operation) {
        work = (tx) => operation.write(tx, call);
      } else {
        // A repeat prepares nothing: it gets the first answer.
        const first =
          idempotency && (await inTransaction(pool, (tx) => firstAnswer(tx, idempotency, idempotency.hash)));
        if (first !== null) return send(reply, first);
        work = await operation.prepare(dependencies, call);
      }
      const answer = await turns(() =>
        inTransaction(pool, (tx) =>
          idempotency === null
            ? work(tx)
            : once(tx, idempotency, { hash: idempotency.hash, url: request.url, now: call.by.at }, () => work(tx)),
        ),
      );
      const alarm = 'write' in operation ? (operation.alarm?.(answer) ?? null) : null;
      if (alarm !== null) request.log.error({ answer: answer.body }, alarm);
      return send(reply, answer);
    },
  });
}

function send(reply: FastifyReply, { status, headers = {}, body }: Answer): FastifyReply {
  reply.code(status).headers(headers);
  // A stored refusal is a problem already; the serializer of this status may be that of the operation's own answer.
  if (headers['content-type'] === 'application/problem+json') reply.serializer(JSON.stringify);
  return status === 204 ? reply.send() : reply.send(body);
}

declare module 'fastify' {
  interface FastifyRequest {
    apiKey: import('../db/api-keys.ts').ApiKey | null;
    idempotency: { readonly key: string; readonly hash: Buffer } | null;
  }
}

import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { z } from 'zod';
import type { Queryable, Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { AllowedCaller } from '../domain/caller.ts';
import type { Cell } from '../web/csv.ts';
import type { Warning } from '../domain/warning.ts';
import type { Scope } from '../domain/permission.ts';
import type { Deprecation } from './deprecation.ts';
import type { ProblemCode } from './problems.ts';
import type { SpooledBody } from './spooled-body.ts';

/** The HTTP response of an operation. */
export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a repeat with the same idempotency key gets instead of `body`, where `body` holds a secret that is shown once. */
  readonly repeatedBody?: unknown;
  /** Of a PUT, what it did; a dry run answers it. Left out, one thing was created with 201, or updated. */
  readonly effects?: Effects;
}

/** What an operation with `file` answers. */
export interface FileResponse {
  readonly content: Buffer | Readable;
  /** What a browser saves it as: of ASCII, without quotes. */
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a command did to the record. */
export interface Effects {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly agreementsEnded: number;
  readonly mails: number;
  readonly warnings: readonly Warning[];
}

/** How two people who change the same thing are kept from undoing each other (RFC 9110, section 13). */
export interface Version<Params> {
  /** Locks the thing, in the order of all locks, so that it stays as it is until the transaction ends. */
  readonly lock: (tx: Transaction, params: Params) => Promise<unknown>;
  /** What a GET of it shows now; `null` where it does not exist. */
  readonly show: (db: Queryable, params: Params) => Promise<unknown>;
}

export type Schema = z.ZodType | undefined;
type Of<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** One request, validated and allowed. */
export interface Call<P extends Schema, Q extends Schema, B extends Schema> {
  readonly params: Of<P>;
  readonly query: Of<Q>;
  readonly body: Of<B>;
  /** Who asks, and when: what a command keeps with what it writes. */
  readonly by: Author;
  /** Who asks, with what the scope of the operation lets do. */
  readonly may: AllowedCaller;
}

/** What every operation says of itself. */
export interface Described<P extends Schema, Q extends Schema, B extends Schema> {
  /** What generated clients call it: verb and noun, of no other operation. */
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  /** What a key has to be allowed; `null` where any valid key will do. */
  readonly scope: Scope | null;
  /** Of what cannot be undone: whether a session must have proved two factors lately (D59). API keys have none. */
  readonly takesFreshFactors?: true;
  readonly params?: P;
  readonly body?: B;
  /** Left out, no query parameter is taken: one that is not known is refused, because it would be ignored. */
  readonly query?: Q;
  /** The schema of each response that is not a refusal, by status. */
  readonly responses: Readonly<Record<number, z.ZodType>>;
  /** Of what can be read and changed: a GET answers with its ETag, and a change takes `If-Match` and `If-None-Match`. */
  readonly version?: Version<Of<P>>;
  /** The largest body that it takes, in bytes, where that is more than others take. */
  readonly maxBodyBytes?: number;
  /** Its own refusals, beside those that every operation has. */
  readonly refusals: readonly ProblemCode[];
  /** Given where it will end. Callers are told with every answer. */
  readonly deprecated?: Deprecation;
}

/**
 * An operation that reads. It gets the pool and writes nothing, no response under an idempotency key either. `Dependencies` are
 * what else it may need.
 */
export interface Query<
  Dependencies,
  P extends Schema = Schema,
  Q extends Schema = Schema,
  B extends Schema = Schema,
  Answer = unknown,
> extends Described<P, Q, B> {
  readonly read: (db: pg.Pool, call: Call<P, Q, B>, dependencies: Dependencies) => Promise<Answer>;
  /** Whether what it answers gets an ETag, for who asks the same again and again. It is read every time. */
  readonly isTagged?: true;
  /** Of what answers with a file: its media type. `read` then returns a `FileResponse`. */
  readonly file?: string;
  /** Of a list: the whole of it as a table, read part by part (`http/list.ts`). */
  readonly table?: {
    readonly columns: readonly string[];
    readonly read: (
      db: pg.Pool,
      call: Call<P, Q, B>,
      dependencies: Dependencies,
    ) => AsyncIterable<readonly (readonly Cell[])[]>;
  };
}

/** An operation that changes something: one transaction, once per idempotency key. */
export interface Command<
  Dependencies,
  P extends Schema = Schema,
  B extends Schema = Schema,
  Q extends Schema = Schema,
> extends Described<P, Q, B> {
  readonly write: (tx: Transaction, call: Call<P, Q, B>, dependencies: Dependencies) => Promise<ApiResponse>;
  /** What to log as an error once the transaction is committed; `null` for nothing. */
  readonly alarm?: (response: ApiResponse) => string | null;
}

/**
 * A command that waits, or asks another system, before its transaction begins, so that no transaction is open meanwhile.
 * `Dependencies` are what it prepares with.
 */
export interface PreparedCommand<Dependencies, P extends Schema = Schema, B extends Schema = Schema> extends Described<
  P,
  undefined,
  B
> {
  /** Returns the work to be done in the transaction. */
  readonly prepare: (
    dependencies: Dependencies,
    call: Call<P, undefined, B>,
  ) => Promise<(tx: Transaction) => Promise<ApiResponse>>;
}

/**
 * A command whose body is a file of any length up to a limit. It is run once the file has come whole, and opens its own
 * transactions. The idempotency key covers the whole file.
 */
export interface StreamedCommand<Dependencies, Q extends Schema = Schema> extends Described<undefined, Q, z.ZodType> {
  /** The media types of its body; the first where a request names none. */
  readonly consumes: readonly [string, ...string[]];
  /** Media types that are refused with how to make one of these out of them. */
  readonly notTaken: { readonly mediaTypes: RegExp; readonly detail: string };
  /** Returns the body of the 200 response. `by` says who asks, and when it is at each call. */
  readonly receive: (
    dependencies: Dependencies,
    call: { readonly body: SpooledBody; readonly mediaType: string; readonly query: Of<Q>; readonly by: () => Author },
  ) => Promise<unknown>;
}

export type Operation<Dependencies> =
  Query<Dependencies> | Command<Dependencies> | PreparedCommand<Dependencies> | StreamedCommand<Dependencies>;

/** Types a query's call by its schemas, and keeps the type of what it answers. */
export const query = <
  Dependencies,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  Answer = unknown,
>(
  described: Query<Dependencies, P, Q, B, Answer>,
): Query<Dependencies, Schema, Schema, Schema, Answer> => described;

/** Types a command's call by its schemas. */
export const command = <
  Dependencies,
  P extends Schema = undefined,
  B extends Schema = undefined,
  Q extends Schema = undefined,
>(
  described: Command<Dependencies, P, B, Q>,
): Command<Dependencies> => described;

/** Types a streamed command's call by its schemas. */
export const streamedCommand = <Dependencies, Q extends Schema = undefined>(
  described: StreamedCommand<Dependencies, Q>,
): StreamedCommand<Dependencies> => described;

/** Types a prepared command's call by its schemas. */
export const preparedCommand = <Dependencies, P extends Schema = undefined, B extends Schema = undefined>(
  described: PreparedCommand<Dependencies, P, B>,
): PreparedCommand<Dependencies> => described;

import type { FastifyBaseLogger } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { inDryRun, inTransaction, type Transaction } from '../db/postgres.ts';
import type { semaphore } from '../concurrency/semaphore.ts';
import { actorOf, type AllowedCaller } from '../domain/caller.ts';
import type { Clock } from '../domain/clock.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';
import { bodyWithoutSecrets } from './body-without-secrets.ts';
import { isDryRun, responseOf } from './dry-run.ts';
import type { RedactAddress } from './errors.ts';
import { once, storedResponseFor } from './idempotency.ts';
import type { ApiResponse, Call, Command, Operation, PreparedCommand, Schema } from './operation.ts';
import { keepToProducts, type Said } from './product-access.ts';
import { onCondition, refuseConditions, type Conditions } from './versions.ts';

/** What every operation works with; some need more. */
export interface OperationDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** Limits how many commands run at a time, over all operations together. */
  readonly semaphore: ReturnType<typeof semaphore>;
  readonly redactAddress: RedactAddress;
  /** Cuts our own tokens out of what somebody has written. */
  readonly withoutSecrets: WithoutSecrets;
  /** The largest file of an import, in bytes. */
  readonly maxImportBytes: number;
  /** What addresses of ours begin with. */
  readonly publicUrl: () => string;
}

/** A call as any operation takes it: the operation's own schemas have made it what its types say. */
export type AnyCall = Call<Schema, Schema, undefined> & Call<Schema, undefined, Schema>;

/**
 * The call that an operation gets of what a caller says, validated: kept to the caller's products, and without our own tokens. Throws
 * `not-found` or `forbidden` for what is of other products.
 */
export async function callOf<Dependencies extends OperationDependencies>(
  operation: Operation<Dependencies>,
  { pool, clock, withoutSecrets }: Dependencies,
  may: AllowedCaller,
  said: Said,
): Promise<AnyCall> {
  const query = await keepToProducts(pool, may.products, said, takesProduct(operation.query));
  const body = bodyWithoutSecrets(said.body, withoutSecrets);
  const by = { at: clock(), actor: actorOf(may) };
  return { params: said.params, query, body, by, may } as unknown as AnyCall;
}

/** Whether a query can name the product that a list is of. */
function takesProduct(query: Schema): boolean {
  return query instanceof z.ZodObject && 'product' in query.shape;
}

/** What a command is carried out with, beside its call. */
export interface Carrying {
  /** Under which it is done once; `null` for each time that it is asked. */
  readonly idempotency: { readonly key: string; readonly hash: Buffer } | null;
  /** Of what is asked; it stands in a refusal, redacted. */
  readonly address: string;
  readonly conditions: Conditions;
  readonly log: FastifyBaseLogger;
}

/** Runs a command in one transaction, or returns the response that is stored under the idempotency key. */
export async function perform<Dependencies extends OperationDependencies>(
  operation: Command<Dependencies> | PreparedCommand<Dependencies>,
  dependencies: Dependencies,
  call: AnyCall,
  { idempotency: given, address, conditions, log }: Carrying,
): Promise<ApiResponse> {
  const { pool, semaphore: limited, redactAddress, withoutSecrets } = dependencies;
  const idempotency = given && { callerId: call.may.id, ...given };
  if (operation.version === undefined) refuseConditions(conditions);
  let work: (tx: Transaction) => Promise<ApiResponse>;
  if ('write' in operation) {
    const { version, write } = operation;
    const writing = (tx: Transaction) => write(tx, call, dependencies);
    work = version ? (tx) => onCondition(version, tx, { conditions, params: call.params }, () => writing(tx)) : writing;
  } else {
    // A repeat prepares nothing: it gets the stored response.
    const stored =
      idempotency && (await inTransaction(pool, (tx) => storedResponseFor(tx, idempotency, idempotency.hash)));
    if (stored !== null) return stored;
    work = await operation.prepare(dependencies, call);
  }
  if (isDryRun(call.query)) return responseOf(await limited(() => inDryRun(pool, work)));
  const response = await limited(() =>
    inTransaction(pool, (tx) => {
      if (idempotency === null) return work(tx);
      const { hash } = idempotency;
      const sent = { hash, address: redactAddress(address), now: call.by.at, withoutSecrets };
      return once(tx, idempotency, sent, () => work(tx));
    }),
  );
  const alarm = 'write' in operation ? (operation.alarm?.(response) ?? null) : null;
  if (alarm !== null) log.error({ response: response.body }, alarm);
  return response;
}

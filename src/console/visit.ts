import { createHash } from 'node:crypto';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { ApiDependencies } from '../api/dependencies.ts';
import { allowedBy } from '../domain/caller.ts';
import { coversProducts, type Scope } from '../domain/permission.ts';
import { inputFaults, InvalidRequest, notFound, type RefusalDetails } from '../domain/refused.ts';
import type { SignedIn } from '../domain/session.ts';
import type { Language } from '../domain/text.ts';
import { allow } from '../http/authentication.ts';
import { expectFactors } from '../http/factors.ts';
import { Problem, type ProblemCode } from '../http/problems.ts';
import type { ApiResponse, Command, Operation, PreparedCommand, Query, Schema } from '../http/operation.ts';
import { callOf, carryOut } from '../http/perform.ts';

/** Where the API serves each of its operations: the products that a call concerns follow from its address. */
export type AddressOf = (operation: object) => { readonly method: string; readonly url: string };

/** What an operation is asked with, as a program would send it. */
export interface Said {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** What a form sent: each field's text, or its texts where it came more than once. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A page of the console that a signed-in person has asked for, or a form that they sent (D56). */
export interface Visit {
  readonly person: SignedIn;
  readonly language: Language;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Form;
  readonly now: Temporal.Instant;
  readonly log: FastifyBaseLogger;
  /** Whether the person may do what takes this scope, for this product or for any: whether to offer it. */
  may(scope: Scope, product?: string): boolean;
  /** Asks what a program would ask of the API, with the person's scopes and products. Throws what the API refuses with. */
  ask<Answer>(operation: Query<ApiDependencies, Schema, Schema, Schema, Answer>, said?: Said): Promise<Answer>;
  /** Does what a program would do through the API, once for each form that was shown. Throws what the API refuses with. */
  perform(operation: Command<ApiDependencies> | PreparedCommand<ApiDependencies>, said?: Said): Promise<ApiResponse>;
}

/** The field of a form that makes a second click do nothing. */
export const ONCE_FIELD = 'once';
/** The field of a form that another site cannot fill in. */
export const CSRF_FIELD = 'csrf';

export function visitOf(
  request: FastifyRequest,
  person: SignedIn,
  language: Language,
  { api, addressOf }: { readonly api: ApiDependencies; readonly addressOf: AddressOf },
): Visit {
  const form = (request.body ?? {}) as Form;
  const called = async (operation: Operation<ApiDependencies>, { params = {}, query = {}, body }: Said) => {
    expectFactors(person, operation, api.clock());
    const may = allow(person, operation.scope);
    const said = {
      ...addressOf(operation),
      params: inAddress(operation.params, params),
      query: valid(operation.query, query) as Record<string, unknown>,
      body: valid(operation.body, body),
    };
    return callOf(operation, api, may, said);
  };
  return {
    person,
    language,
    params: request.params as Readonly<Record<string, string>>,
    query: singles(request.query as Form),
    form,
    now: api.clock(),
    log: request.log,
    may(scope, product) {
      const allowed = allowedBy(person, scope);
      return allowed !== null && (product === undefined || coversProducts(allowed.products, [product]));
    },
    ask: async (operation, said = {}) => operation.read(api.pool, await called(operation, said), api),
    async perform(operation, said = {}) {
      const call = await called(operation, said);
      const once = form[ONCE_FIELD];
      const hash = createHash('sha256')
        .update(JSON.stringify([operation.operationId, said.params, said.query, said.body]))
        .digest();
      const idempotency =
        typeof once === 'string' && once !== '' ? { key: `${once}/${operation.operationId}`, hash } : null;
      const { url: address, log } = request;
      const response = await carryOut(operation, api, call, { idempotency, address, conditions: {}, log });
      return expectDone(response);
    },
  };
}

/** What a visit reads with: it changes nothing. */
const READS: readonly string[] = ['may', 'ask', 'versionOf'];

/** A visit with a form that was kept, to show it and nothing else: whatever would act throws `refusal`. */
export function asItWasSent(visit: Visit, kept: Pick<Visit, 'params' | 'query' | 'form'>, refusal: Error): Visit {
  const refuse = () => Promise.reject(refusal);
  const reading = Object.entries(visit).map(([name, member]) =>
    typeof member === 'function' && !READS.includes(name) ? [name, refuse] : [name, member],
  );
  const { params, query, form } = kept;
  return { ...(Object.fromEntries(reading) as Visit), params, query, form };
}

/** A response that is no refusal. Throws the refusal that is kept for a form which is sent again. */
function expectDone(response: ApiResponse): ApiResponse {
  if (response.status < 400) return response;
  const { code, detail, ...details } = response.body as { code: ProblemCode; detail: string } & RefusalDetails;
  throw new Problem(code, detail, details);
}

/** The parameters of an address; throws `not-found` for what names nothing, like an id that is none. */
function inAddress(schema: Schema, given: Readonly<Record<string, string>>): Record<string, string> {
  const parsed = schema?.safeParse(given) ?? { success: true, data: given };
  if (!parsed.success) throw notFound('such page');
  return parsed.data as Record<string, string>;
}

/** What a schema makes of a part of what was said; throws every fault with its path, as the API does. */
function valid(schema: Schema, given: unknown): unknown {
  if (schema === undefined) return given;
  const { success, data, error } = schema.safeParse(given);
  if (!success) throw new InvalidRequest(inputFaults(error.issues));
  return data;
}

/** A query's parameters; of one that comes twice, the first. */
export function singles(query: Form): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const first = typeof value === 'string' ? value : value?.[0];
      return first === undefined ? [] : [[name, first]];
    }),
  );
}

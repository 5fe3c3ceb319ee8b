import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { ApiDependencies } from '../api/dependencies.ts';
import { allowedBy } from '../domain/caller.ts';
import { coversProducts, type Scope } from '../domain/permission.ts';
import { inputFaults, InvalidRequest, notFound, type RefusalDetails } from '../domain/refused.ts';
import type { SignedIn } from '../domain/session.ts';
import type { Language } from '../domain/text.ts';
import { allow } from '../http/authentication.ts';
import { missingFactors } from '../http/factors.ts';
import { keyIn } from '../http/idempotency.ts';
import { Problem, type ProblemCode } from '../http/problems.ts';
import type {
  ApiResponse,
  Command,
  Operation,
  PreparedCommand,
  Query,
  Schema,
  StreamedCommand,
  Version,
} from '../http/operation.ts';
import { callOf, perform } from '../http/perform.ts';
import { keepToProducts } from '../http/product-access.ts';
import { receiveOnce } from '../http/receive-once.ts';
import { withSpooledBody } from '../http/spooled-body.ts';
import { etagNow, type Conditions } from '../http/versions.ts';
import { uploadsOf, type Uploads } from './uploads.ts';

/** Where the API serves each of its operations: the products that a call concerns follow from its address. */
export type AddressOf = (operation: object) => { readonly method: string; readonly url: string };

/** What an operation is asked with, as a program would send it. */
export interface Said {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** What must hold of what is changed: the version that the form showed, so that two people do not undo each other. */
  readonly conditions?: Conditions;
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
  /** The files that came with the form, by their fields. */
  readonly uploads: Uploads;
  readonly now: Temporal.Instant;
  readonly log: FastifyBaseLogger;
  /** Whether the person may do what takes this scope, for this product or for any: whether to offer it. */
  may(scope: Scope, product?: string): boolean;
  /** Asks what a program would ask of the API, with the person's scopes and products. Throws what the API refuses with, and `FactorsNeeded`. */
  ask<Answer>(operation: Query<ApiDependencies, Schema, Schema, Schema, Answer>, said?: Said): Promise<Answer>;
  /** Does what a program would do through the API, once for each form that was shown. Throws what the API refuses with. */
  perform(operation: Command<ApiDependencies> | PreparedCommand<ApiDependencies>, said?: Said): Promise<ApiResponse>;
  /** Sends a file as a program would, once for each form that was shown. Throws what the API refuses with. */
  send(operation: StreamedCommand<ApiDependencies>, file: SentFile): Promise<ApiResponse>;
  /** The version of what an operation reads and changes, for the form that shows it; the empty text where there is nothing. */
  versionOf(operation: Operation<ApiDependencies>, params: Readonly<Record<string, string>>): Promise<string>;
}

/** A file for the API. */
export interface SentFile {
  readonly content: Buffer;
  readonly mediaType: string;
  readonly query: Readonly<Record<string, unknown>>;
}

/** The field of a form that makes a second click do nothing. */
export const ONCE_FIELD = 'once';
/** The field of a form that another site cannot fill in. */
export const CSRF_FIELD = 'csrf';

/** Thrown where an operation takes factors that are not proved. It is no refusal, so that no form shows it as a fault of its own. */
export class FactorsNeeded extends Error {
  override readonly name = 'FactorsNeeded';
}

export function visitOf(
  request: FastifyRequest,
  person: SignedIn,
  language: Language,
  { api, addressOf }: { readonly api: ApiDependencies; readonly addressOf: AddressOf },
): Visit {
  const form = (request.body ?? {}) as Form;
  const once = form[ONCE_FIELD];
  const keyFor = ({ operationId }: Operation<ApiDependencies>) =>
    typeof once === 'string' && once !== '' ? keyIn(`${once}/${operationId}`, ONCE_FIELD) : null;
  const expectFactors = (operation: Operation<ApiDependencies>) => {
    const missing = missingFactors(person, operation, api.clock());
    if (missing !== null) throw new FactorsNeeded(missing);
  };
  const called = async (operation: Operation<ApiDependencies>, { params = {}, query = {}, body }: Said) => {
    expectFactors(operation);
    const may = allow(person, operation.scope);
    const said = valid(operation, { params, query, body }, request.params as Record<string, string>);
    return callOf(operation, api, may, { ...addressOf(operation), ...said });
  };
  return {
    person,
    language,
    params: request.params as Readonly<Record<string, string>>,
    query: singles(request.query as Form),
    form,
    uploads: uploadsOf(request),
    now: api.clock(),
    log: request.log,
    may(scope, product) {
      const allowed = allowedBy(person, scope);
      return allowed !== null && (product === undefined || coversProducts(allowed.products, [product]));
    },
    ask: async (operation, said = {}) => operation.read(api.pool, await called(operation, said), api),
    async perform(operation, said = {}) {
      const call = await called(operation, said);
      const key = keyFor(operation);
      const hash = createHash('sha256')
        .update(JSON.stringify([operation.operationId, said.params, said.query, said.body]))
        .digest();
      const idempotency = key === null ? null : { key, hash };
      const { url: address, log } = request;
      const carrying = { idempotency, address, conditions: said.conditions ?? {}, log };
      return expectDone(await afterTheFirst(() => perform(operation, api, call, carrying)));
    },
    async send(operation, { content, mediaType, query }) {
      expectFactors(operation);
      const may = allow(person, operation.scope);
      const address = addressOf(operation);
      // Its lines may be of any product.
      await keepToProducts(api.pool, may.products, { ...address, params: {}, query: {}, body: null }, false);
      const said = {
        may,
        mediaType,
        query: valid({ query: operation.query }, { params: {}, query, body: undefined }, {}).query,
        key: keyFor(operation),
        address: `${request.url} ${JSON.stringify(query)}`,
      };
      return withSpooledBody(Readable.from([content]), api.maxImportBytes, (body) =>
        afterTheFirst(() => receiveOnce(operation, api, { ...said, body })),
      );
    },
    async versionOf({ version }, params) {
      return version === undefined ? '' : ((await etagNow(version as Version<unknown>, api.pool, params)) ?? '');
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

/** How often a second click looks for what came of the first, and how long it waits between: telling very many takes seconds. */
const LOOKS = 100;
const BETWEEN_LOOKS_MS = 200;

/** Does it; of a form that was sent twice, the second is answered with what comes of the first, however long that is on its way. */
async function afterTheFirst<Response>(act: () => Promise<Response>): Promise<Response> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await act();
    } catch (error) {
      const isOnItsWay = error instanceof Problem && error.code === 'request-in-progress';
      if (!isOnItsWay || looks === LOOKS) throw error;
    }
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** A response that is no refusal. Throws the refusal that is kept for a form which is sent again. */
function expectDone(response: ApiResponse): ApiResponse {
  if (response.status < 400) return response;
  const { code, detail, ...details } = response.body as { code: ProblemCode; detail: string } & RefusalDetails;
  throw new Problem(code, detail, details);
}

interface Parts<OfParams, OfQuery> {
  readonly params: OfParams;
  readonly query: OfQuery;
  readonly body: unknown;
}

/**
 * What an operation's schemas make of what was said. Throws `not-found` for what the page's own address cannot name, like an id that
 * is none; else every fault of every part with its path, so that a form shows all of them.
 */
function valid(
  operation: { readonly params?: Schema; readonly query?: Schema; readonly body?: Schema },
  said: Parts<unknown, unknown>,
  address: Readonly<Record<string, string>>,
): Parts<Record<string, string>, Record<string, unknown>> {
  const read = (['params', 'query', 'body'] as const).map((part) => {
    const schema: Schema = operation[part];
    const parsed = schema?.safeParse(said[part]);
    return { part, data: parsed === undefined ? said[part] : parsed.data, issues: parsed?.error?.issues ?? [] };
  });
  const isOfAddress = ({ path }: { readonly path: readonly PropertyKey[] }) => Object.hasOwn(address, path[0] ?? '');
  if (read[0]?.issues.some(isOfAddress)) throw notFound('such page');
  const faults = read.flatMap(({ issues }) => inputFaults(issues));
  if (faults.length > 0) throw new InvalidRequest(faults);
  return Object.fromEntries(read.map(({ part, data }) => [part, data])) as never;
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

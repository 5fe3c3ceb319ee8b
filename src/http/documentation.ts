import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { rolesWith, type Scope } from '../domain/permission.ts';
import { deprecationInWords, type Deprecation } from './deprecation.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import { MAX_ROWS } from './send-csv.ts';

/** The id in every example. */
export const EXAMPLE_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    blockers: z.array(z.looseObject({ code: z.string() })).optional(),
    deadline: z.string().nullable().optional(),
    earliest: z.string().optional(),
    rejected: z.array(z.looseObject({ line: z.number().int() })).optional(),
    etag: z.string().nullable().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `type` is a page that explains the code.' });

/** What the documentation shows of any operation. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** By status: the schema of JSON, or of each media type. */
  readonly responses: Readonly<Record<number, z.ZodType | Readonly<Record<string, z.ZodType>>>>;
  readonly refusals: readonly ProblemCode[];
  readonly deprecated?: Deprecation;
  /** Of an operation that reads: of a POST, that it takes no idempotency key. */
  readonly read?: unknown;
}

/** The body of an operation that takes none: left out, or `{}`. No flag can be sent that would skip a rule (D21). */
export const NOTHING = z.strictObject({}).nullish();

const idempotencyKey = z
  .string()
  .optional()
  .meta({
    minLength: 1,
    maxLength: 255,
    description: 'A repeat with the same key gets the first response, and does nothing.',
    examples: [EXAMPLE_ID],
  });

const condition = (description: string) =>
  z
    .string()
    .max(2_000)
    .optional()
    .meta({ description, examples: [`"${EXAMPLE_ID}"`] });

/** The headers that an operation takes. */
const headersOf = (method: string, takesKey: boolean, isVersioned: boolean) => ({
  ...(takesKey && { 'idempotency-key': idempotencyKey }),
  ...(isVersioned && {
    ...(method !== 'GET' && { 'if-match': condition('Changes only what has this ETag still.') }),
    'if-none-match': condition(
      method === 'GET'
        ? 'Answered with 304 where that is still the ETag.'
        : 'With `*` nothing that exists is replaced.',
    ),
  }),
});

const NOT_MODIFIED = z.null().meta({ description: 'It is what the `If-None-Match` names.' });

/** In words alone: of two media types generated clients make one type, so that no list would have items. */
const AS_CSV = `With \`Accept: text/csv\` the whole list comes as CSV for a spreadsheet, without \`limit\` and \`cursor\`: UTF-8 with a byte order mark, a semicolon between columns, or a comma where \`Accept-Language\` prefers English, at most ${MAX_ROWS.toLocaleString('en')} rows. A list that cannot be sent to its end breaks off.`;

/** The route schema of an operation of the API, which validates, serializes and documents. */
export function documented(
  operation: DocumentedOperation & {
    readonly method: string;
    readonly scope: Scope | null;
    readonly takesFreshFactors?: true;
    readonly version?: unknown;
    readonly isTagged?: true;
    readonly file?: string | undefined;
    readonly responses: Readonly<Record<number, z.ZodType>>;
    readonly table?: unknown;
  },
): FastifySchema {
  const {
    method,
    scope,
    params,
    query = z.strictObject({}),
    body = NOTHING,
    takesFreshFactors,
    refusals,
    version,
    isTagged = false,
    file,
    table,
    ...shown
  } = operation;
  const takesKey = method === 'POST' && operation.read === undefined;
  const isRead = method === 'GET';
  const isVersioned = version !== undefined || isTagged;
  const headers = headersOf(method, takesKey, isVersioned);
  const { 200: ok = z.string(), ...others } = shown.responses;
  const answers = file === undefined ? shown.responses : { ...others, 200: { [file]: ok } };
  return described({
    ...shown,
    description: [
      scope === null ? 'Any valid key.' : `Scope: ${scope} (role ${rolesWith(scope).join(' or ')}).`,
      ...(takesFreshFactors ? ['With a session: takes two factors of the last 15 minutes.'] : []),
      ...(takesKey ? ['Takes an `Idempotency-Key`.'] : []),
      ...(isVersioned ? ['Answers with an `ETag`.'] : []),
      ...(table ? [AS_CSV] : []),
      ...(operation.deprecated ? [deprecationInWords(operation.deprecated)] : []),
    ].join(' '),
    params,
    query,
    ...(!isRead && { body }),
    ...(Object.keys(headers).length > 0 && { headers: z.object(headers) }),
    responses: isVersioned && isRead ? { ...answers, 304: NOT_MODIFIED } : answers,
    security: [{ apiKey: [] }],
    refusals: [
      'invalid-request',
      'unauthorized',
      'forbidden',
      'factors-needed',
      ...(params ? (['not-found'] as const) : []),
      ...(isRead ? [] : (['request-timeout', 'body-too-large', 'unsupported-media-type'] as const)),
      ...(takesKey ? (['idempotency-key-reused', 'request-in-progress'] as const) : []),
      ...(isVersioned && !isRead ? (['precondition-failed'] as const) : []),
      'internal-error',
      'overloaded',
      'not-ready',
      ...refusals,
    ],
  });
}

/** The schema of a route that takes no key. It documents alone: the route validates and serializes by itself. */
export const documentedPublicly = (operation: DocumentedOperation): FastifySchema =>
  described({ ...operation, security: [] });

function described(
  operation: DocumentedOperation & {
    readonly description?: string;
    readonly headers?: z.ZodType;
    readonly security: readonly Record<string, []>[];
  },
): FastifySchema {
  const { operationId, summary, description, tag, security, params, query, body, headers } = operation;
  const codes = [...new Set(operation.refusals)];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const problems = statuses.map((status) => {
    const other = operation.responses[status];
    const content = { ...(other && contentOf(other)), 'application/problem+json': { schema: problem } };
    return [status, { description: codes.filter((code) => PROBLEMS[code].status === status).join(', '), content }];
  });
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    ...(operation.deprecated && { deprecated: true }),
    tags: [tag],
    security,
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    ...(headers && { headers }),
    response: { ...mapValues(operation.responses, responseOf), ...Object.fromEntries(problems) },
    'x-problem-codes': codes,
  } as FastifySchema;
}

type Response = DocumentedOperation['responses'][number];

const responseOf = (response: Response) =>
  response instanceof z.ZodType ? response : { content: contentOf(response), description: 'Default Response' };

const contentOf = (response: Response) =>
  mapValues(response instanceof z.ZodType ? { 'application/json': response } : response, (schema) => ({ schema }));

const mapValues = <Value, Mapped>(values: Readonly<Record<string, Value>>, map: (value: Value) => Mapped) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));

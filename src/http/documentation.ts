import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { Role } from '../db/api-keys.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';

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
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    blockers: z.array(z.looseObject({ code: z.string() })).optional(),
    deadline: z.string().nullable().optional(),
    earliest: z.string().optional(),
    etag: z.string().nullable().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `type` is a page that explains the code.' });

/** The parts of an operation that the documentation shows. */
interface DocumentedOperation {
  readonly method: string;
  readonly url: string;
  readonly summary: string;
  readonly tag: string;
  readonly role: Role;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly responses: Readonly<Record<number, z.ZodType>>;
  readonly refusals: readonly ProblemCode[];
  readonly version?: unknown;
}

const NOT_MODIFIED = z.null().meta({ description: 'It is what the `If-None-Match` names.' });

function descriptionOf({ method, role, version }: DocumentedOperation): string {
  const sentences = [
    `Role: ${role}.`,
    ...(method === 'POST' ? ['Takes an `Idempotency-Key`.'] : []),
    ...(version ? ['Answers with an `ETag`.'] : []),
    ...(version && method !== 'GET'
      ? ['With that as its `If-Match` nothing that somebody else has changed meanwhile is undone.']
      : []),
  ];
  return sentences.join(' ');
}

/** The route schema of an operation, which validates, serializes and documents. */
export function documented(operation: DocumentedOperation): FastifySchema {
  const { method, params, query = z.strictObject({}), body, version } = operation;
  const codes: ProblemCode[] = [
    'invalid-request',
    'unauthorized',
    'forbidden',
    ...(body ? (['body-too-large', 'unsupported-media-type'] as const) : []),
    ...(method === 'POST' ? (['idempotency-key-reused', 'request-in-progress'] as const) : []),
    ...(version && method !== 'GET' ? (['precondition-failed'] as const) : []),
    'internal-error',
    'overloaded',
    ...operation.refusals,
  ];
  const headers = [
    ...(method === 'POST' ? ['idempotency-key'] : []),
    ...(version && method !== 'GET' ? ['if-match'] : []),
    ...(version ? ['if-none-match'] : []),
  ];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return {
    summary: operation.summary,
    description: descriptionOf(operation),
    tags: [operation.tag],
    security: [{ apiKey: [] }],
    ...(params && { params }),
    querystring: query,
    ...(body && { body }),
    ...(headers.length > 0 && {
      headers: z.object(Object.fromEntries(headers.map((header) => [header, z.string().optional()]))),
    }),
    response: {
      ...operation.responses,
      ...(version && method === 'GET' ? { 304: NOT_MODIFIED } : {}),
      ...Object.fromEntries(
        statuses.map((status) => [
          status,
          {
            description: codes.filter((code) => PROBLEMS[code].status === status).join(', '),
            content: { 'application/problem+json': { schema: problem } },
          },
        ]),
      ),
    },
    'x-problem-codes': codes,
  } as FastifySchema;
}

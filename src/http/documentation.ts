import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RefusalDetails } from '../commands/refused.ts';
import type { Role } from '../db/api-keys.ts';
import { problemBody, PROBLEMS, type ProblemCode } from './problems.ts';

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
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `type` is a page that explains the code.' });

/** What an operation says of itself to the documentation. */
interface Operation {
  readonly method: string;
  readonly url: string;
  readonly summary: string;
  readonly tag: string;
  readonly role: Role;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  readonly answers: Readonly<Record<number, z.ZodType>>;
  readonly refusals: readonly ProblemCode[];
}

/** The route schema of an operation: validates, serializes and documents. */
export function documented(operation: Operation): FastifySchema {
  const { method, params, query, body } = operation;
  const codes: ProblemCode[] = [
    'invalid-request',
    'unauthorized',
    'forbidden',
    ...(body ? (['body-too-large', 'unsupported-media-type'] as const) : []),
    ...(method === 'POST' ? (['idempotency-key-reused', 'request-in-progress'] as const) : []),
    'internal-error',
    'overloaded',
    ...operation.refusals,
  ];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return {
    summary: operation.summary,
    description: `Role: ${operation.role}.${method === 'POST' ? ' Takes an `Idempotency-Key`.' : ''}`,
    tags: [operation.tag],
    security: [{ apiKey: [] }],
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    ...(method === 'POST' && { headers: z.object({ 'idempotency-key': z.string().optional() }) }),
    response: {
      ...operation.answers,
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

const EXAMPLE_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';

const EXAMPLE_DETAILS: Partial<Record<ProblemCode, RefusalDetails>> = {
  'invalid-request': {
    errors: [{ path: 'subProcessor.country', message: 'Expected an ISO 3166-1 alpha-2 code in capitals, like DK' }],
  },
  'planned-date-too-early': { earliest: '2026-12-04' },
  'reasons-required': { deadline: '2026-12-03T23:00:00.000Z' },
  'window-closed': { deadline: '2026-12-03T23:00:00.000Z' },
  'window-not-open': { deadline: null },
  'activation-blocked': {
    blockers: [
      { code: 'controllers-not-notified', count: 1, controllers: ['kunde-1001'] },
      { code: 'objection-windows-open', count: 2, lastDeadline: '2026-12-03T23:00:00.000Z' },
      { code: 'objections-pending', count: 1, objections: [EXAMPLE_ID] },
      { code: 'answers-unread', count: 1, answers: [EXAMPLE_ID] },
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-12-15' },
    ],
  },
};

/** zod leaves examples out where input is transformed, into days for one: ours are examples of what is sent. */
const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']> = {
  override: ({ zodSchema, jsonSchema }) => {
    const examples = z.globalRegistry.get(zodSchema)?.examples;
    if (Array.isArray(examples)) jsonSchema.examples = examples;
  },
};
const jsonSchemaTransform = createJsonSchemaTransform({ zodToJsonConfig });
const jsonSchemaTransformObject = createJsonSchemaTransformObject({ zodToJsonConfig });

type OpenApi = ReturnType<typeof jsonSchemaTransformObject>;
interface DocumentedOperation {
  'x-problem-codes'?: ProblemCode[];
  responses?: Record<string, { content?: Record<string, { examples?: unknown }> }>;
}

/** Puts an example of each problem beside the schema that all of them share. */
function withProblemExamples(document: OpenApi): OpenApi {
  const { paths = {} } = document as { paths?: Record<string, Record<string, DocumentedOperation>> };
  for (const [url, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        const content = response.content?.['application/problem+json'];
        if (!content) continue;
        const codes = (operation['x-problem-codes'] ?? []).filter((code) => String(PROBLEMS[code].status) === status);
        content.examples = Object.fromEntries(
          codes.map((code) => [
            code,
            {
              value: problemBody(
                code,
                PROBLEMS[code].explanation,
                url.replaceAll(/\{\w+\}/g, EXAMPLE_ID),
                EXAMPLE_DETAILS[code],
              ),
            },
          ]),
        );
      }
    }
  }
  return document;
}

/** The OpenAPI document: generated from the schemas that the routes validate with. */
export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Varsel',
      version: '0.1.0',
      description:
        'Notifies every controller of a planned sub-processor change, takes their objections, and guards activation. The rules (D1…) are in docs/domain.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    tags: ['Products', 'Register', 'Controllers', 'Changes', 'Objections', 'Answers', 'Keys', 'Service'].map(
      (name) => ({ name }),
    ),
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => withProblemExamples(jsonSchemaTransformObject(document)),
};

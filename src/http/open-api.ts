import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RefusalDetails } from '../domain/refused.ts';
import { EXAMPLE_ID } from './documentation.ts';
import { problemBody, PROBLEMS, type ProblemCode } from './problems.ts';

const EXAMPLE_DETAILS: Partial<Record<ProblemCode, RefusalDetails>> = {
  'invalid-request': {
    errors: [{ path: 'subProcessor.country', message: 'Expected an ISO 3166-1 alpha-2 code in capitals, like DK' }],
  },
  'precondition-failed': { etag: '"2jmj7l5rSw0yVb_vlWAYkK_YBwk"' },
  'planned-date-too-early': { earliest: '2026-12-04' },
  'reasons-required': { deadline: '2026-12-03T23:00:00.000Z' },
  'window-closed': { deadline: '2026-12-03T23:00:00.000Z' },
  'agreement-ended': { deadline: null },
  'activation-blocked': {
    blockers: [
      { code: 'controllers-not-notified', count: 1, controllers: ['kunde-1001'] },
      { code: 'contacts-untold', count: 1, controllers: ['kunde-1002'] },
      { code: 'objection-windows-open', count: 2, lastDeadline: '2026-12-03T23:00:00.000Z' },
      { code: 'objections-pending', count: 1, objections: [EXAMPLE_ID] },
      { code: 'answers-unread', count: 1, answers: [EXAMPLE_ID] },
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-12-15' },
    ],
  },
};

/** zod leaves out the examples of schemas that transform their input, like days. Ours are examples of the input, so they stay. */
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

/** Adds an example of each problem to the schema that all problems share. */
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

/** The body of one type of event, as a webhook's receiver gets it. */
export interface WebhookBody {
  readonly type: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
}

/** Adds the events: an operation of the receiver for every type (OpenAPI 3.1). */
function withWebhooks(document: OpenApi, bodies: readonly WebhookBody[]): OpenApi {
  const components = (document as { components?: { schemas?: Record<string, unknown> } }).components?.schemas ?? {};
  const schemaOf = (schema: z.ZodType) =>
    z.toJSONSchema(schema, {
      io: 'output',
      metadata: z.registry(),
      override: ({ zodSchema, jsonSchema }) => {
        const id = z.globalRegistry.get(zodSchema)?.id;
        if (id === undefined || !(id in components)) return;
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        jsonSchema.$ref = `#/components/schemas/${id}`;
      },
    });
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  });
  const webhooks = Object.fromEntries(
    bodies.map(({ type, description, schema, example }) => [
      type,
      {
        post: {
          summary: description,
          tags: ['Webhooks'],
          parameters: [
            header('webhook-id', 'The event; the same at every attempt, and in a replay.'),
            header('webhook-timestamp', 'Of this attempt, in seconds since 1970.'),
            header(
              'webhook-signature',
              'v1, and the HMAC-SHA256 of id.timestamp.body in base64; one for each valid secret.',
            ),
          ],
          requestBody: { content: { 'application/json': { schema: schemaOf(schema), example } } },
          responses: {
            '2XX': { description: 'Delivered.' },
            410: { description: 'Nothing more is wanted: the webhook is disabled.' },
            default: { description: 'Tried again for 75 hours; `Retry-After` is honoured.' },
          },
        },
      },
    ]),
  );
  return { ...document, webhooks } as OpenApi;
}

/** The OpenAPI document: generated from the schemas that the routes validate with, and the bodies of webhooks. */
export const openApi = (webhookBodies: readonly WebhookBody[]): FastifyDynamicSwaggerOptions => ({
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
    tags: [
      'Products',
      'Register',
      'Controllers',
      'Changes',
      'Objections',
      'Answers',
      'Mails',
      'Notices',
      'Events',
      'Webhooks',
      'Keys',
      'Service',
    ].map((name) => ({ name })),
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => withWebhooks(withProblemExamples(jsonSchemaTransformObject(document)), webhookBodies),
});

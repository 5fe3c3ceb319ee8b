import { z } from 'zod';
import type { Node } from './open-api-schemas.ts';

/** The body of one type of event, as a webhook's receiver gets it. */
export interface WebhookBody {
  readonly type: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});
const HEADERS = [
  header('webhook-id', 'The event; the same at every attempt, and in a replay.'),
  header('webhook-timestamp', 'Of this attempt, in seconds since 1970.'),
  header('webhook-signature', 'v1, and the HMAC-SHA256 of id.timestamp.body in base64; one for each valid secret.'),
];

/** Adds the events: an operation of the receiver for every type (OpenAPI 3.1). */
export function withWebhooks<Document extends object>(document: Document, bodies: readonly WebhookBody[]): Document {
  const components = (document as { components?: { schemas?: Node } }).components?.schemas ?? {};
  const webhooks = Object.fromEntries(
    bodies.map(({ type, description, schema, example }) => [
      type,
      {
        post: {
          operationId: `receive${pascalCase(type)}`,
          summary: description,
          tags: ['Webhooks'],
          // The signature says who sends.
          security: [],
          parameters: HEADERS,
          requestBody: { content: { 'application/json': { schema: schemaOf(schema, components), example } } },
          responses: {
            '2XX': { description: 'Delivered.' },
            410: { description: 'Nothing more is wanted: the webhook is disabled.' },
            default: { description: 'Tried again for 75 hours; `Retry-After` is honoured.' },
          },
        },
      },
    ]),
  );
  return { ...document, webhooks };
}

/** A schema in which those that are components of the document stand as references. */
function schemaOf(schema: z.ZodType, components: Node) {
  return z.toJSONSchema(schema, {
    io: 'output',
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      const id = z.globalRegistry.get(zodSchema)?.id;
      if (id === undefined || !(id in components)) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      jsonSchema.$ref = `#/components/schemas/${id}`;
    },
  });
}

const pascalCase = (type: string) => type.replaceAll(/(?:^|[.-])(\w)/g, (_, first: string) => first.toUpperCase());

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VERSION } from '../domain/version.ts';
import { documentedPublicly, NOTHING, type DocumentedOperation } from './documentation.ts';
import { withProblemExamples } from './open-api-problems.ts';
import { tidySchemas } from './open-api-schemas.ts';
import { withWebhooks, type WebhookBody } from './open-api-webhooks.ts';

const TAGS: Readonly<Record<string, string>> = {
  Products: 'What controllers have agreements for: the terms of objecting, and the minimum of the contract.',
  Register: 'The sub-processors of a product, today and on any past day. Changed by activation only.',
  Controllers: 'Customers: their contacts, and the products that they have agreements for.',
  People: 'The people of the company who sign in, their roles and their sessions.',
  Persons: 'All that is on record about one person, in one answer, and erasing it.',
  Changes: 'Planned additions and replacements: announce, follow, activate, withdraw.',
  Objections: 'What controllers object to, and how it ended.',
  Approvals: 'What controllers approve and refuse in writing, and what has become of it.',
  Proposals: 'What one person proposes, and another approves before it is done.',
  Answers: 'What controllers wrote back by mail. An unread answer blocks activation.',
  Mails: 'Every mail that came in, automatic replies and reports among them.',
  Scans: 'Scans of letters, and mails that came otherwise, each with what was recorded of it.',
  Worklist: 'What waits for the caller: the next thing to do.',
  Notices: 'Messages to contacts, with every attempt and every report.',
  Events: 'Everything that happened, in order, for readers that poll.',
  Webhooks: 'Endpoints that events are delivered to, and what is delivered (Standard Webhooks).',
  Keys: 'API keys, and the key that asks.',
  Audit: 'Every act on record: who did what to what, and when.',
  Retention: 'What of persons ends when, and what a legal hold keeps longer.',
  Checkpoints: 'What the record is sealed with, for those who want to see that it is not rewritten (D49).',
  Customers: 'What the link in a notice leads to. No key: the link is the proof.',
  'Public register': 'For everybody, without a key.',
  Service: 'For operators and their monitoring.',
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

/** What the document says beside the operations of the API. */
interface DocumentParts {
  readonly webhookBodies: readonly WebhookBody[];
  /** The operations that take no key, by method and address: `GET /healthz`. */
  readonly publicOperations: Readonly<Record<string, DocumentedOperation>>;
  /** Where the API is; asked for when a document is. */
  readonly publicUrl: () => string;
}

/** The OpenAPI document: generated from the schemas that the routes validate with, and the bodies of webhooks. */
export const openApi = ({
  webhookBodies,
  publicOperations,
  publicUrl,
}: DocumentParts): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Varsel',
      version: VERSION,
      description:
        'Notifies every controller of a planned sub-processor change, takes their objections, and guards activation. The rules (D1…) are in docs/domain.md, the conventions and what may change without notice in docs/api.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  },
  transform: ({ schema, url, route, ...rest }) => {
    const operation = publicOperations[`${String(route.method)} ${url}`];
    if (operation === undefined) return jsonSchemaTransform({ schema: withoutNothing(schema), url, route, ...rest });
    // With braces, because what stands behind a parameter without a slash (`:product.json`) is taken for its name.
    const address = url.replaceAll(/:(\w+)/g, '{$1}');
    return jsonSchemaTransform({ schema: documentedPublicly(operation), url: address, route, ...rest });
  },
  transformObject: (given) => {
    const document = withWebhooks(jsonSchemaTransformObject(given), webhookBodies);
    return { ...withProblemExamples(tidySchemas(document)), servers: [{ url: publicUrl() }] };
  },
});

/** An empty body is taken, and not asked for. */
const withoutNothing = <Schema extends { body?: unknown } | undefined>(schema: Schema): Schema =>
  schema?.body === NOTHING ? { ...schema, body: undefined } : schema;

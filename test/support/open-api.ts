import type { FastifyInstance } from 'fastify';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { buildApp } from '../../src/app.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { references } from '../../src/security/references.ts';
import { mailedCodes } from '../../src/security/mailed-codes.ts';
import { passkeyChallenges } from '../../src/security/passkey-challenges.ts';
import { mailMarks, withoutSecrets } from './mails.ts';
import { proving } from './proving.ts';
import { APP_SECRET, webhooksUnderTest } from './webhooks.ts';

export type Json = Record<string, unknown>;

export interface Media {
  readonly schema: Json;
  readonly example?: unknown;
  readonly examples?: Record<string, { value: unknown }>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: Json;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly tags: readonly string[];
  readonly security: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, Media> }>;
  readonly 'x-problem-codes'?: readonly string[];
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly webhooks: Record<string, { readonly post: Operation }>;
  readonly components: { readonly schemas: Record<string, Json>; readonly securitySchemes: Json };
}

/** The HTTP side without a database: what asks for none, like the documentation, is served. */
export function appWithoutDatabase(): Promise<FastifyInstance> {
  return buildApp({
    databaseUrl: 'postgres://nobody@127.0.0.1:9/none',
    clock: () => Temporal.Instant.from('2026-03-02T09:00:00Z'),
    links: objectionLinks(APP_SECRET),
    codes: mailedCodes(APP_SECRET),
    challenges: passkeyChallenges(APP_SECRET),
    references: references(APP_SECRET),
    withoutSecrets,
    mailMarks,
    proving,
    webhooks: webhooksUnderTest(),
    publicUrl: () => 'https://varsel.example',
    logLevel: 'silent',
  });
}

/** The OpenAPI document, as `/docs/json` has it. It is made from the routes alone. */
export async function openApiDocument(): Promise<OpenApiDocument> {
  const app = await appWithoutDatabase();
  try {
    return app.swagger() as unknown as OpenApiDocument;
  } finally {
    await app.close();
  }
}

/** One operation of the document: `POST /v1/changes`. */
export interface NamedOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation of the document. */
export function operationsOf(document: OpenApiDocument): NamedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** Every value in a document, with its path. */
export function* walk(value: unknown, at = ''): Generator<[string, unknown]> {
  yield [at, value];
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) yield* walk(child, `${at}/${key}`);
}

const COMPONENT = '#/components/schemas/';

/** The schema that a reference points to. */
export function resolved(document: OpenApiDocument, schema: Json): Json {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  return resolved(document, document.components.schemas[$ref.slice(COMPONENT.length)] ?? {});
}

/** Returns what a value lacks to fit a schema of the document; empty where it fits. Schemas are compiled once. */
export function faultsIn(document: OpenApiDocument): (schema: Json, value: unknown) => readonly ErrorObject[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'varsel');
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(schema).replaceAll(`"${COMPONENT}`, `"varsel${COMPONENT}`);
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    return validate(value) ? [] : (validate.errors ?? []);
  };
}

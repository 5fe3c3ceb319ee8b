import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ROUTES } from '../../src/app.ts';
import { EVENT_TYPES } from '../../src/domain/event.ts';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

type Json = Record<string, unknown>;
interface Media {
  readonly schema: Json;
  readonly example?: unknown;
  readonly examples?: Record<string, { value: unknown }>;
}
interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { name: string; in: string; example?: unknown; schema: Json }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, Media> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly webhooks: Record<string, { readonly post: Operation }>;
  readonly components: { readonly schemas: Record<string, Json>; readonly securitySchemes: Json };
}

let varsel: TestVarsel;
let document: Document;
let operations: { name: string; path: string; operation: Operation }[];
beforeAll(async () => {
  varsel = await startVarsel();
  document = (await varsel.customer().get('/docs/json').expect(200)).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
});
afterAll(() => varsel.close());

/** Every value in a document, with its path. */
function* walk(value: unknown, at: string): Generator<[string, unknown]> {
  yield [at, value];
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) yield* walk(child, `${at}/${key}`);
}

const COMPONENT = '#/components/schemas/';

/** The schema that a reference points to. */
function resolved(schema: Json): Json {
  const { $ref } = schema;
  return typeof $ref === 'string' ? resolved(document.components.schemas[$ref.slice(COMPONENT.length)] ?? {}) : schema;
}

/** A schema of the document as a zod schema. */
function validator(schema: Json): z.ZodType {
  const here = (part: unknown): Json => JSON.parse(JSON.stringify(part).replaceAll(COMPONENT, '#/$defs/'));
  const whole = { ...here(schema), $defs: here(document.components.schemas) };
  return z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0]);
}

/** Every example of a body: at its media type, or in the schema it names. */
function examplesOf({ schema, example, examples }: Media): unknown[] {
  if (examples !== undefined) return Object.values(examples).map(({ value }) => value);
  if (example !== undefined) return [example];
  return (resolved(schema).examples as unknown[] | undefined) ?? [];
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and says how to authenticate', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(document.components.securitySchemes).toEqual({ apiKey: { type: 'http', scheme: 'bearer' } });
    for (const { name, operation } of operations) {
      expect({ name, ...operation }).toMatchObject({ name, security: [{ apiKey: [] }], summary: expect.any(String) });
    }
  });

  test('names every call of the API, and no other', () => {
    const mounted = ROUTES.api.map(([method, url]) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(({ name }) => name).toSorted()).toEqual(mounted.toSorted());
  });

  test('leaves no reference unresolved', () => {
    let references = 0;
    for (const [at, value] of walk(document, '')) {
      const reference = (value as { $ref?: unknown } | null)?.$ref;
      if (reference === undefined) continue;
      references += 1;
      if (typeof reference !== 'string') throw new Error(`a reference that is none at ${at}`);
      const target = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, key) => (part as Json | undefined)?.[key], document);
      expect({ at, reference, target: typeof target }).toEqual({ at, reference, target: 'object' });
    }
    expect(references).toBeGreaterThan(100);
  });

  test('documents every parameter of an address', () => {
    for (const { name, path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const documented = (operation.parameters ?? []).filter((each) => each.in === 'path');
      expect({ name, parameters: documented.map((each) => each.name) }).toEqual({ name, parameters: inPath });
    }
  });

  test('documents limit and cursor of every list, and the idempotency key of every POST', () => {
    const parametersOf = (operation: Operation) =>
      (operation.parameters ?? []).map((each) => `${each.in} ${each.name}`);
    for (const { name, operation } of operations) {
      const [ok] = Object.values(operation.responses);
      const schema = resolved(ok?.content?.['application/json']?.schema ?? {});
      if ('nextCursor' in ((schema.properties as Json | undefined) ?? {}))
        expect([name, ...parametersOf(operation)]).toEqual(
          expect.arrayContaining([name, 'query limit', name === 'GET /v1/events' ? 'query after' : 'query cursor']),
        );
      if (name.startsWith('POST ')) expect([name, ...parametersOf(operation)]).toContain('header idempotency-key');
    }
  });

  test('gives every body that is sent an example that fits its schema', () => {
    const bodies = operations.flatMap(({ name, operation }) =>
      Object.values(operation.requestBody?.content ?? {}).map((media) => ({ name, media })),
    );
    expect(bodies.length).toBeGreaterThan(10);
    for (const { name, media } of bodies) expectFittingExamples(name, media);
  });

  test('tells receivers of webhooks what every type of event looks like, with an example that fits', () => {
    expect(Object.keys(document.webhooks).toSorted()).toEqual([...EVENT_TYPES, 'webhook.test'].toSorted());
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      const media = post.requestBody?.content['application/json'];
      if (media === undefined) throw new Error(`no body for ${type}`);
      expectFittingExamples(type, media);
      expect(media.example).toMatchObject({ type });
      expect(post.parameters?.map(({ name }) => name)).toEqual([
        'webhook-id',
        'webhook-timestamp',
        'webhook-signature',
      ]);
    }
  });

  test('gives every response an example that fits its schema', () => {
    let responses = 0;
    for (const { name, operation } of operations) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        if (status === '204' || status === '304') continue;
        expect([name, status, Object.keys(content).length]).toEqual([name, status, 1]);
        for (const media of Object.values(content)) {
          responses += 1;
          expectFittingExamples(`${name} ${status}`, media);
        }
      }
    }
    expect(responses).toBeGreaterThan(100);
  });

  function expectFittingExamples(name: string, media: Media) {
    const examples = examplesOf(media);
    expect({ name, hasExample: examples.length > 0 }).toEqual({ name, hasExample: true });
    for (const example of examples) {
      const { error } = validator(media.schema).safeParse(example);
      expect({ name, faults: error?.issues ?? [] }).toEqual({ name, faults: [] });
    }
  }

  test('tells an example that does not fit from one that does', () => {
    const change = validator({ $ref: `${COMPONENT}Change` });
    const [example] = examplesOf({ schema: { $ref: `${COMPONENT}Change` } }) as Json[];
    expect(change.safeParse(example).success).toBe(true);
    expect(change.safeParse({ ...example, version: 'one' }).success).toBe(false);
    expect(change.safeParse({ ...example, subProcessor: {} }).success).toBe(false);
  });

  test('gives every problem of every call an example under its code', () => {
    const seen = new Set<string>();
    for (const { name, operation } of operations) {
      for (const [status, { content, description }] of Object.entries(operation.responses)) {
        const problems = content?.['application/problem+json']?.examples;
        if (Number(status) < 400) expect([name, status, problems]).toEqual([name, status, undefined]);
        else expect(Object.keys(problems ?? {}).join(', ')).toBe(description);
        for (const [code, { value }] of Object.entries(problems ?? {})) {
          seen.add(code);
          const { title } = PROBLEMS[code as ProblemCode];
          expect(value).toMatchObject({ type: `/problems/${code}`, title, status: Number(status), code });
          expect((value as { instance: string }).instance).not.toMatch(/[{}]/);
        }
      }
    }
    // Problems of the service and of customers' links, which no call of the API has.
    const ofCustomers = [
      'withdrawal-code-wrong',
      'withdrawal-code-limit',
      'withdrawal-already-requested',
      'no-withdrawal-waiting',
    ];
    for (const code of ['not-ready', 'too-many-requests', ...ofCustomers]) seen.add(code);
    expect([...seen].toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  test('says nothing of where the code lies', () => {
    expect(JSON.stringify(document)).not.toMatch(/\/src\/|node_modules|\.ts\b/);
  });
});

describe('the page of the documentation', () => {
  test('is served with all that it needs, from here', async () => {
    const page = await varsel.customer().get('/docs').redirects(2);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^(\/docs\/|\.\/)/);
      expect([asset, (await varsel.customer().get(new URL(asset, `${varsel.url}/docs/`).pathname)).status]).toEqual([
        asset,
        200,
      ]);
    }
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  });

  test('has the document as YAML, too', async () => {
    const { status, text } = await varsel.customer().get('/docs/yaml').buffer(true);
    expect(status).toBe(200);
    expect(text).toMatch(/^openapi: 3\.1/);
  });
});

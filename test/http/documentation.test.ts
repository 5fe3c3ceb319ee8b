import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ROUTES } from '../../src/app/routes.ts';
import { PUBLIC_OPERATIONS } from '../../src/app/public-operations.ts';
import { EVENT_TYPES } from '../../src/domain/event.ts';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import {
  appWithoutDatabase,
  faultsIn,
  operationsOf,
  resolved,
  walk,
  type Json,
  type Media,
  type NamedOperation,
  type OpenApiDocument,
  type Operation,
} from '../support/open-api.ts';

/** POSTs that read. */
const READS = [
  'POST /v1/persons/export',
  ...ROUTES.api.map(([method, url]) => `${method} ${url}`).filter((each) => each.endsWith('/preview')),
].map((each) => each.replaceAll(/:(\w+)/g, '{$1}'));

let app: FastifyInstance;
let document: OpenApiDocument;
let operations: readonly NamedOperation[];
/** Those that take a key. */
let ofApi: readonly NamedOperation[];
let faultsOf: ReturnType<typeof faultsIn>;
beforeAll(async () => {
  app = await appWithoutDatabase();
  document = (await app.inject('/docs/json')).json();
  operations = operationsOf(document);
  ofApi = operations.filter(({ path }) => path.startsWith('/v1/'));
  faultsOf = faultsIn(document);
});
afterAll(() => app.close());

/** Every example of a body: at its media type, or in the schema it names. */
function examplesOf({ schema, example, examples }: Media): unknown[] {
  if (examples !== undefined) return Object.values(examples).map(({ value }) => value);
  if (example !== undefined) return [example];
  return (resolved(document, schema).examples as unknown[] | undefined) ?? [];
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and says how to authenticate', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(document.components.securitySchemes).toEqual({ apiKey: { type: 'http', scheme: 'bearer' } });
    for (const { name, path, operation } of operations) {
      const security = path.startsWith('/v1/') ? [{ apiKey: [] }] : [];
      expect({ name, ...operation }).toMatchObject({ name, security, summary: expect.any(String) });
    }
  });

  test('names every call of the API, every public one, and no other', () => {
    const mounted = [...ROUTES.api.map(([method, url]) => `${method} ${url}`), ...Object.keys(PUBLIC_OPERATIONS)];
    const named = mounted.map((each) => each.replaceAll(/:(\w+)/g, '{$1}'));
    expect(operations.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
    const unmounted = Object.keys(PUBLIC_OPERATIONS).filter((each) => {
      const [method = 'GET', url = ''] = each.split(' ');
      return !app.hasRoute({ method, url });
    });
    expect(unmounted).toEqual([]);
  });

  test('is of the version of the product, and says where that is served', () => {
    expect(document.info.version).toBe(packageJson.version);
    expect(document.servers).toEqual([{ url: 'https://varsel.example' }]);
  });

  test('explains every tag that is used', () => {
    const used = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect(document.tags.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
    for (const { description } of document.tags) expect(description).toMatch(/^.{20,}\.$/);
  });

  test('gives every operation an id of its own, which generated clients call it by', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
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
      const schema = resolved(document, ok?.content?.['application/json']?.schema ?? {});
      if ('nextCursor' in ((schema.properties as Json | undefined) ?? {}))
        expect([name, ...parametersOf(operation)]).toEqual(
          expect.arrayContaining([name, 'query limit', name === 'GET /v1/events' ? 'query after' : 'query cursor']),
        );
      // A POST that reads keeps no response.
      if (name.startsWith('POST /v1/') && !READS.includes(name))
        expect([name, ...parametersOf(operation)]).toContain('header idempotency-key');
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
        expect([name, status, Object.keys(content)]).not.toEqual([name, status, []]);
        for (const [type, media] of Object.entries(content)) {
          if (!type.includes('json')) continue;
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
      expect({ name, faults: faultsOf(media.schema, example) }).toEqual({ name, faults: [] });
    }
  }

  test('tells an example that does not fit from one that does', () => {
    const change = { $ref: '#/components/schemas/Change' };
    const [example] = examplesOf({ schema: change }) as Json[];
    expect(faultsOf(change, example)).toEqual([]);
    expect(faultsOf(change, { ...example, version: 'one' })).not.toEqual([]);
    expect(faultsOf(change, { ...example, subProcessor: {} })).not.toEqual([]);
    expect(faultsOf(change, { ...example, announcedAt: 'yesterday' })).not.toEqual([]);
  });

  describe('of what is sent', () => {
    /** Every schema of a body, and of a parameter. */
    const sent = () =>
      operations.flatMap(({ name, operation }) => [
        ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => ({ name, schema })),
        ...(operation.parameters ?? []).map(({ schema }) => ({ name, schema })),
      ]);
    /** These, and every schema in them, with what they refer to. */
    function* parts(schema: Json, seen: ReadonlySet<unknown> = new Set()): Generator<Json> {
      if (seen.has(schema.$ref)) return;
      const { $ref } = schema;
      const here = resolved(document, schema);
      yield here;
      const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = here as Record<string, object>;
      const children = [...Object.values(properties), ...(items ? [items] : []), ...[anyOf, oneOf, allOf].flat()];
      for (const child of children) yield* parts(child as Json, $ref === undefined ? seen : new Set([...seen, $ref]));
    }

    test('every text has a limit, or a form that limits it', () => {
      let texts = 0;
      for (const { name, schema } of sent()) {
        // An import is a stream: its lines are limited, and it is not.
        if (name === 'POST /v1/controllers/import') continue;
        for (const part of parts(schema)) {
          if (![part.type].flat().includes('string') || part.enum !== undefined || part.const !== undefined) continue;
          texts += 1;
          const isLimited = part.maxLength !== undefined || part.format !== undefined;
          expect({ name, part, isLimited }).toEqual({ name, part, isLimited: true });
        }
      }
      expect(texts).toBeGreaterThan(50);
    });

    test('no field is taken that is not named, and what may be left out is not required by a default', () => {
      let objects = 0;
      for (const { name, operation } of ofApi) {
        for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
          for (const part of parts(schema)) {
            expect({ name, default: part.default }).toEqual({ name, default: undefined });
            if (part.type !== 'object' || part.properties === undefined) continue;
            objects += 1;
            expect({ name, part, open: part.additionalProperties }).toEqual({ name, part, open: false });
          }
        }
      }
      expect(objects).toBeGreaterThan(20);
    });

    test('a body is asked for where there is one, and required where it cannot be left out', () => {
      const bodyOf = (id: string) =>
        operations.find(({ operation }) => operation.operationId === id)?.operation.requestBody;
      expect(bodyOf('activateChange')).toBeUndefined();
      expect(bodyOf('revokeKey')).toBeUndefined();
      expect(bodyOf('rotateWebhookSecret')?.required).toBe(false);
      expect(bodyOf('announceChange')?.required).toBe(true);
    });
  });

  test('lets responses and events have fields that come later', () => {
    const answered = operations.flatMap(({ operation }) => Object.values(operation.responses));
    const ofRequests = new Set(Object.keys(document.components.schemas).filter((name) => name.endsWith('Input')));
    const open = [answered, document.webhooks].flatMap((part) => [...walk(part)].map(([, value]) => value));
    const named = open.flatMap((value) => (value as { $ref?: string } | null)?.$ref?.split('/').pop() ?? []);
    for (const name of named) {
      expect(ofRequests).not.toContain(name);
      open.push(...[...walk(document.components.schemas[name])].map(([, value]) => value));
    }
    expect(open.filter((value) => (value as Json | null)?.additionalProperties === false)).toEqual([]);
  });

  test('gives every problem of every call an example under its code', () => {
    // No call is found yet when these are the response.
    const seen = new Set(['method-not-allowed', 'headers-too-large']);
    for (const { name, operation } of operations) {
      for (const [status, { content, description }] of Object.entries(operation.responses)) {
        const problems = content?.['application/problem+json']?.examples;
        // A page that tells why something cannot be done.
        if (problems === undefined && content?.['text/html'] !== undefined) continue;
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
    expect([...seen].toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  test('says nothing of where the code lies', () => {
    expect(JSON.stringify(document)).not.toMatch(/\/src\/|node_modules|\.ts\b/);
  });
});

describe('the page of the documentation', () => {
  test('is served with all that it needs, from here', async () => {
    const page = await app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^(\/docs\/|\.\/)/);
      const { pathname } = new URL(asset, 'https://varsel.example/docs/');
      expect([asset, (await app.inject(pathname)).statusCode]).toEqual([asset, 200]);
    }
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  });

  test('has the document as YAML, too', async () => {
    const { statusCode, body } = await app.inject('/docs/yaml');
    expect(statusCode).toBe(200);
    expect(body).toMatch(/^openapi: 3\.1/);
  });
});

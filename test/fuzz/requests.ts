import fc, { type Arbitrary } from 'fast-check';
import { operationsOf, type Json, type NamedOperation, type OpenApiDocument } from '../support/open-api.ts';
import { aKnown, isKnown, UUIDS, valuesOf, type Known } from './values.ts';

/** A request before it is known what exists. */
export interface Draft {
  readonly target: NamedOperation;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string | null;
  readonly body: unknown;
  readonly key: 'admin' | 'officer' | 'reader';
  /** What is made wrong, perhaps; `null` where the document says that it is right. */
  readonly fault: Fault | null;
}

interface Fault {
  readonly where: 'body' | 'query' | 'params' | 'key' | 'text' | 'type';
  /** Which part of it, counted round and round. */
  readonly nth: number;
  readonly junk: unknown;
}

/** A request that can be sent. */
export interface Request {
  readonly method: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const JUNK: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, '', ' ', '\u0000', '\ud800', '\u202e', 'x'.repeat(30_000), -1, 0, 1e308, 2 ** 53, true, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
  aKnown('id'),
);

/** Requests to any operation of the document, valid and nearly valid. */
export function requestsTo(document: OpenApiDocument, today: Temporal.PlainDate): Arbitrary<Draft> {
  return fc.oneof(...operationsOf(document).map((target) => draftOf(document, target, today)));
}

function draftOf(document: OpenApiDocument, target: NamedOperation, today: Temporal.PlainDate): Arbitrary<Draft> {
  const { valueOf } = valuesOf(document, today);
  const { parameters = [], requestBody } = target.operation;
  const [, , segment = ''] = target.path.split('/');
  const valuesIn = (place: string) => {
    const here = parameters.filter((each) => each.in === place);
    const values = here.map(({ name, schema }) => [name, valueIn(name, schema)]);
    const requiredKeys = here.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(Object.fromEntries(values) as Record<string, Arbitrary<unknown>>, { requiredKeys });
  };
  function valueIn(name: string, schema: Json): Arbitrary<unknown> {
    if (name === 'id') return anId(segment);
    return name === 'cursor' || name === 'after' ? aKnown(cursorsOf(target.path)) : valueOf(schema, name);
  }
  const contents = Object.entries(requestBody?.content ?? {});
  const bodies = contents.map(([type, { schema }]) =>
    fc.record({ type: fc.constant(type), body: bodyOf(type, schema) }),
  );
  const nothing = fc.constant({ type: null, body: undefined });
  return fc
    .record({
      params: valuesIn('path'),
      query: valuesIn('query'),
      sent: requestBody?.required === true ? fc.oneof(...bodies) : fc.oneof(nothing, ...bodies),
      idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c').chain((each) => fc.nat(300).map((nth) => each + nth))),
      key: fc.oneof(
        { weight: 8, arbitrary: fc.constant('admin' as const) },
        fc.constantFrom('officer' as const, 'reader' as const),
      ),
      fault: fc.option(
        fc.record({
          where: fc.constantFrom(
            'body' as const,
            'body' as const,
            'query' as const,
            'params' as const,
            'key' as const,
            'text' as const,
            'type' as const,
          ),
          nth: fc.nat(100),
          junk: JUNK,
        }),
        { freq: 1 },
      ),
    })
    .map(({ params, query, sent: { type, body }, idempotencyKey, key, fault }) => {
      const headers: Record<string, string> = {};
      if (idempotencyKey !== null && target.method === 'POST') headers['idempotency-key'] = idempotencyKey;
      return { target, params, query, headers, contentType: type, body, key, fault };
    });

  function bodyOf(type: string, schema: Json): Arbitrary<unknown> {
    if (type !== 'application/x-ndjson') return valueOf(schema, '');
    const line = valueOf({ $ref: '#/components/schemas/ControllerDetails' }, '');
    const lines = fc
      .tuple(line, aKnown('externalId'))
      .map(([details, externalId]) => ({ externalId, ...(details as object) }));
    return fc.array(lines, { maxLength: 5 });
  }
}

/** The kind of a cursor: it belongs to its list. */
export const cursorsOf = (path: string) => `cursor of ${path}`;

/** Mostly one of the thing that the address is about. */
const anId = (segment: string) =>
  fc.oneof(
    { weight: 6, arbitrary: aKnown(segment) },
    { weight: 1, arbitrary: aKnown('id') },
    { weight: 1, arbitrary: UUIDS },
  );

/** What exists, by kind. */
export type Existing = (known: Known) => unknown;

/** The request that a draft is with what exists. */
export function requestOf(draft: Draft, existing: Existing, keys: Readonly<Record<Draft['key'], string>>): Request {
  const { target, fault } = draft;
  const settle = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_key, each: unknown) => (isKnown(each) ? existing(each) : each));
  const at = (place: 'body' | 'query' | 'params', value: unknown) => {
    const settled = value === undefined ? undefined : settle(value);
    return fault?.where === place ? damaged(settled, fault.nth, settle(fault.junk)) : settled;
  };
  const params = at('params', draft.params) as Record<string, unknown>;
  const address = target.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(params[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(at('query', draft.query) ?? {})) query.append(name, textOf(value));
  const body = draft.contentType === null ? null : written(draft.contentType, at('body', draft.body));
  const headers: Record<string, string> = { ...draft.headers, accept: 'application/json' };
  if (target.path.startsWith('/v1/'))
    headers.authorization = `Bearer ${fault?.where === 'key' ? 'wrong' : keys[draft.key]}`;
  if (draft.contentType !== null)
    headers['content-type'] = fault?.where === 'type' ? 'application/xml' : draft.contentType;
  return {
    method: target.method,
    address: query.size === 0 ? address : `${address}?${query.toString()}`,
    headers,
    body: fault?.where === 'text' && body !== null ? body.slice(0, fault.nth % (body.length + 1)) : body,
  };
}

/** No longer than an address can be: the server reads no further, whatever is asked. */
const textOf = (value: unknown) =>
  (typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value ?? 'nothing')).slice(0, 1_000);

function written(contentType: string, body: unknown): string {
  if (contentType !== 'application/x-ndjson') return JSON.stringify(body) ?? 'null';
  return (Array.isArray(body) ? body : [body]).map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The value with junk in the place of its nth part, or beside it. */
function damaged(value: unknown, nth: number, junk: unknown): unknown {
  if (value === null || typeof value !== 'object') return junk;
  const entries = Object.entries(value);
  if (entries.length === 0 || nth % 4 === 3)
    return Array.isArray(value) ? [...value, junk] : { ...value, unknownField: junk };
  const index = nth % entries.length;
  const [key, child] = entries[index] ?? ['', null];
  if (nth % 7 === 6)
    return Array.isArray(value) ? value.toSpliced(index, 1) : Object.fromEntries(entries.toSpliced(index, 1));
  const changed = damaged(child, Math.floor(nth / entries.length), junk);
  return Array.isArray(value) ? value.with(index, changed) : { ...value, [key]: changed };
}

import { STATUS_CODES } from 'node:http';

/** Any object in an OpenAPI document. */
export type Node = Record<string, unknown>;
type Nodes = Record<string, Node>;

const COMPONENTS = '#/components/schemas/';
/** The type provider makes two components of every schema, and calls the one for requests so. */
const OF_REQUESTS = /Input$/;
/** Under these keys stands data, and no schema. */
const DATA = new Set(['example', 'examples', 'enum', 'const', 'default', 'x-problem-codes']);

/**
 * Makes the schemas of a document what generators of clients need. Responses may get fields that are not named yet, requests
 * may not. What a request may leave out is optional. No body is asked for where none has to be sent. Every component is used.
 */
export function tidySchemas<Document extends object>(document: Document): Document {
  const { paths, webhooks, components } = document as Record<'paths' | 'webhooks' | 'components', Node | undefined>;
  const all = { ...(components?.schemas as Nodes) };
  for (const [name, schema] of Object.entries(all)) walk(schema, OF_REQUESTS.test(name) ? asRequest : asResponse);
  walk(webhooks, asResponse);
  for (const operation of Object.values((paths ?? {}) as Record<string, Nodes>).flatMap(Object.values<Node>)) {
    for (const [status, response] of Object.entries(operation.responses as Nodes)) {
      if (response.description === 'Default Response') response.description = STATUS_CODES[status];
      walk(response, asResponse);
    }
    if (operation.requestBody !== undefined) tidyBody(operation.requestBody as Node, all);
    for (const { schema } of (operation.parameters ?? []) as Nodes[]) walk(schema, asWritten);
  }
  return withUsedComponents(document, all);
}

function walk(node: unknown, visit: (schema: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node as Node);
  for (const [key, child] of Object.entries(node)) if (!DATA.has(key)) walk(child, visit);
}

/** Leaves out what says nothing: a pattern beside a format, and the limits of all integers. */
function asWritten(schema: Node): void {
  if (typeof schema.format === 'string' && typeof schema.pattern === 'string') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** A default is told in words, because generators take a field that has one for a field that is always there. */
function asRequest(schema: Node): void {
  asWritten(schema);
  const { default: value, description } = schema;
  delete schema.default;
  if (value === undefined || value === null) return;
  schema.description = [description, `Left out: ${JSON.stringify(value)}.`].filter(Boolean).join(' ');
}

function asResponse(schema: Node): void {
  asWritten(schema);
  if (schema.additionalProperties === false) delete schema.additionalProperties;
}

/** A body that may be null may be left out. */
function tidyBody(body: Node, components: Nodes): void {
  walk(body, asRequest);
  for (const { schema } of Object.values(body.content as Record<string, { schema: Node }>)) {
    const named = typeof schema.$ref === 'string' ? components[schema.$ref.slice(COMPONENTS.length)] : undefined;
    const content = named ?? schema;
    const choices = content.anyOf as Node[] | undefined;
    const taken = choices?.filter(({ type }) => type !== 'null');
    if (taken?.length === choices?.length) continue;
    body.required = false;
    delete content.anyOf;
    Object.assign(content, taken?.length === 1 ? taken[0] : { anyOf: taken });
  }
}

/** Without the components that nothing leads to. One that only requests use loses the mark of requests. */
function withUsedComponents<Document extends object>(document: Document, all: Nodes): Document {
  const { components, ...rest } = document as { components?: Node };
  const used = new Set<string>();
  const collect = (part: unknown) =>
    walk(part, ({ $ref }) => {
      const name = typeof $ref === 'string' ? $ref.slice(COMPONENTS.length) : '';
      if (all[name] === undefined || used.has(name)) return;
      used.add(name);
      collect(all[name]);
    });
  collect(rest);
  const nameOf = (name: string) => {
    const short = name.replace(OF_REQUESTS, '');
    return used.has(short) ? name : short;
  };
  const names = [...used].toSorted();
  const schemas = Object.fromEntries(names.map((name) => [nameOf(name), all[name]]));
  const tidied = { ...rest, components: { ...components, schemas } };
  walk(tidied, (node) => {
    if (typeof node.$ref === 'string') node.$ref = COMPONENTS + nameOf(node.$ref.slice(COMPONENTS.length));
  });
  return tidied as unknown as Document;
}

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type pg from 'pg';
import { notFound, Refused } from '../domain/refused.ts';
import { wasNotServed } from '../db/postgres.ts';
import { findProduct } from '../db/products.ts';
import type { Clock } from '../domain/clock.ts';
import { dayIn } from '../domain/instant.ts';
import type { Language } from '../domain/text.ts';
import { acceptedLanguage } from '../web/accepted-language.ts';
import { sendFailure } from '../web/failure.ts';
import { chosenLanguage } from '../web/language.ts';
import { registerAsCsv } from './csv.ts';
import { InvalidDay, readDay } from './day.ts';
import { registerAsFeed } from './atom.ts';
import { registerAsJson } from './json.ts';
import { invalidDayPage, registerPage } from './page.ts';
import { readRegister, type RegisterRecord } from './record.ts';
import { PAGE_POLICY, renderPage, sendPage } from '../web/page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { HIDDEN } from '../web/hidden-route.ts';
import { registerTextsIn } from './texts.ts';

interface PublicRegisterDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

interface RegisterRequest {
  Params: { product: string };
  Querystring: { asOf?: string | string[] };
}

/** A format that the register is served in: its media type, and how it is made. */
interface Format {
  readonly type: string;
  readonly make: (record: RegisterRecord, language: Language) => string;
  /** Whether it is written in one language. */
  readonly isInLanguage: boolean;
}

const PAGE: Format = {
  type: 'text/html; charset=utf-8',
  make: (record, language) => renderPage('public-register/views/register', registerPage(record, language)),
  isInLanguage: true,
};
const JSON_FORMAT: Format = { type: 'application/json; charset=utf-8', make: registerAsJson, isInLanguage: false };
/** The formats with an address of their own, by the ending of the address. */
const FORMATS = {
  json: JSON_FORMAT,
  csv: { type: 'text/csv; charset=utf-8', make: registerAsCsv, isInLanguage: true },
  atom: { type: 'application/atom+xml; charset=utf-8', make: registerAsFeed, isInLanguage: true },
} as const satisfies Record<string, Format>;

const PRODUCT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const INVALID_DAY_STATUS = 400;

/** An address of the register, and how its handler is made. */
export type RegisterRoute = readonly [
  method: 'GET',
  url: string,
  handlerOf: (dependencies: PublicRegisterDependencies) => (request: never, reply: FastifyReply) => Promise<unknown>,
];

/**
 * Serves the public register: each product's sub-processors and changes as a page, JSON, CSV and an Atom feed, to anyone and
 * without a key. Only GET and HEAD, which read one snapshot and write nothing (D26).
 */
export async function serveRegister(
  app: FastifyInstance,
  dependencies: PublicRegisterDependencies,
  routes: readonly RegisterRoute[],
): Promise<void> {
  // No `noindex` here: customers, and the persons whose data is processed, should find the register.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', PAGE_POLICY);
  });
  app.setErrorHandler(failureHandler(dependencies));
  for (const [method, url, handlerOf] of routes)
    app.route({ method, url, ...HIDDEN, handler: handlerOf(dependencies) as RouteHandlerMethod });
}

/** `GET /register/:product`: the page, or JSON for a program. */
export function showRegister(dependencies: PublicRegisterDependencies) {
  return (request: FastifyRequest<RegisterRequest>, reply: FastifyReply) => {
    const format = prefersJson(request) ? JSON_FORMAT : PAGE;
    // Both formats need the header, because a cache goes by the last response it has seen.
    return sendRegister(dependencies, request, reply, { format, vary: ['Accept', 'Accept-Language'] });
  };
}

/** `GET /register/:product.json`, `.csv` and `.atom`: the register in this format. */
export function download(ending: keyof typeof FORMATS) {
  const format: Format = FORMATS[ending];
  const vary = format.isInLanguage ? ['Accept-Language'] : [];
  return (dependencies: PublicRegisterDependencies) =>
    (request: FastifyRequest<RegisterRequest>, reply: FastifyReply) => {
      if (ending === 'csv') reply.header('content-disposition', `attachment; filename="${request.params.product}.csv"`);
      return sendRegister(dependencies, request, reply, { format, vary });
    };
}

async function sendRegister(
  { pool, clock }: PublicRegisterDependencies,
  request: FastifyRequest<RegisterRequest>,
  reply: FastifyReply,
  { format, vary }: { format: Format; vary: readonly string[] },
): Promise<FastifyReply> {
  const { product: id } = request.params;
  const product = PRODUCT_ID.test(id) ? await findProduct(pool, id) : null;
  if (product === null) throw noSuchRegister();
  const language = languageOf(request);
  const today = dayIn(product.terms.timeZone, clock());
  try {
    const record = await readRegister(pool, product, { asOf: readDay(request.query.asOf, today), today });
    const variesBy = vary.filter((header) => header !== 'Accept-Language' || chosenLanguage(request) === null);
    if (variesBy.length > 0) reply.header('vary', variesBy.join(', '));
    if (format.isInLanguage) reply.header('content-language', language);
    return sendCacheable(request, reply, { type: format.type, content: format.make(record, language) });
  } catch (error) {
    if (!(error instanceof InvalidDay) || format !== PAGE) throw error;
    const page = invalidDayPage({ product, today }, language, error);
    return sendPage(
      reply.header('cache-control', 'no-store'),
      INVALID_DAY_STATUS,
      'public-register/views/register',
      page,
    );
  }
}

/**
 * Sends content that any cache may keep for five minutes and then has to revalidate, so that an activation and a new day are
 * visible within five minutes. A client that already has this content gets a 304.
 */
function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, content }: { type: string; content: string },
): FastifyReply {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  reply.header('cache-control', 'public, max-age=300').header('etag', etag);
  // A compressing proxy marks the tag as weak. It still identifies this content.
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return reply.code(304).send();
  return reply.type(type).send(content);
}

function languageOf(request: FastifyRequest): Language {
  return chosenLanguage(request) ?? acceptedLanguage(request.headers['accept-language']);
}

function noSuchRegister(): Refused {
  return notFound('register');
}

/** Any other address below `/register`. */
export function showNoSuchRegister() {
  return async (): Promise<never> => {
    throw noSuchRegister();
  };
}

/** Sends a failure page; programs get the problem of the app's own handler. Neither is cached. */
function failureHandler({ pool }: PublicRegisterDependencies) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.header('cache-control', 'no-store').removeHeader('content-disposition');
    const [path = ''] = request.url.split('?');
    if (prefersJson(request) || Object.keys(FORMATS).some((ending) => path.endsWith(`.${ending}`))) throw error;
    const { name, status } = failureOf(error);
    if (name === 'internal') request.log.error({ err: error }, 'the public register failed');
    const { product: id = '' } = request.params as { product?: string };
    // With no connection free, asking for one would double the wait, and the load.
    const mayAsk = name !== 'notFound' && PRODUCT_ID.test(id) && !wasNotServed(error);
    const product = mayAsk ? await findProduct(pool, id).catch(() => null) : null;
    return sendFailure(request, reply, languageOf(request), {
      status,
      words: (language) => registerTextsIn(language).failure[name],
      sender: product && { processor: product.processor.name, product: product.name },
    });
  };
}

function failureOf(error: unknown): { name: 'notFound' | 'malformed' | 'internal'; status: number } {
  if (error instanceof Refused) return { name: 'notFound', status: 404 };
  if (wasNotServed(error)) return { name: 'internal', status: 503 };
  const { statusCode = 500 } = error as { statusCode?: number };
  return statusCode < 500 ? { name: 'malformed', status: statusCode } : { name: 'internal', status: 500 };
}

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type pg from 'pg';
import { notFound, Refused } from '../domain/refused.ts';
import { findProduct } from '../db/products.ts';
import type { Clock } from '../domain/clock.ts';
import { dayIn } from '../domain/instant.ts';
import type { Language } from '../domain/text.ts';
import { acceptedLanguage } from '../web/accepted-language.ts';
import { PAGE_POLICY } from '../customer/failures.ts';
import { chosenLanguage } from '../web/language.ts';
import { registerAsCsv } from './csv.ts';
import { InvalidDay, readDay } from './day.ts';
import { registerAsFeed } from './atom.ts';
import { registerAsJson } from './json.ts';
import { failurePage, invalidDayPage, registerPage } from './page.ts';
import { readRegister, type RegisterRecord } from './record.ts';
import { prefersJson } from '../customer/submission.ts';
import { renderPage, sendPage } from '../web/views.ts';

interface PublicRegisterDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

type RegisterRequest = FastifyRequest<{
  Params: { product: string };
  Querystring: { asOf?: string | string[] };
}>;

/** A form the register comes in: what it is called, and how it is made. */
interface Form {
  readonly type: string;
  readonly make: (record: RegisterRecord, language: Language) => string;
  /** Whether it is in the words of one language. */
  readonly isInLanguage: boolean;
}

const PAGE: Form = {
  type: 'text/html; charset=utf-8',
  make: (record, language) => renderPage('public-register/views/register', registerPage(record, language)),
  isInLanguage: true,
};
const JSON_FORM: Form = { type: 'application/json; charset=utf-8', make: registerAsJson, isInLanguage: false };
/** The forms that have an address of their own, by how it ends. */
const FORMS = {
  json: JSON_FORM,
  csv: { type: 'text/csv; charset=utf-8', make: registerAsCsv, isInLanguage: true },
  atom: { type: 'application/atom+xml; charset=utf-8', make: registerAsFeed, isInLanguage: true },
} as const satisfies Record<string, Form>;

const PRODUCT_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const HIDDEN = { schema: { hide: true } };
const INVALID_DAY_STATUS = 400;

/** An address of the register, and how its handler is made. */
export type RegisterRoute = readonly [
  method: 'GET',
  url: string,
  handlerOf: (dependencies: PublicRegisterDependencies) => (request: never, reply: FastifyReply) => Promise<unknown>,
];

/**
 * Serves the public register: a page, JSON, CSV and an Atom feed of each product's sub-processors and changes, for anyone and
 * without a key. Nothing but GET and HEAD, which read one snapshot and write nothing (D26).
 */
export async function publicRegister(
  app: FastifyInstance,
  dependencies: PublicRegisterDependencies,
  routes: readonly RegisterRoute[],
): Promise<void> {
  // No `noindex` here: the list is there to be found, by customers and by those whose data it is about.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', PAGE_POLICY);
  });
  app.setErrorHandler(answerFailure);
  for (const [method, url, handlerOf] of routes) {
    app.route({ method, url, ...HIDDEN, handler: handlerOf(dependencies) as RouteHandlerMethod });
  }
}

/** The register as a page, or as JSON for a program that asks for that. */
export function showRegister(dependencies: PublicRegisterDependencies) {
  return (request: RegisterRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const form = prefersJson(request) ? JSON_FORM : PAGE;
    // Set for every form of this address, because a cache goes by the last answer it has seen.
    return answer(dependencies, request, reply, { form, vary: ['Accept', 'Accept-Language'] });
  };
}

/** The register in one form, at an address of its own. */
export function showRegisterAs(ending: keyof typeof FORMS) {
  const form: Form = FORMS[ending];
  const vary = form.isInLanguage ? ['Accept-Language'] : [];
  return (dependencies: PublicRegisterDependencies) =>
    (request: RegisterRequest, reply: FastifyReply): Promise<FastifyReply> => {
      if (ending === 'csv') reply.header('content-disposition', `attachment; filename="${request.params.product}.csv"`);
      return answer(dependencies, request, reply, { form, vary });
    };
}

/** For every other address below the register's. */
export function leadNowhere() {
  return async (): Promise<never> => {
    throw noSuchRegister();
  };
}

async function answer(
  { pool, clock }: PublicRegisterDependencies,
  request: RegisterRequest,
  reply: FastifyReply,
  { form, vary }: { form: Form; vary: readonly string[] },
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
    if (form.isInLanguage) reply.header('content-language', language);
    return sendCacheable(request, reply, { type: form.type, content: form.make(record, language) });
  } catch (error) {
    if (!(error instanceof InvalidDay) || form !== PAGE) throw error;
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
 * Sends what anyone may keep for five minutes and has to ask about after that: a change that is activated, and a new day,
 * are seen no later. Whoever has this very content already is told so and nothing more.
 */
function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, content }: { type: string; content: string },
): FastifyReply {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  reply.header('cache-control', 'public, max-age=300').header('etag', etag);
  // A proxy that compresses marks the tag as weak; it still means this content.
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

/** Answers what went wrong with a page; programs are left to the error handler of the app. Neither is kept. */
async function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').removeHeader('content-disposition');
  const [path = ''] = request.url.split('?');
  if (prefersJson(request) || Object.keys(FORMS).some((ending) => path.endsWith(`.${ending}`))) throw error;
  const language = languageOf(request);
  if (error instanceof Refused) return sendPage(reply, 404, 'web/views/message', failurePage('notFound', language));
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500) return sendPage(reply, statusCode, 'web/views/message', failurePage('malformed', language));
  request.log.error({ err: error }, 'the public register failed');
  return sendPage(reply, 500, 'web/views/message', failurePage('internal', language));
}

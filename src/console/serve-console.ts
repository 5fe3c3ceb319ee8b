import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { allowedBy } from '../domain/caller.ts';
import { areFactorsFresh, type SignedIn } from '../domain/session.ts';
import { refuseOtherSite, signedInWith } from '../http/session.ts';
import { HIDDEN } from '../web/hidden-route.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { sendFailurePage, sendNamedFailure } from './failure.ts';
import { CONSOLE_POLICY, consoleLanguage, sendShown, type Reader } from './frame.ts';
import { forgetKept, keepFormOfAnotherSession, keepLapsedForm } from './kept-forms.ts';
import type { ConsolePage } from './page.ts';
import { confirmPage, hasProof, proveAnew } from './passkeys/confirm.ts';
import type { AnswerFault } from './passkeys/texts.ts';
import { limitSignIns } from './signing-in/rate-limits.ts';
import { readUploads } from './uploads.ts';
import { CSRF_FIELD, FactorsNeeded, visitOf, type Form } from './visit.ts';

/** A page of the console by its address. */
export type ConsoleRoute = readonly [method: 'GET' | 'POST', url: string, page: ConsolePage];

/** An address of signing in, which nobody needs to be signed in for. */
export type SignInRoute = readonly [
  method: 'GET' | 'POST',
  url: string,
  handlerOf: (dependencies: ConsoleDependencies) => (request: never, reply: FastifyReply) => Promise<unknown>,
];

/**
 * Serves the console: pages for people of the company who are signed in. Who is not is sent to sign in, whatever they ask for, so
 * that the console tells nothing. GET and HEAD change nothing (D26).
 */
export async function serveConsole(
  app: FastifyInstance,
  dependencies: ConsoleDependencies,
  { pages, signIn }: { readonly pages: readonly ConsoleRoute[]; readonly signIn: readonly SignInRoute[] },
): Promise<void> {
  // Forms alone: what handlers read are texts and lists of them.
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  await app.register(multipart);
  app.addHook('onRequest', async (_request, reply) => {
    reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'same-origin')
      .header('x-robots-tag', 'noindex')
      .header('content-security-policy', CONSOLE_POLICY);
  });
  app.setErrorHandler((error, request, reply) => {
    const language = consoleLanguage(request, reply);
    return sendFailurePage(request, reply, error, { person: null, language, dependencies });
  });
  await limitSignIns(app);
  for (const [method, url, handlerOf] of signIn)
    app.route({ method, url, ...HIDDEN, handler: handlerOf(dependencies) as RouteHandlerMethod });
  for (const [method, url, page] of pages)
    app.route({ method, url, ...HIDDEN, handler: (request, reply) => showPage(request, reply, page, dependencies) });
  leadUpFromForms(app, pages);
}

/**
 * The address of a form that was refused stands in the browser, and is asked for again by who reloads the page from there or comes back
 * after signing in. Where it has no page of its own, it leads to the next one above.
 */
function leadUpFromForms(app: FastifyInstance, pages: readonly ConsoleRoute[]): void {
  const shown = new Set(pages.filter(([method]) => method === 'GET').map(([, url]) => url));
  for (const url of pages.map(([, each]) => each).filter((each) => !shown.has(each))) {
    const parts = url.split('/');
    const above = parts.findLastIndex((_, index) => shown.has(parts.slice(0, index).join('/')));
    const handler: RouteHandlerMethod = async (request, reply) =>
      reply.redirect(request.url.replace(/\?.*$/s, '').split('/').slice(0, above).join('/'), 303);
    app.route({ method: 'GET', url, ...HIDDEN, handler });
  }
}

/** Who is signed in with a request; `null` for nobody. `isUse`: whether the session is in use by it (D56). */
export function personWith(
  request: FastifyRequest,
  { api }: ConsoleDependencies,
  isUse = true,
): Promise<SignedIn | null> {
  return signedInWith(request, { pool: api.pool, now: api.clock(), publicUrl: api.publicUrl(), isUse });
}

async function showPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: ConsolePage,
  dependencies: ConsoleDependencies,
): Promise<FastifyReply> {
  const { api } = dependencies;
  const person = await personWith(request, dependencies, page.isAskedUnseen !== true);
  if (person === null) return reply.redirect(await signInAddress(request, page, dependencies), 303);
  const language = consoleLanguage(request, reply);
  const who = { person, language, dependencies };
  // Only of who is signed in: a file is held in memory.
  if (request.isMultipart()) await readUploads(request);
  try {
    if (request.method === 'POST')
      refuseOtherSite(request, ((request.body ?? {}) as Form)[CSRF_FIELD], api.publicUrl());
  } catch {
    if (page.isSentUnseen) return reply.redirect(await signInAddress(request, page, dependencies), 303);
    const kept = await keepFormOfAnotherSession(request, person.id, dependencies);
    if (kept !== null) return reply.redirect(kept, 303);
    return sendNamedFailure(request, reply, { name: 'otherSite', status: 403 }, who);
  }
  if (page.scope !== null && allowedBy(person, page.scope) === null)
    return sendNamedFailure(request, reply, { name: 'forbidden', status: 403 }, who);
  if (person.session.factorsAt === null && !page.isBeforeFactors) return reply.redirect(REGISTERING, 303);
  const askForFactors = async (fault: AnswerFault | 'asked') =>
    sendShown(request, reply, await confirmPage(who, { ...formToKeep(request), fault }), who);
  try {
    const outcome = await proveFactors(request, page, who);
    if (outcome !== null && outcome !== 'proved') return await askForFactors(outcome);
    const visitor = (outcome === 'proved' ? await personWith(request, dependencies) : null) ?? person;
    const visit = visitOf(request, visitor, language, dependencies);
    const shown = await page.show(visit, dependencies);
    if ('to' in shown || 'view' in shown) await forgetKept(visit, dependencies);
    return await sendShown(request, reply, shown, who);
  } catch (error) {
    if (error instanceof FactorsNeeded) return askForFactors('asked');
    return sendFailurePage(request, reply, error, who);
  }
}

/** Where somebody goes first who came by a link. */
const REGISTERING = '/console/passkeys/new';

/**
 * Has the person prove two factors anew, where the page takes that, or the form has come with a proof. `null` where nothing is
 * missing; `proved`; or else why the person is asked for them (D59).
 */
async function proveFactors(
  request: FastifyRequest,
  { takesFreshFactors }: ConsolePage,
  who: Reader & { readonly person: SignedIn; readonly dependencies: ConsoleDependencies },
): Promise<AnswerFault | 'asked' | 'proved' | null> {
  const { session } = who.person;
  if (session.factorsAt === null || areFactorsFresh(session, who.dependencies.api.clock())) return null;
  const form = (request.body ?? {}) as Form;
  return takesFreshFactors || hasProof(form) ? proveAnew(who, form, request.log) : null;
}

/** The form that the page which asks for two factors sends: the one that came, or else one that leads back to what was asked for. */
function formToKeep(request: FastifyRequest): { readonly action: string; readonly form: Form } {
  const { method, url: action, body } = request;
  if (method === 'POST') return { action, form: body as Form };
  return { action: '/console/confirm', form: { to: action } };
}

/** Where to sign in, and where to go then: to what was typed, which is kept, or else to what was asked for. */
async function signInAddress(
  request: FastifyRequest,
  { isSentUnseen }: ConsolePage,
  dependencies: ConsoleDependencies,
): Promise<string> {
  const kept = request.method === 'POST' && !isSentUnseen ? await keepLapsedForm(request, dependencies) : null;
  return `/console/sign-in?to=${encodeURIComponent(kept ?? request.url)}`;
}

/** Any other address of the console. */
export const noSuchPage: ConsolePage = {
  scope: null,
  show: async () => {
    throw Object.assign(new Error('no such page'), { statusCode: 404 });
  },
};

import type { FastifyReply, FastifyRequest } from 'fastify';
import { wasNotServed } from '../db/postgres.ts';
import { InvalidRequest, Refused } from '../domain/refused.ts';
import type { Language } from '../domain/text.ts';
import { sendFailure, sendFailureInBothLanguages, type Failure } from '../web/failure.ts';
import { chosenLanguage } from '../web/language.ts';
import { SCRIPTED_PAGE_POLICY } from '../web/page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { ForgottenLink, readerOf, type PageDependencies } from './customer-link.ts';
import { forgottenLinkHandler } from './forgotten-link.ts';
import { textsIn, type Texts } from './texts.ts';

type FailureName = keyof Texts['failure'];

/**
 * The error handler of customers' pages. Sends a failure page in the language that the reader chose, else in the contact's,
 * else in both, for example when the database is down. Programs get the problem of the app's own handler. Unexpected errors
 * are logged, and the page does not show their details.
 */
export function failureHandler(dependencies: PageDependencies) {
  const respondToForgotten = forgottenLinkHandler(dependencies);
  const handle = async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (error instanceof ForgottenLink) {
      return respondToForgotten(error, request, reply).catch((failed: unknown) => handle(failed, request, reply));
    }
    // An error thrown here goes on to the app's own handler.
    if (prefersJson(request)) throw error;
    const { name, status } = failureOf(error);
    if (name === 'notFound') return sendUnknownLink(reply);
    if (name === 'internal') request.log.error({ err: error }, 'a page failed');
    const { token = '' } = request.params as { token?: string };
    // With no connection free, asking for one would double the wait, and the load.
    const reader = wasNotServed(error) ? null : await readerOf(dependencies, token).catch(() => null);
    const language = chosenLanguage(request) ?? reader?.language ?? null;
    const failure: Failure = { status, words: wordsOf(name), sender: reader?.sender ?? null };
    return language === null
      ? sendFailureInBothLanguages(reply, failure)
      : sendFailure(request, reply, language, failure);
  };
  return handle;
}

/** Sends the page for an unknown link: the same to the byte, whatever is wrong with the link. */
export async function sendUnknownLink(reply: FastifyReply): Promise<FastifyReply> {
  return sendFailureInBothLanguages(setPageHeaders(reply), { status: 404, words: wordsOf('notFound'), sender: null });
}

/** Sets the headers of every response about a customer's link: no cache, no listing, no referrer, no frame, no script but ours. */
export function setPageHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', SCRIPTED_PAGE_POLICY);
}

function wordsOf(name: FailureName) {
  return (language: Language) => textsIn(language).failure[name];
}

function failureOf(error: unknown): { name: FailureName; status: number } {
  if (error instanceof Refused && error.code === 'not-found') return { name: 'notFound', status: 404 };
  if (error instanceof InvalidRequest) return { name: 'malformed', status: 400 };
  const { statusCode = wasNotServed(error) ? 503 : 500 } = error as { statusCode?: number };
  if (statusCode === 503) return { name: 'internal', status: statusCode };
  const known: Readonly<Record<number, FailureName>> = { 413: 'tooLarge', 415: 'unsupported', 429: 'tooMany' };
  const name = known[statusCode] ?? (statusCode >= 400 && statusCode < 500 ? 'malformed' : 'internal');
  return { name, status: name === 'internal' ? 500 : statusCode };
}

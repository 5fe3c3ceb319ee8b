import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../domain/refused.ts';
import { InvalidRequest } from '../domain/refused.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import { contactLanguage, type PageDependencies } from './customer-link.ts';
import { chosenLanguage } from '../web/language.ts';
import { prefersJson } from './submission.ts';
import { textsIn, type Texts } from './texts.ts';
import { sendPage, type PageFrame } from '../web/views.ts';

type Failure = keyof Texts['failure'];

/** What went wrong and what to do, in one language or in several. */
interface FailurePage extends PageFrame {
  readonly sections: readonly {
    readonly language: Language;
    readonly heading: string;
    readonly body: readonly string[];
  }[];
}

/**
 * Answers what went wrong with a page, in the contact's language where that is known and in both where it is not. Programs
 * are left to the error handler of the app. What we did not foresee is logged and not told.
 */
export function failurePages(dependencies: PageDependencies) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Thrown from here, it goes on to the app's own handler.
    if (prefersJson(request)) throw error;
    const { failure, status } = failureOf(error);
    if (failure === 'notFound') return sendUnknownLink(reply);
    if (failure === 'internal') request.log.error({ err: error }, 'a page failed');
    return sendFailure(reply, status, failure, await languagesOf(dependencies, request));
  };
}

/** Sends the page for a link that leads nowhere: the same to the byte, whatever is wrong with it. */
export async function sendUnknownLink(reply: FastifyReply): Promise<FastifyReply> {
  return sendFailure(setPageHeaders(reply), 404, 'notFound', LANGUAGES);
}

/** What a page may load and do: our own style sheet and our own forms. No script runs, and no other site shows it in a frame. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Sets what every answer about a customer's link has: it is kept nowhere, found nowhere, and runs and loads nothing. */
export function setPageHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', PAGE_POLICY);
}

async function sendFailure(
  reply: FastifyReply,
  status: number,
  failure: Failure,
  languages: readonly Language[],
): Promise<FastifyReply> {
  const sections = languages.map((language) => ({ language, ...textsIn(language).failure[failure] }));
  const page: FailurePage = {
    language: languages[0] ?? 'da',
    title: sections.map(({ heading }) => heading).join(' · '),
    isError: true,
    sender: null,
    otherLanguagePath: null,
    sections,
  };
  return sendPage(reply, status, 'web/views/message', page);
}

function failureOf(error: unknown): { failure: Failure; status: number } {
  if (error instanceof Refused && error.code === 'not-found') return { failure: 'notFound', status: 404 };
  if (error instanceof InvalidRequest) return { failure: 'malformed', status: 400 };
  const { statusCode = 500 } = error as { statusCode?: number };
  const known: Readonly<Record<number, Failure>> = { 413: 'tooLarge', 415: 'unsupported', 429: 'tooMany' };
  const failure = known[statusCode] ?? (statusCode >= 400 && statusCode < 500 ? 'malformed' : 'internal');
  return { failure, status: failure === 'internal' ? 500 : statusCode };
}

/** The reader's choice, or else the contact's language, or else both: the fault may be that the database cannot tell. */
async function languagesOf(dependencies: PageDependencies, request: FastifyRequest): Promise<readonly Language[]> {
  const chosen = chosenLanguage(request);
  if (chosen !== null) return [chosen];
  const { token } = request.params as { token?: string };
  const language = await contactLanguage(dependencies, token ?? '').catch(() => null);
  return language === null ? LANGUAGES : [language];
}

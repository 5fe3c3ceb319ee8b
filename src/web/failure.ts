import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Language } from '../domain/text.ts';
import { otherLanguagePath } from './language.ts';
import { sendPage, type PageFrame } from './page.ts';

const UNAVAILABLE = 503;
const RETRY_AFTER_SECONDS = 5;

/** What went wrong and what to do about it, in one language. Each room has its own texts. */
export interface FailureWords {
  readonly heading: string;
  readonly body: readonly string[];
}

export interface Failure {
  readonly status: number;
  readonly words: (language: Language) => FailureWords;
  /** Who the page is from; `null` if that is not known or must not be revealed. */
  readonly sender: PageFrame['sender'];
}

interface FailurePage extends PageFrame {
  readonly sections: readonly (FailureWords & { readonly language: Language })[];
}

/**
 * Sends a failure page in the reader's language, with a link to the other language. After a POST that link leads to the
 * form, because the failure page has no address of its own; browsers keep the typed text one step back.
 */
export function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  language: Language,
  failure: Failure,
): Promise<FastifyReply> {
  return send(reply, [language], otherLanguagePath(request, language), failure);
}

/**
 * Sends a failure page in Danish and English, for a reader whose language is not known. The header links to the English
 * half. Nothing on the page comes from the request, so the page is the same to the byte for every address.
 */
export function sendFailureInBothLanguages(reply: FastifyReply, failure: Failure): Promise<FastifyReply> {
  return send(reply, ['da', 'en'], '#en', failure);
}

function send(
  reply: FastifyReply,
  languages: readonly [Language, ...Language[]],
  otherLanguage: string,
  { status, words, sender }: Failure,
): Promise<FastifyReply> {
  const sections = languages.map((language) => ({ language, ...words(language) }));
  const page: FailurePage = {
    language: languages[0],
    title: sections.map(({ heading }) => heading).join(' · '),
    isError: true,
    sender,
    otherLanguagePath: otherLanguage,
    sections,
  };
  if (status === UNAVAILABLE) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  return sendPage(reply, status, 'web/views/failure', page);
}

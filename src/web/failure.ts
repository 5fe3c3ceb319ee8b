import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Language } from '../domain/text.ts';
import { otherLanguagePath } from './language.ts';
import { sendPage, type PageFrame } from './page.ts';

/** What went wrong and what to do about it, in one language. Each room brings its own. */
export interface FailureWords {
  readonly heading: string;
  readonly body: readonly string[];
}

export interface Failure {
  readonly status: number;
  readonly words: (language: Language) => FailureWords;
  /** Who the page is from; `null` where that is not known or must not be told. */
  readonly sender: PageFrame['sender'];
}

interface FailurePage extends PageFrame {
  readonly sections: readonly (FailureWords & { readonly language: Language })[];
}

/**
 * Sends a failure in the language of its reader, with a link to the other language. After a POST that link leads to the
 * form, because the failure itself has no address; browsers keep what was typed one step back.
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
 * Sends a failure in Danish and in English, for a reader whose language is not known. The header leads to the English half.
 * Nothing on the page comes from the request, so it is the same to the byte for every address.
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
  return sendPage(reply, status, 'web/views/failure', page);
}

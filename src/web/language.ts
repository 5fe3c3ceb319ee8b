import type { FastifyRequest } from 'fastify';
import { LANGUAGES, type Language } from '../domain/text.ts';

/**
 * The language of a page, and in `lang` the reader's own choice. Links carry the choice to the next page; no cookie does.
 */
export interface PageLanguage {
  readonly language: Language;
  readonly lang: Language | null;
}

/** The language that `?lang=` asks for, or `null`. */
export function chosenLanguage(request: FastifyRequest): Language | null {
  const { lang } = request.query as { lang?: unknown };
  return LANGUAGES.find((language) => language === lang) ?? null;
}

/** The language of a page: the reader's choice, else the contact's language. */
export function pageLanguage(request: FastifyRequest, contactLanguage: Language): PageLanguage {
  const lang = chosenLanguage(request);
  return { language: lang ?? contactLanguage, lang };
}

/** The address of the same page in the other language. */
export function otherLanguagePath(request: FastifyRequest, language: Language): string {
  return `${request.url.replace(/\?.*$/s, '')}?lang=${language === 'da' ? 'en' : 'da'}`;
}

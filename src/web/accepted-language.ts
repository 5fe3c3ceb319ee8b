import Negotiator from 'negotiator';
import { LANGUAGES, type Language } from '../domain/text.ts';

/**
 * The first of our languages in `Accept-Language`; Danish, the contract's language, if it names none of them. A region
 * counts as its language: `da-DK, en` asks for Danish. (Given our languages, the library would prefer the exact `en`.)
 */
export function acceptedLanguage(header: string | undefined): Language {
  const preferred = new Negotiator({ headers: { 'accept-language': header } }).languages();
  const languages = preferred.map((tag) => tag.toLowerCase().split('-')[0]);
  return languages.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'da';
}

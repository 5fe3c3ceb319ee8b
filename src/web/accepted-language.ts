import Negotiator from 'negotiator';
import { LANGUAGES, type Language } from '../domain/text.ts';

/**
 * Which of our languages a browser asks for first with `Accept-Language`; Danish, the contract's, where it asks for none.
 * A region counts as its language: `da-DK, en` asks for Danish. (Given our languages, the library would prefer the exact `en`.)
 */
export function acceptedLanguage(header: string | undefined): Language {
  const preferred = new Negotiator({ headers: { 'accept-language': header } }).languages();
  const languages = preferred.map((tag) => tag.toLowerCase().split('-')[0]);
  return languages.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'da';
}

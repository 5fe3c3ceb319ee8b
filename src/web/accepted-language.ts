import Negotiator from 'negotiator';
import { LANGUAGES, type Language } from '../domain/text.ts';

/** Which of our languages a browser asks for first with `Accept-Language`; Danish, the contract's, where it asks for none. */
export function acceptedLanguage(header: string | undefined): Language {
  const [preferred] = new Negotiator({ headers: { 'accept-language': header } }).languages([...LANGUAGES]);
  return LANGUAGES.find((language) => language === preferred) ?? 'da';
}

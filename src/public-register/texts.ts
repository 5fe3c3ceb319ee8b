import type { Language } from '../domain/text.ts';
import { danish, type RegisterTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

const TEXTS: Readonly<Record<Language, RegisterTexts>> = { da: danish, en: english };

/** The public register's own words in a language. */
export function registerTextsIn(language: Language): RegisterTexts {
  return TEXTS[language];
}

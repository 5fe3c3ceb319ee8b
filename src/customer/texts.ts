import type { Language } from '../domain/text.ts';
import { danish, type Texts } from './texts-da.ts';
import { english } from './texts-en.ts';

export type { Texts } from './texts-da.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { da: danish, en: english };

/** The pages' own words in a language. Both languages have the same keys. */
export function textsIn(language: Language): Texts {
  return TEXTS[language];
}

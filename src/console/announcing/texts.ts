import type { Language } from '../../domain/text.ts';
import { danish } from './texts-da.ts';
import { english } from './texts-en.ts';
import type { Texts } from './texts-shape.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { da: danish, en: english };

/** The words of announcing in a language. */
export function textsIn(language: Language): Texts {
  return TEXTS[language];
}

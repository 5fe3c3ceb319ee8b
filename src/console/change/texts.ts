import type { Language } from '../../domain/text.ts';
import { danish, type ChangeTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

const TEXTS: Readonly<Record<Language, ChangeTexts>> = { da: danish, en: english };

/** The words of the pages about a change in a language. */
export const changeTextsIn = (language: Language): ChangeTexts => TEXTS[language];
export type { ChangeTexts };

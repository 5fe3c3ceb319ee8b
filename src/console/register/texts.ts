import type { Language } from '../../domain/text.ts';
import { danish, type RegisterTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

const TEXTS: Readonly<Record<Language, RegisterTexts>> = { da: danish, en: english };

/** The words of the register in the console. */
export const registerWords = (language: Language): RegisterTexts => TEXTS[language];

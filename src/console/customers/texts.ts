import type { Language } from '../../domain/text.ts';
import { danish, type CustomerTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

const TEXTS: Readonly<Record<Language, CustomerTexts>> = { da: danish, en: english };

/** The words of the customers in the console. */
export const customerWords = (language: Language): CustomerTexts => TEXTS[language];

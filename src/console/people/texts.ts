import type { Language } from '../../domain/text.ts';
import { danish, type Texts } from './texts-da.ts';
import { english } from './texts-en.ts';

/** The words about people in a language. */
export const peopleTextsIn = (language: Language): Texts => (language === 'da' ? danish : english);

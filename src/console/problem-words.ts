import type { Language } from '../domain/text.ts';
import type { ProblemCode } from '../http/problems.ts';
import { danish, type ProblemTexts } from './problem-texts-da.ts';
import { english } from './problem-texts-en.ts';

const TEXTS: Readonly<Record<Language, ProblemTexts>> = { da: danish, en: english };

/** What a refusal says to a person, and what to do. A page that knows more about what was refused says that instead. */
export const problemInWords = (code: ProblemCode, language: Language): string => TEXTS[language][code];

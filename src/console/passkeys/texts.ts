import type { Language } from '../../domain/text.ts';
import { danish, type PasskeyTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

/** Why an answer with a passkey was not taken. */
export type AnswerFault = keyof PasskeyTexts['fault'];

const TEXTS: Readonly<Record<Language, PasskeyTexts>> = { da: danish, en: english };

/** The words of passkeys in a language. */
export function passkeyTextsIn(language: Language): PasskeyTexts {
  return TEXTS[language];
}

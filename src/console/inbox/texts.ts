import type { Language } from '../../domain/text.ts';
import { danish, type InboxTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

export type { InboxTexts } from './texts-da.ts';

const TEXTS: Readonly<Record<Language, InboxTexts>> = { da: danish, en: english };

/** The words of the inbox in a language. */
export const inboxTextsIn = (language: Language): InboxTexts => TEXTS[language];

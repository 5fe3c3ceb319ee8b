import type { Language } from '../domain/text.ts';

/** The words that all pages share. */
export interface FrameTexts {
  readonly skip: string;
  readonly otherLanguage: string;
  readonly errorPrefix: string;
  readonly problem: string;
}

const TEXTS: Readonly<Record<Language, FrameTexts>> = {
  da: { skip: 'Gå til indholdet', otherLanguage: 'English', errorPrefix: 'Fejl', problem: 'Der er et problem' },
  en: { skip: 'Skip to the content', otherLanguage: 'Dansk', errorPrefix: 'Error', problem: 'There is a problem' },
};

/** The words of the frame in a language. */
export function frameTextsIn(language: Language): FrameTexts {
  return TEXTS[language];
}

import { inLanguage, type Language, type Text } from '../domain/text.ts';

/** A text with its language, which may be Danish on an English page. */
export interface Passage {
  readonly text: string;
  readonly lang: Language;
}

/** The text in this language, or in Danish if it has no translation. */
export function passage(text: Text, language: Language): Passage {
  return { text: inLanguage(text, language), lang: text[language] === undefined ? 'da' : language };
}

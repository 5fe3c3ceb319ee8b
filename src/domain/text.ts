/** The languages of mails and pages. */
export const LANGUAGES = ['da', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text for customers. Danish is required, because the contract is Danish. */
export interface Text {
  readonly da: string;
  readonly en?: string | undefined;
}

/** The text in `language`, or in Danish where no translation was given. */
export function inLanguage(text: Text, language: Language): string {
  return text[language] ?? text.da;
}

/** A text with the language that it is in, which may be Danish on an English page. */
export interface Passage {
  readonly text: string;
  readonly lang: Language;
}

/** The text in `language`, or in Danish where no translation was given, with the language that it is in. */
export function passage(text: Text, language: Language): Passage {
  return { text: inLanguage(text, language), lang: text[language] === undefined ? 'da' : language };
}

/** The length of a text in code points, as the database counts. `length` would count an emoji as two. */
export function charactersIn(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

/** The text with U+FFFD for U+0000 and lone surrogates, which PostgreSQL cannot store: nothing is lost because of one. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/**
 * A name made safe for the middle of a sentence: on one line, without control characters, and without invisible characters
 * that hide text or reverse the direction of writing, which would reverse the rest of the sentence too.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();
}

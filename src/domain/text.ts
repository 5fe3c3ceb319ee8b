/** The languages customers are written to in. */
export const LANGUAGES = ['da', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text for customers. Danish is always there; the contract is Danish. */
export interface Text {
  readonly da: string;
  readonly en?: string | undefined;
}

/** The text in `language`, or in Danish where no translation was given. */
export function inLanguage(text: Text, language: Language): string {
  return text[language] ?? text.da;
}

/**
 * A name as it can stand in a sentence: on one line without control characters, and without the invisible ones that hide
 * text or turn the direction of writing, which would turn the rest of the sentence as well.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();
}

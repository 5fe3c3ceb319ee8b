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

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

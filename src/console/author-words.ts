import { authorWithoutId, SYSTEM } from '../domain/author.ts';
import type { Language } from '../domain/text.ts';

interface AuthorTexts {
  readonly key: (name: string) => string;
  readonly link: (who: string) => string;
  readonly system: string;
}

const TEXTS: Readonly<Record<Language, AuthorTexts>> = {
  da: { key: (name) => `nøglen ${name}`, link: (who) => `${who}, gennem linket`, system: 'Varsel' },
  en: { key: (name) => `the key ${name}`, link: (who) => `${who}, through the link`, system: 'Varsel' },
};

/** Whether who did something, as the API shows them, is this person, and not a key of theirs. */
export const isOfPerson = (shown: string, { id }: { readonly id: string }): boolean =>
  shown.endsWith(` (person ${id})`);

/**
 * Who did something, as the API shows them, in the words of a page and without the id of the record: "Anne Holm", "nøglen Kontrakter",
 * "Dorthe Persson (dpo@kunde.dk, gennem linket)".
 */
export function authorInWords(shown: string, language: Language): string {
  const { key, link, system } = TEXTS[language];
  if (shown === SYSTEM) return system;
  const name = authorWithoutId(shown);
  if (name !== shown) return / \(key \S+\)$/.test(shown) ? key(name) : name;
  return shown.replace(/([^(]*), through the link\)$/, (_whole, who: string) => `${link(who)})`);
}

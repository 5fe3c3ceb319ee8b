import type { Language } from '../../domain/text.ts';
import { authorInWords } from '../author-words.ts';
import { momentInWords } from '../times.ts';
import type { Fact } from './noun.ts';
import type { InboxTexts } from './texts.ts';

/** Who wrote something: name and address, as far as they are known. */
export function writerInWords(
  { name, role, email }: { readonly name: string | null; readonly role?: string | null; readonly email: string | null },
  t: InboxTexts,
): string {
  return (
    [name, role, email].filter((part) => part !== null && part !== undefined && part !== '').join(', ') || t.unnamed
  );
}

/** The beginning of a text, on one line and with whole words, for a table. */
export function beginningOf(text: string | null, length = 90): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length).replace(/\s+\S*$/, '')}…` : line;
}

/** Who decided something, when and why. */
export function decidedInWords(
  { by, at, explanation }: { readonly by: string; readonly at: string; readonly explanation: string | null },
  { t, language }: { readonly t: InboxTexts; readonly language: Language },
): Fact[] {
  const facts = [
    { name: t.facts.decidedBy, value: authorInWords(by, language) },
    { name: t.facts.decidedAt, value: momentInWords(at, language) },
    { name: t.facts.explanation, value: explanation ?? '' },
  ];
  return facts.filter(({ value }) => value !== '');
}

/** How an objection was resolved. */
export function outcomeInWords(outcome: string, t: InboxTexts): string {
  return outcome in t.resolve.options
    ? t.resolve.options[outcome as keyof typeof t.resolve.options].name
    : (t.outcomes[outcome as keyof typeof t.outcomes] ?? outcome);
}

/** Who did something, and when; nothing where nobody has. */
export const doneBy = (author: string | null, at: string | null, language: Language): string =>
  author === null ? '' : `${authorInWords(author, language)}, ${momentInWords(at, language)}`;

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

/** The beginning of a text, on one line, for a table. */
export function beginningOf(text: string | null, length = 90): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

import type { Language } from '../../domain/text.ts';
import { dateInWords } from '../../domain/wording.ts';
import type { InboxTexts } from './texts.ts';

/** The company's own time, in which the console tells it. */
const TIME_ZONE = 'Europe/Copenhagen';

/** A moment, as the API has it, to the minute and short enough for a table: "3. december 2026 kl. 14.05". */
export function momentInWords(instant: string, language: Language): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(TIME_ZONE);
  const [hour, minute] = [local.hour, local.minute].map((part) => String(part).padStart(2, '0'));
  const clock = language === 'da' ? `kl. ${hour}.${minute}` : `at ${hour}:${minute}`;
  return `${dateInWords(local.toPlainDate(), language)} ${clock}`;
}

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

/** Who did something, as the API names them, without the id that the record has: "Anne Holm". */
export function nameInWords(author: string): string {
  return author.replace(/ \((?:person|key) [0-9a-f-]{36}\)$/, '');
}

import { startOfDay } from '../domain/instant.ts';
import type { Language } from '../domain/text.ts';
import { clockInWords, instantInWords, momentInWords as inShort } from '../domain/wording.ts';

/** The company's own time, in which the console tells times where no product says another. */
export const TIME_ZONE = 'Europe/Copenhagen';

/** A moment, as the API has it, to the minute and short enough for a table: "3. december 2026 kl. 14.05"; of `null` the empty text. */
export function momentInWords(instant: string | null, language: Language): string {
  return instant === null ? '' : inShort(Temporal.Instant.from(instant), TIME_ZONE, language);
}

/** The same with its weekday and zone: "torsdag den 3. december 2026 kl. 14.05 dansk tid". */
export function fullMomentInWords(instant: string, language: Language): string {
  return instantInWords(Temporal.Instant.from(instant), TIME_ZONE, language);
}

/** The time of day: "kl. 14.05". */
export function timeInWords(instant: Temporal.Instant, language: Language): string {
  return clockInWords(instant.toZonedDateTimeISO(TIME_ZONE), language);
}

/** The beginning of a typed day, or of so many days after it, as the API takes it; what is no day is refused there. */
export function beginningOfDay(typed: string, { days = 0 }: { readonly days?: number } = {}): string {
  try {
    return startOfDay(Temporal.PlainDate.from(typed, { overflow: 'reject' }).add({ days }), TIME_ZONE).toString();
  } catch {
    return typed;
  }
}

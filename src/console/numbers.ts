import type { Language } from '../domain/text.ts';

const FORMATS: Readonly<Record<Language, Intl.NumberFormat>> = {
  da: new Intl.NumberFormat('da'),
  en: new Intl.NumberFormat('en-GB'),
};

/** A number as it is read: "100.000", "100,000". */
export const numberInWords = (value: number, language: Language) => FORMATS[language].format(value);

/** Minutes in the greatest unit of which there is a whole number: "3 days", "90 minutes". */
export function minutesInWords(minutes: number, language: Language): string {
  const [amount, unit] =
    minutes % 1_440 === 0
      ? ([minutes / 1_440, 'day'] as const)
      : minutes % 60 === 0
        ? ([minutes / 60, 'hour'] as const)
        : ([minutes, 'minute'] as const);
  return counted(amount, unit, language);
}

/** Seconds as somebody says them who waits: "about 3 minutes". */
export function durationInWords(seconds: number, language: Language): string {
  const [amount, unit] = lengthOf(seconds);
  const rounded = Math.max(1, Math.round(amount));
  return `${language === 'da' ? 'ca.' : 'about'} ${counted(rounded, unit, language)}`;
}

function counted(amount: number, unit: Unit, language: Language): string {
  const [one, more] = UNITS[language][unit];
  return `${numberInWords(amount, language)} ${amount === 1 ? one : more}`;
}

type Unit = 'second' | 'minute' | 'hour' | 'day';
const UNITS: Readonly<Record<Language, Readonly<Record<Unit, readonly [one: string, more: string]>>>> = {
  da: { second: ['sekund', 'sekunder'], minute: ['minut', 'minutter'], hour: ['time', 'timer'], day: ['dag', 'dage'] },
  en: { second: ['second', 'seconds'], minute: ['minute', 'minutes'], hour: ['hour', 'hours'], day: ['day', 'days'] },
};

/** In the greatest unit of which there are almost two, so that rounding takes little away. */
function lengthOf(seconds: number): readonly [number, Unit] {
  if (seconds < 100) return [seconds, 'second'];
  if (seconds < 100 * 60) return [seconds / 60, 'minute'];
  if (seconds < 36 * 3_600) return [seconds / 3_600, 'hour'];
  return [seconds / 86_400, 'day'];
}

import type { Language } from '../../domain/text.ts';
import type { Warning, WarningCode } from '../../domain/warning.ts';

/** What looks wrong with a customer, or a file of them, in Danish; `named` is what the warning names of others. */
const DANISH: Readonly<Partial<Record<WarningCode, (named: string) => string>>> = {
  'registration-number-doubtful': () =>
    'Registreringsnummeret ser forkert ud: et ciffer er galt, mangler eller er for meget.',
  'registration-number-shared': (others) => `Registreringsnummeret står også hos ${others}.`,
  'external-id-similar': (others) => `Kundenummeret er næsten det samme som ${others}.`,
  'line-superseded': (line) => `Række ${line} har samme kundenummer og gælder i stedet.`,
  'row-repeated': (line) => `Kontakten står allerede i række ${line}.`,
  'column-unknown': (column) =>
    `Kolonnen ${column} bliver ikke læst. Kald den metadata.${column}, hvis den skal gemmes.`,
  'encoding-mixed': () => 'Filens tegn er ikke gemt på én måde. Se navnene efter, især æ, ø og å.',
  'nothing-ended': () => 'Filen har rækker, der ikke kan gemmes, så den afslutter ingen aftaler.',
  'more-warnings': (count) => `Der er ${count} flere, som ikke er vist.`,
};

/** What the API's message names: other customers, a line, a column or a count. */
const NAMED = [
  /also that of (.*)$/s,
  /nearly that of (.*)$/s,
  /^Line (\d+) /,
  / in line (\d+) already$/,
  /^The column (.*?) is not read/s,
  /^(\d+) more /,
];

/** What the API says, as a page does: with a full stop. */
const asSentence = (message: string) => (/[.!?]$/.test(message) ? message : `${message}.`);

/** A warning about a customer, or a file of them, for who reads the page; in English in the API's own words. */
export function warningInWords({ code, message }: Warning, language: Language): string {
  const inDanish = language === 'da' ? DANISH[code] : undefined;
  if (inDanish === undefined) return asSentence(message);
  const named = NAMED.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
  return inDanish((named ?? '').replace(/ and others$/, ' og flere'));
}

import type { WindowTerms } from './objection-window.ts';
import type { Language } from './text.ts';
import { isInEea, type Location } from './transfer-basis.ts';

// Not from ICU, which changes its punctuation between releases: a deadline must read the same in a mail, on a page and in a
// test.
const WEEKDAYS = {
  da: ['mandag', 'tirsdag', 'onsdag', 'torsdag', 'fredag', 'lørdag', 'søndag'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
} as const;

const MONTHS = {
  da: 'januar februar marts april maj juni juli august september oktober november december'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
} as const;

const COUNTRY_NAMES = {
  da: new Intl.DisplayNames('da', { type: 'region' }),
  en: new Intl.DisplayNames('en-GB', { type: 'region' }),
} as const;

/** The day without its weekday: "3. december 2026", "3 December 2026". */
export function dateInWords(day: Temporal.PlainDate, language: Language): string {
  const month = MONTHS[language][day.month - 1];
  return language === 'da' ? `${day.day}. ${month} ${day.year}` : `${day.day} ${month} ${day.year}`;
}

/** A month of a year: "december 2030", "December 2030". */
export function monthInWords({ month, year }: Temporal.PlainYearMonth, language: Language): string {
  return `${MONTHS[language][month - 1]} ${year}`;
}

/** The day with its weekday: "torsdag den 3. december 2026", "Thursday 3 December 2026". */
export function dayInWords(day: Temporal.PlainDate, language: Language): string {
  const weekday = WEEKDAYS[language][day.dayOfWeek - 1];
  const date = dateInWords(day, language);
  return language === 'da' ? `${weekday} den ${date}` : `${weekday} ${date}`;
}

/**
 * Day and clock time in a time zone, to the minute: "torsdag den 3. december 2026 kl. 14.05 dansk tid". A zone other than
 * Denmark's is named in parentheses by its IANA name.
 */
export function instantInWords(instant: Temporal.Instant, timeZone: string, language: Language): string {
  const local = instant.toZonedDateTimeISO(timeZone);
  return `${dayInWords(local.toPlainDate(), language)} ${clockInWords(local, language)} ${zoneInWords(timeZone, language)}`;
}

/** The same without weekday and zone, short enough for a table: "3. december 2026 kl. 14.05". */
export function momentInWords(instant: Temporal.Instant, timeZone: string, language: Language): string {
  const local = instant.toZonedDateTimeISO(timeZone);
  return `${dateInWords(local.toPlainDate(), language)} ${clockInWords(local, language)}`;
}

/** The time of day: "kl. 14.05". */
export function clockInWords(local: Temporal.ZonedDateTime, language: Language): string {
  const [hour, minute] = [local.hour, local.minute].map((part) => String(part).padStart(2, '0'));
  return language === 'da' ? `kl. ${hour}.${minute}` : `at ${hour}:${minute}`;
}

function zoneInWords(timeZone: string, language: Language): string {
  if (timeZone !== 'Europe/Copenhagen') return `(${timeZone})`;
  return language === 'da' ? 'dansk tid' : 'Danish time';
}

// A stored deadline is exclusive (D9). Readers take "midnight" either way, so texts name the last minute before it.
function lastMinute(deadline: Temporal.Instant): Temporal.Instant {
  return deadline.subtract({ minutes: 1 });
}

/** A stored, exclusive deadline as the last minute in which an objection is in time: "… kl. 23.59 dansk tid". */
export function deadlineInWords(deadline: Temporal.Instant, timeZone: string, language: Language): string {
  return instantInWords(lastMinute(deadline), timeZone, language);
}

/** The last day on which an objection is in time, without weekday and clock time. */
export function deadlineDateInWords(deadline: Temporal.Instant, timeZone: string, language: Language): string {
  return dateInWords(lastMinute(deadline).toZonedDateTimeISO(timeZone).toPlainDate(), language);
}

/** Who reads of a case: the customer whose it is, or the company and whoever it shows it to. */
export type Reader = 'customer' | 'company';

/** How a deadline is computed (D9, D10), in whole sentences. True of a first notice and of one sent again (D8). */
export function windowRuleInWords(terms: WindowTerms, language: Language, reader: Reader = 'customer'): string {
  const days = terms.objectionWindowDays;
  if (language === 'da') {
    const rule = `Fristen er ${days} ${days === 1 ? 'dag' : 'dage'} fra den dag, ${reader === 'customer' ? 'I' : 'kunden'} først blev underrettet om ændringen. Underretningsdagen tælles ikke med, og fristen løber til udgangen af den sidste dag.`;
    return terms.rollForward
      ? `${rule} Er den sidste dag en lørdag, søndag, helligdag, grundlovsdag, juleaftensdag eller nytårsaftensdag, løber fristen til udgangen af den næste arbejdsdag.`
      : rule;
  }
  const rule = `The period is ${days} ${days === 1 ? 'day' : 'days'} from the date on which ${reader === 'customer' ? 'you were' : 'the customer was'} first notified of the change. The day of the notice is not counted, and the period runs to the end of its last day.`;
  return terms.rollForward
    ? `${rule} If the last day is a Saturday, a Sunday, a Danish public holiday, 5 June, 24 December or 31 December, it runs to the end of the next working day.`
    : rule;
}

/** Names as a series: "Danmark, Norge og Sverige". */
export function inSeries(names: readonly string[], language: Language): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${language === 'da' ? 'og' : 'and'} ${names.at(-1)}`;
}

/** A chain of companies, from the processor down: "Telenor A/S → Gintel AS → Acme A/S". */
export function chainInWords(names: readonly string[]): string {
  return names.join(' → ');
}

/** A country's name by its ISO 3166-1 alpha-2 code; the code itself where no name is known. */
export function countryName(code: string, language: Language): string {
  // `of` throws for text that does not have the form of a region code.
  return /^[A-Za-z]{2}$/.test(code) ? (COUNTRY_NAMES[language].of(code) ?? code) : code;
}

/** The transfer basis of a location (D3), in words. */
export function transferBasisInWords({ country, transferBasis }: Location, language: Language): string {
  const danish = language === 'da';
  if (transferBasis === null) {
    if (!isInEea(country)) return danish ? 'intet overførselsgrundlag oplyst' : 'no transfer basis stated';
    return danish ? 'inden for EØS, intet overførselsgrundlag nødvendigt' : 'within the EEA, no transfer basis needed';
  }
  if (transferBasis.article === '45') {
    const decision = decisionInWords(transferBasis.decision, language);
    const basis = danish
      ? `tilstrækkelighedsafgørelse efter GDPR artikel 45 (${decision})`
      : `adequacy decision under GDPR Article 45 (${decision})`;
    if (!transferBasis.certifiedAs) return basis;
    return `${basis}, ${danish ? 'certificeret som' : 'certified as'} ${transferBasis.certifiedAs}`;
  }
  if (transferBasis.instrument === 'SCC') {
    return danish
      ? 'EU-Kommissionens standardkontraktbestemmelser (GDPR artikel 46)'
      : 'the European Commission’s standard contractual clauses (GDPR Article 46)';
  }
  return danish ? 'bindende virksomhedsregler (GDPR artikel 46)' : 'binding corporate rules (GDPR Article 46)';
}

function decisionInWords(decision: string, language: Language): string {
  if (decision === 'DPF') return 'EU-US Data Privacy Framework';
  if (!/^\d{4}\/\d+$/.test(decision)) return decision;
  return language === 'da' ? `Kommissionens afgørelse ${decision}` : `Commission decision ${decision}`;
}

/**
 * Locations grouped by their transfer basis, one line for each basis, in the order given: "Tyskland, Irland: inden for
 * EØS, intet overførselsgrundlag nødvendigt".
 */
export function placesInWords(locations: readonly Location[], language: Language): string[] {
  const countries = new Map<string, Set<string>>();
  for (const location of locations) {
    const basis = transferBasisInWords(location, language);
    countries.set(basis, (countries.get(basis) ?? new Set()).add(countryName(location.country, language)));
  }
  return [...countries].map(([basis, names]) => `${[...names].join(', ')}: ${basis}`);
}

/** A location with its transfer basis: "Tyskland: inden for EØS, intet overførselsgrundlag nødvendigt". */
export function placeInWords(location: Location, language: Language): string {
  return `${countryName(location.country, language)}: ${transferBasisInWords(location, language)}`;
}

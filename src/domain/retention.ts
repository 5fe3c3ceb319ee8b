/** How long what a product's record has of persons is kept (D51). */
export interface RetentionRules {
  /** Years from the end of a case. */
  readonly caseYears: number;
  /** Days from when an automatic mail, or one of no concern, was judged. */
  readonly automaticMailDays: number;
  /** Days of what only serves operation: responses of webhooks, mails to the company, test notices. */
  readonly technicalDays: number;
  /** Days that the response to an idempotency key is kept, and a repeat gets it. */
  readonly storedResponseDays: number;
  /** Days from when an API key has ended. */
  readonly endedKeyDays: number;
}

/** Of a new product. Claims of a contract lapse after three years (forældelsesloven § 3), and one more is for those that came late. */
export const RETENTION: RetentionRules = {
  caseYears: 4,
  automaticMailDays: 90,
  technicalDays: 90,
  storedResponseDays: 7,
  endedKeyDays: 365,
};

/** What each rule may be. Test notices are shown for 30 days, so technical data is kept as long at least. */
export const RETENTION_RANGES: Readonly<Record<keyof RetentionRules, { from: number; to: number }>> = {
  caseYears: { from: 1, to: 30 },
  automaticMailDays: { from: 30, to: 3650 },
  technicalDays: { from: 30, to: 3650 },
  storedResponseDays: { from: 1, to: 90 },
  endedKeyDays: { from: 30, to: 3650 },
};

/**
 * What the record has of persons, by what ends its time:
 * - `case`: what was said and sent in a case.
 * - `register`: contact persons of sub-processors, in the register and in changes.
 * - `controller`: a customer that has left, with its contacts.
 * - `act`: what acts on record name besides, and the words of legal holds.
 * - `automatic-mail`, `technical`, `key`, `stored-response`: see `RetentionRules`.
 */
export const RETENTION_CLASSES = [
  'case',
  'register',
  'controller',
  'act',
  'automatic-mail',
  'technical',
  'key',
  'stored-response',
] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** Why a case has ended. */
export const CASE_ENDS = ['change-withdrawn', 'entry-left', 'agreement-ended'] as const;
export type CaseEnd = (typeof CASE_ENDS)[number];

/** How long what was typed into a form is kept for whoever typed it, where it could not be sent (D57). */
export const KEPT_FORM_HOURS = 24;

/** The calendar that months of the preview are of. */
const TIME_ZONE = 'Europe/Copenhagen';

/** A month from its first instant to its last, which is that of the next. */
export interface Month {
  readonly name: string;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/** A month by its name (`2030-04`); without one, the month after `now`. */
export function monthOf(name: string | undefined, now: Temporal.Instant): Month {
  const month =
    name === undefined
      ? now.toZonedDateTimeISO(TIME_ZONE).toPlainDate().toPlainYearMonth().add({ months: 1 })
      : Temporal.PlainYearMonth.from(name);
  const beginOf = (each: Temporal.PlainYearMonth) =>
    each.toPlainDate({ day: 1 }).toZonedDateTime(TIME_ZONE).toInstant();
  return { name: month.toString(), from: beginOf(month), to: beginOf(month.add({ months: 1 })) };
}

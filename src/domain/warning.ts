/** What looks wrong in something that can be done all the same: said and not refused. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

export const WARNING_CODES = [
  // Of an announcement (D34).
  'nobody-to-notify',
  'nobody-may-approve',
  'few-working-days',
  'last-day-not-working',
  'no-day-to-spare',
  'planned-date-far',
  'similar-name',
  'not-translated',
  'could-be-apart',
  'upstream-deadline-missed',
  'upstream-effective-later',
  // Of the terms of a product (D46).
  'terms-loosened',
  // Of a controller, and of a file of them (D36).
  'registration-number-doubtful',
  'registration-number-shared',
  'external-id-similar',
  'line-superseded',
  'row-repeated',
  'column-unknown',
  'encoding-mixed',
  'nothing-ended',
  'more-warnings',
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

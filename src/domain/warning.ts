/** What is done, and looks wrong: said and not refused. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

export const WARNING_CODES = [
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

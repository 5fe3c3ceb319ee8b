import { readRegistrationNumber } from './registration-number.ts';
import type { Warning } from './warning.ts';

/** What a controller is known by. */
export interface Identity {
  readonly externalId: string;
  readonly registrationNumber: string;
}

/** The external ids of controllers that may be the same customer. */
export interface NearDuplicates {
  readonly sameNumber: readonly string[];
  readonly similarId: readonly string[];
}

export const NO_DUPLICATES: NearDuplicates = { sameNumber: [], similarId: [] };

/** How many others a warning names. */
const NAMED = 3;

/** An external id in the form that is compared: `K-1` is `k-1`, and `00123` is `123`, which is what spreadsheets make of it. */
export function externalIdKey(externalId: string): string {
  return externalId
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^0+(?=\d+$)/, '');
}

/** What looks wrong with a controller. It is said, and refuses nothing (D36). */
export function warningsOf({ registrationNumber }: Identity, { sameNumber, similarId }: NearDuplicates): Warning[] {
  const { doubt } = readRegistrationNumber(registrationNumber);
  const warnings: Warning[] = [];
  if (doubt !== null) warnings.push({ code: 'registration-number-doubtful', message: doubt });
  if (sameNumber.length > 0) {
    const message = `The registration number is also that of ${named(sameNumber)}`;
    warnings.push({ code: 'registration-number-shared', message });
  }
  if (similarId.length > 0) {
    warnings.push({ code: 'external-id-similar', message: `The external id is nearly that of ${named(similarId)}` });
  }
  return warnings;
}

function named(externalIds: readonly string[]): string {
  const more = externalIds.length - NAMED;
  return `${externalIds.slice(0, NAMED).join(', ')}${more > 0 ? ' and others' : ''}`;
}

import { readRegistrationNumber } from './registration-number.ts';
import type { Location } from './transfer-basis.ts';
import type { Text } from './text.ts';

export interface ContactPerson {
  readonly name: string;
  readonly email: string;
}

/** What a controller needs to know about a sub-processor (D2, GDPR art. 28(2)). */
export interface SubProcessor {
  readonly name: string;
  /** `null` only in a register that was loaded from terms that do not state it. */
  readonly registrationNumber: string | null;
  readonly address: string;
  /** Country of the registered address, ISO 3166-1 alpha-2. Not where processing takes place (D3): see `locations`. */
  readonly country: string;
  readonly contactPerson: ContactPerson | null;
  /** The register entry that engages this company; `null` when the processor engages it. */
  readonly parentId: string | null;
  readonly processing: Text;
  readonly personalData: Text;
  readonly locations: readonly Location[];
}

/** A sub-processor in the register (B.1, C.5), as it is on a day. */
export interface RegisterEntry extends SubProcessor {
  readonly id: string;
  readonly activeFrom: Temporal.PlainDate;
  /** The first day on which the company is no longer in the register; `null` while it is in it. */
  readonly activeUntil: Temporal.PlainDate | null;
  /** Since when it is as it is here. */
  readonly factsFrom: Temporal.PlainDate;
  /** The change that made it as it is here; `null` for the first register. */
  readonly changeId: string | null;
  /** Whether it is so for some controllers only: a change of scope `each` added it, or amended or ended it for others (D43). */
  readonly forSome: boolean;
}

/** The facts of an entry as they are in the register now. An entry may have several versions (D43). */
export type EntryNow = SubProcessor & { readonly id: string };

/** One version of an entry. It holds for who is in a wave of every change of `validFor`, and of none of `endedFor` (D43). */
export interface RegisterVersion extends RegisterEntry {
  readonly versionId: string;
  readonly validFor: readonly string[];
  readonly endedFor: readonly string[];
}

/** A name in the form that is compared: Unicode NFKC, lower case, white space collapsed, no invisible characters. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();
}

/** A company's registration number in the form that is compared, with its country; `null` when there is none (D36). */
export function registrationKey({
  registrationNumber,
  country,
}: Pick<SubProcessor, 'registrationNumber' | 'country'>): string | null {
  return registrationNumber === null ? null : readRegistrationNumber(registrationNumber, country).key;
}

type Company = Pick<SubProcessor, 'name' | 'registrationNumber' | 'country'>;

/**
 * Whether two descriptions are of the same company: the same registration number in the same country, or the same name.
 * Either is enough, because listing a company twice is worse than asking an officer to give two companies distinct names.
 */
export function isSameCompany(a: Company, b: Company): boolean {
  const registration = registrationKey(a);
  return (registration !== null && registration === registrationKey(b)) || nameKey(a.name) === nameKey(b.name);
}

import { adequacyDecision, isInEea, refuseTransferBasis, type TransferBasis } from '../../domain/transfer-basis.ts';
import type { Location } from '../../domain/transfer-basis.ts';
import { COUNTRIES } from '../../domain/country.ts';
import { countryName } from '../../domain/wording.ts';
import type { Language } from '../../domain/text.ts';
import { typedIn, type Fields } from './fields.ts';

/** What can be chosen as a basis: nothing, an adequacy decision, standard clauses, or binding rules. */
export const BASES = ['', '45', 'SCC', 'BCR'] as const;
export type BasisChoice = (typeof BASES)[number];

/** So many places can be typed. */
const MOST_ROWS = 50;

/** What a transfer to a country can rest on (D3): nothing is needed, an adequacy decision, its companies that are certified, or clauses. */
export type Need = 'none' | 'certified' | 'decision' | 'clauses';

/** What a place in this country needs. */
export function needOf(country: string): Need {
  if (isInEea(country)) return 'none';
  if (country === 'US') return 'certified';
  return adequacyDecision(country) === null ? 'clauses' : 'decision';
}

/** A group of countries that need the same, by their names in a language. */
export interface CountryGroup {
  readonly need: Need;
  readonly countries: readonly { readonly code: string; readonly name: string }[];
}

/** Every country, by what a place in it needs. */
export function countryGroups(language: Language): CountryGroup[] {
  const collator = new Intl.Collator(language);
  const all = COUNTRIES.map((code) => ({ code, name: countryName(code, language) })).toSorted((a, b) =>
    collator.compare(a.name, b.name),
  );
  const needs = ['none', 'certified', 'decision', 'clauses'] as const;
  return needs.map((need) => ({ need, countries: all.filter(({ code }) => needOf(code) === need) }));
}

/** The numbers of the rows of places in which something is typed, in order. */
export function rowsTyped(fields: Fields): number[] {
  const numbers = Object.keys(fields).flatMap((name) => {
    const row = /^places\.(\d+)\.(?:country|basis|certifiedAs)$/.exec(name)?.[1];
    return row === undefined || typedIn(fields, name) === '' ? [] : [Number(row)];
  });
  return [...new Set(numbers)].toSorted((a, b) => a - b);
}

/** The rows that a form shows: those that are typed, and `more` that are empty; one at least. */
export function rowsShown(fields: Fields, more: number): number[] {
  const typed = rowsTyped(fields);
  const next = (typed.at(-1) ?? -1) + 1;
  const count = Math.min(Math.max(more, typed.length === 0 ? 1 : 0), MOST_ROWS - next);
  return [...typed, ...Array.from({ length: Math.max(count, 0) }, (_, index) => next + index)];
}

/** The place that a row of places says. */
export function locationOf(fields: Fields, row: number): Location {
  const country = typedIn(fields, `places.${row}.country`);
  const chosen = {
    basis: typedIn(fields, `places.${row}.basis`),
    decision: typedIn(fields, `places.${row}.decision`),
    certifiedAs: typedIn(fields, `places.${row}.certifiedAs`),
  };
  return { country, transferBasis: basisOf(country, chosen) };
}

/**
 * The basis that is chosen for a country. Nobody has to know the number of an adequacy decision; one that is written out in the
 * register stays as it is there, where it is the country's. A country without any gets a decision that is then refused.
 */
export function basisOf(
  country: string,
  { basis, decision = '', certifiedAs }: { basis: string; decision?: string; certifiedAs: string },
): TransferBasis | null {
  if (basis === 'SCC' || basis === 'BCR') return { article: '46', instrument: basis };
  if (basis !== '45') return null;
  if (country === 'US') return { article: '45', decision: 'DPF', ...(certifiedAs !== '' && { certifiedAs }) };
  const asInRegister = { article: '45', decision } as const;
  if (decision !== '' && refuseTransferBasis({ country, transferBasis: asInRegister }) === null) return asInRegister;
  return { article: '45', decision: adequacyDecision(country) ?? country };
}

/** The fields of the places of a company, as its register entry has them. */
export function fieldsOfPlaces(locations: readonly Location[]): Fields {
  return Object.fromEntries(
    locations.flatMap(({ country, transferBasis }, row): [string, string][] => [
      [`places.${row}.country`, country],
      ...fieldsOfBasis(transferBasis).map(([name, value]): [string, string] => [`places.${row}.${name}`, value]),
    ]),
  );
}

/** What is chosen and typed of a basis, by the names that fields of it end in. */
export function fieldsOfBasis(basis: TransferBasis | null): [string, string][] {
  if (basis === null) return [];
  if (basis.article === '46') return [['basis', basis.instrument]];
  const { decision, certifiedAs } = basis;
  return [
    ['basis', '45'],
    ['decision', decision],
    ...(certifiedAs === undefined ? [] : [['certifiedAs', certifiedAs] as [string, string]]),
  ];
}

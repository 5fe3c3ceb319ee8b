import type { SubProcessor } from './register.ts';
import { oneLine, type Text } from './text.ts';
import type { Location } from './transfer-basis.ts';

/** The fields in which two companies are compared (D2), in the order that they are shown in. */
export const COMPARED_FIELDS = [
  'name',
  'registrationNumber',
  'address',
  'country',
  'contactPerson',
  'chain',
  'processing',
  'personalData',
  'places',
] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/** A company with the names of the companies above it in the chain: from the processor down to its parent. */
export interface CompanyInChain {
  readonly company: SubProcessor;
  readonly chain: readonly string[];
}

/**
 * The fields in which two companies differ as shown to a reader: names and addresses on one line. Texts are compared in
 * Danish only, so that a translation missing on one side is no difference. Chains are compared without the companies
 * themselves: with them, two chains would always differ.
 */
export function differencesBetween(one: CompanyInChain, other: CompanyInChain): ComparedField[] {
  const [a, b] = [comparable(one), comparable(other)];
  return COMPARED_FIELDS.filter((field) => a[field] !== b[field]);
}

function comparable({ company, chain }: CompanyInChain): Record<ComparedField, string | null> {
  const { registrationNumber, contactPerson } = company;
  const danish = ({ da }: Text) => da;
  return {
    name: oneLine(company.name),
    registrationNumber: registrationNumber === null ? null : oneLine(registrationNumber),
    address: oneLine(company.address),
    country: company.country,
    contactPerson: contactPerson === null ? null : JSON.stringify([oneLine(contactPerson.name), contactPerson.email]),
    chain: JSON.stringify(chain.map(oneLine)),
    processing: danish(company.processing),
    personalData: danish(company.personalData),
    places: JSON.stringify(company.locations.map(comparableLocation)),
  };
}

function comparableLocation({ country, transferBasis: basis }: Location): readonly (string | undefined)[] {
  if (basis === null) return [country];
  return basis.article === '45'
    ? [country, basis.article, basis.decision, basis.certifiedAs]
    : [country, basis.article, basis.instrument];
}

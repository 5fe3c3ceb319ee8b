import type { SubProcessor } from './register.ts';
import { oneLine, type Text } from './text.ts';
import type { Location } from './transfer-basis.ts';

/** What a controller compares two companies by (D2), in the order in which it is shown. */
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

/** A company with the names above it: from the processor down to its parent. */
export interface CompanyInChain {
  readonly company: SubProcessor;
  readonly chain: readonly string[];
}

/**
 * In which fields two companies differ, as a reader would see it: names and addresses on one line, and texts by their
 * Danish, so that a translation that is missing on one side makes no difference. The chain is what is above a company:
 * with the company itself, two chains would always differ.
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

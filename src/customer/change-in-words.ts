import type { Change } from '../domain/change.ts';
import { differencesBetween, type ComparedField, type CompanyInChain } from '../domain/comparison.ts';
import { companiesOf, type Effect } from '../domain/effect.ts';
import type { ContactPerson } from '../domain/register.ts';
import { oneLine, passage, type Language, type Passage } from '../domain/text.ts';
import { countryName, dayInWords, transferBasisInWords } from '../domain/wording.ts';

/** A sub-processor in the words of a page: all that a controller needs for its decision (D2). */
export interface CompanyInWords {
  readonly name: string;
  readonly registrationNumber: string | null;
  readonly address: string;
  readonly country: string;
  readonly contactPerson: ContactPerson | null;
  /** The names in the chain, from the processor down to this company. */
  readonly chain: readonly string[];
  readonly processing: Passage;
  readonly personalData: Passage;
  readonly places: readonly { readonly country: string; readonly basis: string }[];
}

/** A change in the words of a page, in one language. */
export interface ChangeInWords {
  readonly kind: Change['kind'];
  readonly product: string;
  readonly processor: string;
  readonly objectionAddress: Change['objectionAddress'];
  readonly reason: Passage;
  readonly planned: string;
  /** The names of the companies that the change is about. */
  readonly names: string;
  readonly comparisons: readonly ComparisonInWords[];
}

/** What becomes of one company: as it is today, or what it replaces, beside what it shall be. */
export interface ComparisonInWords {
  readonly act: Effect['act'];
  readonly current: CompanyInWords | null;
  readonly planned: CompanyInWords | null;
  /** The fields in which they differ; none where there is only one. */
  readonly differences: readonly ComparedField[];
}

/** The change in words, as it was announced. */
export function describeChange(change: Change, language: Language): ChangeInWords {
  const inWords = ({ company: subProcessor, chain }: CompanyInChain): CompanyInWords => ({
    name: oneLine(subProcessor.name),
    registrationNumber: subProcessor.registrationNumber && oneLine(subProcessor.registrationNumber),
    address: oneLine(subProcessor.address),
    country: countryName(subProcessor.country, language),
    contactPerson: subProcessor.contactPerson && {
      ...subProcessor.contactPerson,
      name: oneLine(subProcessor.contactPerson.name),
    },
    chain: [...chain, subProcessor.name].map(oneLine),
    processing: passage(subProcessor.processing, language),
    personalData: passage(subProcessor.personalData, language),
    places: subProcessor.locations.map((location) => ({
      country: countryName(location.country, language),
      basis: transferBasisInWords(location, language),
    })),
  });
  return {
    kind: change.kind,
    product: change.productName,
    processor: change.processor.name,
    objectionAddress: change.objectionAddress,
    reason: passage(change.reason, language),
    planned: dayInWords(change.plannedActivationOn, language),
    names: companiesOf(change).map(oneLine).join(', '),
    comparisons: change.effects.map(({ act, from, to }) => ({
      act,
      current: from && inWords(from),
      planned: to && inWords(to),
      differences: from && to ? differencesBetween(to, from) : [],
    })),
  };
}

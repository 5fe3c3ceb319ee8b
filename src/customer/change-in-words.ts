import { registerContextOf } from '../db/register.ts';
import type { Queryable } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { differencesBetween, type ComparedField, type CompanyInChain } from '../domain/comparison.ts';
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
  readonly company: CompanyInWords;
  readonly replaced: CompanyInWords | null;
  /** The fields in which the planned sub-processor differs from the one that it replaces. */
  readonly differences: readonly ComparedField[];
}

/** The change in words. Reads the replaced entry and the chains from the register. */
export async function describeChange(db: Queryable, change: Change, language: Language): Promise<ChangeInWords> {
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
  const context = await registerContextOf(db, change);
  const planned = { company: change.subProcessor, chain: context.chain };
  const replaced = context.replaced && { company: context.replaced, chain: context.replacedChain };
  return {
    kind: change.kind,
    product: change.productName,
    processor: change.processor.name,
    objectionAddress: change.objectionAddress,
    reason: passage(change.reason, language),
    planned: dayInWords(change.plannedActivationOn, language),
    company: inWords(planned),
    replaced: replaced && inWords(replaced),
    differences: replaced ? differencesBetween(planned, replaced) : [],
  };
}

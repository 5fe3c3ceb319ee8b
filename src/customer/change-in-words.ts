import { isDeepStrictEqual } from 'node:util';
import { findEntries } from '../db/register.ts';
import type { Queryable } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import type { ContactPerson, SubProcessor } from '../domain/register.ts';
import { inLanguage, oneLine, type Language, type Text } from '../domain/text.ts';
import { countryName, dayInWords, transferBasisInWords } from '../domain/wording.ts';

/** A text with the language it is in, which may be Danish on an English page. */
export interface Passage {
  readonly text: string;
  readonly lang: Language;
}

/** A sub-processor as a page tells of it: all that a controller needs in order to decide (D2). */
export interface CompanyInWords {
  readonly name: string;
  readonly registrationNumber: string | null;
  readonly address: string;
  readonly country: string;
  readonly contactPerson: ContactPerson | null;
  /** From the processor down to this company: who engages whom. */
  readonly chain: readonly string[];
  readonly processing: Passage;
  readonly personalData: Passage;
  readonly places: readonly { readonly country: string; readonly basis: string }[];
}

/** A change as a page tells of it, in one language. */
export interface ChangeInWords {
  readonly kind: Change['kind'];
  readonly product: string;
  readonly processor: string;
  readonly objectionAddress: Change['objectionAddress'];
  readonly reason: Passage;
  readonly planned: string;
  readonly company: CompanyInWords;
  readonly replaced: CompanyInWords | null;
  /** In what the planned sub-processor differs from the one that it replaces. */
  readonly differences: readonly (keyof CompanyInWords)[];
}

/** The change in words. Reads the replaced entry and the chains from the register. */
export async function describeChange(db: Queryable, change: Change, language: Language): Promise<ChangeInWords> {
  const company = async (subProcessor: SubProcessor): Promise<CompanyInWords> => ({
    name: oneLine(subProcessor.name),
    registrationNumber: subProcessor.registrationNumber && oneLine(subProcessor.registrationNumber),
    address: oneLine(subProcessor.address),
    country: countryName(subProcessor.country, language),
    contactPerson: subProcessor.contactPerson && {
      ...subProcessor.contactPerson,
      name: oneLine(subProcessor.contactPerson.name),
    },
    chain: [change.processor.name, ...(await namesOfAncestors(db, subProcessor.parentId)), subProcessor.name].map(
      oneLine,
    ),
    processing: passage(subProcessor.processing, language),
    personalData: passage(subProcessor.personalData, language),
    places: subProcessor.locations.map((location) => ({
      country: countryName(location.country, language),
      basis: transferBasisInWords(location, language),
    })),
  });
  const [replaced] = change.replaces === null ? [] : await findEntries(db, [change.replaces]);
  return {
    kind: change.kind,
    product: change.productName,
    processor: change.processor.name,
    objectionAddress: change.objectionAddress,
    reason: passage(change.reason, language),
    planned: dayInWords(change.plannedActivationOn, language),
    company: await company(change.subProcessor),
    replaced: replaced ? await company(replaced) : null,
    differences: replaced ? differencesBetween(change.subProcessor, replaced) : [],
  };
}

/** Compared as they are on record: a translation that is missing on one side makes no difference. */
function differencesBetween(planned: SubProcessor, replaced: SubProcessor): (keyof CompanyInWords)[] {
  const toCompare = (company: SubProcessor): Record<keyof CompanyInWords, unknown> => ({
    name: company.name,
    registrationNumber: company.registrationNumber,
    address: company.address,
    country: company.country,
    contactPerson: company.contactPerson,
    // Two chains always end in different names: the place in a chain is what is above.
    chain: company.parentId,
    processing: company.processing.da,
    personalData: company.personalData.da,
    places: company.locations,
  });
  const [one, other] = [toCompare(planned), toCompare(replaced)];
  return (Object.keys(one) as (keyof CompanyInWords)[]).filter((field) => !isDeepStrictEqual(one[field], other[field]));
}

/** A text for customers in the language it exists in. */
export function passage(text: Text, language: Language): Passage {
  return { text: inLanguage(text, language), lang: text[language] === undefined ? 'da' : language };
}

/** The sub-processors above an entry, the processor's own first. A parent is older than its children, so this ends. */
async function namesOfAncestors(db: Queryable, parentId: string | null): Promise<string[]> {
  const names: string[] = [];
  for (let id = parentId; id !== null;) {
    const [entry] = await findEntries(db, [id]);
    if (entry === undefined) break;
    names.unshift(entry.name);
    id = entry.parentId;
  }
  return names;
}

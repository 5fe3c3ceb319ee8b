import { isSameCompany, nameKey, type EntryNow, type SubProcessor } from '../../domain/register.ts';
import { readRegistrationNumber, searchedNumbers } from '../../domain/registration-number.ts';
import type { Fields } from './fields.ts';
import { fieldsOfPlaces } from './places.ts';

/** The fields of a company as the register has it, with its places. */
export function fieldsOfCompany(company: SubProcessor): Fields {
  const { name, registrationNumber, address, country, contactPerson, parentId, processing, personalData } = company;
  return {
    'subProcessor.name': name,
    'subProcessor.registrationNumber': registrationNumber ?? '',
    'subProcessor.address': address,
    'subProcessor.country': country,
    'subProcessor.contactPerson.name': contactPerson?.name ?? '',
    'subProcessor.contactPerson.email': contactPerson?.email ?? '',
    'subProcessor.parentId': parentId ?? '',
    'subProcessor.processing.da': processing.da,
    'subProcessor.processing.en': processing.en ?? '',
    'subProcessor.personalData.da': personalData.da,
    'subProcessor.personalData.en': personalData.en ?? '',
    ...fieldsOfPlaces(company.locations),
  };
}

/** A company that stands in the register of a product. */
export interface KnownCompany {
  readonly product: string;
  readonly productName: string;
  readonly entry: EntryNow;
}

/** So many companies are shown of those that are found. */
const MOST_FOUND = 10;

/** The companies with a registration number like this, or with these words in their name; one for each company of a product. */
export function companiesFound(words: string, known: readonly KnownCompany[]): KnownCompany[] {
  const sought = nameKey(words);
  if (sought === '') return [];
  const numbers = [readRegistrationNumber(words).key?.split(':')[1] ?? '', ...searchedNumbers(words)].filter(
    (number) => number.length >= 4,
  );
  const found = known.filter(({ entry: { name, registrationNumber, country } }) => {
    if (nameKey(name).includes(sought)) return true;
    const own = registrationNumber === null ? '' : (readRegistrationNumber(registrationNumber, country).key ?? '');
    return numbers.some((number) => own.includes(number));
  });
  return found
    .filter(
      ({ product, entry }, index) =>
        found.findIndex((each) => each.product === product && isSameCompany(each.entry, entry)) === index,
    )
    .slice(0, MOST_FOUND);
}

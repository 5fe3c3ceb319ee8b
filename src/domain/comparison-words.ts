import type { ChangeContent } from './change.ts';
import { COMPARED_FIELDS, differencesBetween, type ComparedField, type CompanyInChain } from './comparison.ts';
import { companyOf, type Effect } from './effect.ts';
import { elementName, notesOn, type WithElements } from './element-words.ts';
import type { ElementName } from './regime.ts';
import { oneLine, passage, type Language, type Text } from './text.ts';
import { chainInWords, countryName, placesInWords } from './wording.ts';

/** What becomes of one company, field by field: as it is today, or what it replaces, beside what it shall be. */
export interface ComparisonInWords {
  readonly act: Effect['act'];
  readonly heading: string;
  /** The names of the company today and then; `null` where there is none. */
  readonly current: string | null;
  readonly planned: string | null;
  readonly rows: readonly ComparedRow[];
}

/** A field of a company. `null` for the side on which there is no company. */
export interface ComparedRow {
  readonly label: string;
  readonly current: Cell | null;
  readonly planned: Cell | null;
  readonly differs: boolean;
  /** What the difference needs of controllers, with its clause. */
  readonly notes: readonly string[];
}

/** What one company has in a row: nothing stated, one text, or a list. */
export interface Cell {
  readonly items: readonly string[];
  readonly isList: boolean;
  /** Of prose: the language that it is in, which is Danish for a text that has no translation. */
  readonly lang: Language | null;
}

const FIELD_OF: Readonly<Record<ElementName, ComparedField | null>> = {
  company: null,
  name: 'name',
  registrationNumber: 'registrationNumber',
  address: 'address',
  country: 'country',
  contactPerson: 'contactPerson',
  parentId: 'chain',
  processing: 'processing',
  personalData: 'personalData',
  place: 'places',
  transferBasis: 'places',
};

/** A change company by company, with all that a controller needs to know of each (D2). Of an entry that gets other facts, what changes is first. */
export function comparisonsInWords(
  change: WithElements & Pick<ChangeContent, 'kind'>,
  language: Language,
): ComparisonInWords[] {
  return change.effects.map((effect) => {
    const { act, from, to, entry } = effect;
    const planned = to && cellsOf(to, language);
    const current = from && cellsOf(from, language);
    const differing = from && to ? differencesBetween(to, from) : [];
    const rows = COMPARED_FIELDS.map((field) => ({
      label: fieldName(field, language),
      current: current?.[field] ?? null,
      planned: planned?.[field] ?? null,
      differs: differing.includes(field),
      notes: notesOn(change, (each) => each.entry === entry && FIELD_OF[each.element] === field, language),
    }));
    return {
      act,
      heading: headingOf(effect, language),
      current: from && oneLine(from.company.name),
      planned: to && oneLine(to.company.name),
      rows: act === 'amends' ? [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)] : rows,
    };
  });
}

/** What becomes of the company of an effect: "Google udgår", "Acme compared with Google, which leaves". */
function headingOf(effect: Effect, language: Language): string {
  const name = oneLine(companyOf(effect).name);
  const danish = language === 'da';
  switch (effect.act) {
    case 'enters':
      // Its name is the first row.
      return danish ? 'Den nye underdatabehandler' : 'The new sub-processor';
    case 'replaces': {
      const replaced = oneLine(effect.from?.company.name ?? '');
      return danish
        ? `${name} sammenlignet med ${replaced}, som udgår`
        : `${name} compared with ${replaced}, which leaves`;
    }
    case 'amends':
      return danish ? `${name} i dag og efter ændringen` : `${name} today and after the change`;
    case 'leaves':
      return danish ? `${name} udgår` : `${name} leaves`;
  }
}

/** What a field is called: as its element, but for the chain and for all places together. */
function fieldName(field: ComparedField, language: Language): string {
  if (field === 'chain') return elementName('parentId', language);
  if (field !== 'places') return elementName(field, language);
  return language === 'da' ? 'Behandlingssteder og overførselsgrundlag' : 'Places of processing and transfer basis';
}

function cellsOf({ company, chain }: CompanyInChain, language: Language): Record<ComparedField, Cell> {
  const { registrationNumber, contactPerson, locations } = company;
  const cellOf = (items: readonly string[], more: Partial<Cell> = {}): Cell => ({
    items,
    isList: false,
    lang: null,
    ...more,
  });
  const textCell = (of: Text) => {
    const { text, lang } = passage(of, language);
    return cellOf([text], { lang });
  };
  return {
    name: cellOf([oneLine(company.name)]),
    registrationNumber: cellOf(registrationNumber === null ? [] : [oneLine(registrationNumber)]),
    address: cellOf([oneLine(company.address)]),
    country: cellOf([countryName(company.country, language)]),
    contactPerson: cellOf(contactPerson === null ? [] : [`${oneLine(contactPerson.name)}, ${contactPerson.email}`]),
    chain: cellOf([chainInWords([...chain, company.name].map(oneLine))]),
    processing: textCell(company.processing),
    personalData: textCell(company.personalData),
    places: cellOf(placesInWords(locations, language), { isList: true }),
  };
}

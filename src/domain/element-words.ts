import type { ChangeContent } from './change.ts';
import type { ChangeElement, Clause, ElementName, Regime } from './regime.ts';
import { oneLine, type Language } from './text.ts';
import { countryName, inSeries } from './wording.ts';

/** What the elements of a change are put into words from: also those of an announcement that is previewed. */
export type WithElements = Pick<ChangeContent, 'effects' | 'elements' | 'stricter' | 'wordingOnly' | 'processor'>;

const NAMES: Readonly<Record<Language, Readonly<Record<ElementName, string>>>> = {
  da: {
    company: 'Virksomhed',
    name: 'Navn',
    registrationNumber: 'Registreringsnummer',
    address: 'Registreret adresse',
    country: 'Land',
    contactPerson: 'Kontaktperson',
    parentId: 'Plads i databehandlerkæden',
    processing: 'Beskrivelse af behandlingen',
    personalData: 'Kategorier af personoplysninger',
    place: 'Behandlingssted',
    transferBasis: 'Overførselsgrundlag',
  },
  en: {
    company: 'Company',
    name: 'Legal name',
    registrationNumber: 'Registration number',
    address: 'Registered address',
    country: 'Country',
    contactPerson: 'Contact person',
    parentId: 'Place in the chain of processors',
    processing: 'Description of the processing',
    personalData: 'Categories of personal data',
    place: 'Place of processing',
    transferBasis: 'Transfer basis',
  },
};

/** What an element is called: "Behandlingssted", "Place of processing". */
export function elementName(element: ElementName, language: Language): string {
  return NAMES[language][element];
}

/** The same in the middle of a sentence: "behandlingssted", "place of processing". */
export function elementInSentence(element: ElementName, language: Language): string {
  return elementName(element, language).replace(/^./u, (first) => first.toLowerCase());
}

/** The elements of a change, each in one line with its clause, by what they need of controllers (D39). */
export interface Demands {
  readonly asked: readonly string[];
  readonly objectable: readonly string[];
  readonly informed: readonly string[];
}

/** What a change needs approval for, what can be objected to, and what is told alone. One that needs both is in two lists. */
export function demandsOf(change: WithElements, language: Language): Demands {
  const groups = grouped(change);
  const linesOf = (needs: (regime: Regime) => boolean) =>
    groups
      .filter((elements) => needs(neededBy(change, elements[0])))
      .map((elements) => `${lineOf(change, elements, language)} (${clauseInWords(elements[0].clause, language)})`);
  return {
    asked: linesOf(({ approval }) => approval),
    objectable: linesOf(({ objection }) => objection),
    informed: linesOf(({ approval, objection }) => !approval && !objection),
  };
}

/** What a reader of elements of one field is told of each: "Indien: vi beder om jeres godkendelse (punkt C.5)". */
export function notesOn(
  change: WithElements,
  isMeant: (element: ChangeElement) => boolean,
  language: Language,
): string[] {
  return grouped(change)
    .filter(([first]) => isMeant(first))
    .map((elements) => {
      const [first] = elements;
      const places = first.element === 'place' || first.element === 'transferBasis';
      const about = places ? `${countriesOf(elements, language)}: ` : '';
      const wording = isWordingOnly(change, first) ? { da: 'kun ordlyden; ', en: 'wording only; ' }[language] : '';
      return `${about}${wording}${needInWords(neededBy(change, first), language)} (${clauseInWords(first.clause, language)})`;
    });
}

type Group = readonly [ChangeElement, ...ChangeElement[]];

/** The elements, with the places of a company together that come, go or rest on another basis under the same clause. */
function grouped({ elements }: WithElements): Group[] {
  const groups = new Map<string, [ChangeElement, ...ChangeElement[]]>();
  for (const element of elements) {
    const { entry, company, regime, clause } = element;
    const key = JSON.stringify([
      entry,
      company,
      element.element,
      element.from === null,
      element.to === null,
      regime,
      clause,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [element]);
    else group.push(element);
  }
  return [...groups.values()];
}

/** What an element needs by its clause, and what was asked for besides. */
function neededBy({ stricter }: WithElements, { regime }: ChangeElement): Regime {
  return { objection: regime.objection || stricter.objection, approval: regime.approval || stricter.approval };
}

function needInWords({ objection, approval }: Regime, language: Language): string {
  const danish = language === 'da';
  if (approval && objection)
    return danish
      ? 'vi beder om jeres godkendelse, og I kan gøre indsigelse'
      : 'we ask for your approval, and you may object';
  if (approval) return danish ? 'vi beder om jeres godkendelse' : 'we ask for your approval';
  if (objection) return danish ? 'I kan gøre indsigelse' : 'you may object';
  return danish ? 'til orientering' : 'for information';
}

/** A clause as it is cited: "punkt C.5", "clauses B.1 and B.2". */
export function clauseInWords(clause: Clause, language: Language): string {
  if (clause === 'Op. 22/2024') return language === 'da' ? 'EDPB’s udtalelse 22/2024' : 'EDPB Opinion 22/2024';
  return `${language === 'da' ? 'punkt' : clause.includes(', ') ? 'clauses' : 'clause'} ${inSeries(clause.split(', '), language)}`;
}

function lineOf(change: WithElements, elements: Group, language: Language): string {
  const [{ element, company, from, to, entry }] = elements;
  const danish = language === 'da';
  const name = oneLine(company);
  switch (element) {
    case 'company': {
      if (to === null) return danish ? `${name} udgår` : `${name} leaves`;
      if (from === null) return danish ? `${name} som ny underdatabehandler` : `${name} as a new sub-processor`;
      const replaced = typeof from === 'string' ? oneLine(from) : '';
      return danish ? `${name} i stedet for ${replaced}` : `${name} instead of ${replaced}`;
    }
    case 'place': {
      const countries = countriesOf(elements, language);
      if (to === null) return danish ? `${name}: ikke længere i ${countries}` : `${name}: no longer in ${countries}`;
      return danish ? `${name}: nyt behandlingssted, ${countries}` : `${name}: new place of processing, ${countries}`;
    }
    case 'transferBasis': {
      const countries = countriesOf(elements, language);
      return danish ? `${name}: overførselsgrundlag for ${countries}` : `${name}: transfer basis for ${countries}`;
    }
    case 'parentId': {
      const effect = change.effects.find((each) => each.entry === entry);
      const [before, after] = [effect?.from, effect?.to].map((side) => oneLine(side?.chain.at(-1) ?? ''));
      return danish
        ? `${name}: underdatabehandler til ${after} i stedet for ${before}`
        : `${name}: sub-processor of ${after} instead of ${before}`;
    }
    case 'name':
    case 'registrationNumber':
    case 'address':
    case 'country':
    case 'contactPerson':
    case 'processing':
    case 'personalData': {
      const wording = isWordingOnly(change, elements[0]) ? (danish ? ', kun ordlyden' : ', wording only') : '';
      return `${name}: ${elementInSentence(element, language)}${wording}`;
    }
  }
}

/** Whether the officer has stated that only the words of this text change (D39). */
function isWordingOnly({ wordingOnly }: WithElements, { element }: ChangeElement): boolean {
  return wordingOnly.some((each) => each === element);
}

function countriesOf(elements: Group, language: Language): string {
  const countries = elements.flatMap(({ from, to }) =>
    [to ?? from].filter((value) => typeof value === 'object' && value !== null && 'country' in value),
  );
  return inSeries([...new Set(countries.map(({ country }) => countryName(country, language)))], language);
}

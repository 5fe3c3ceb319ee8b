import type { CompanyInChain } from './comparison.ts';
import { areEqual } from './canonical-json.ts';
import type { Effect } from './effect.ts';
import { nameKey, type RegisterEntry, type SubProcessor } from './register.ts';
import type { ApprovalTerms } from './terms.ts';
import type { Text } from './text.ts';
import type { Location } from './transfer-basis.ts';

/** What a change needs of its controllers: time to object (B.2), their written approval (B.1, C.5), both, or neither. */
export interface Regime {
  readonly objection: boolean;
  readonly approval: boolean;
}

/** What changes are looked for by: those that need this of their controllers; `information` is neither. */
export const REGIMES = ['objection', 'approval', 'information'] as const;
export type RegimeName = (typeof REGIMES)[number];

/** Whether a change of this regime only informs: nobody is asked, and nobody can stand in its way (D40). */
export function onlyInforms({ objection, approval }: Regime): boolean {
  return !objection && !approval;
}

export const CLAUSES = ['B.1', 'B.2', 'B.1, B.2', 'C.5', 'C.6', 'Op. 22/2024'] as const;
export type Clause = (typeof CLAUSES)[number];

/** What of a company can change, each in a regime of its own. Every field of a sub-processor is one, or part of one. */
export const ELEMENTS = [
  'company',
  'name',
  'registrationNumber',
  'address',
  'country',
  'contactPerson',
  'parentId',
  'processing',
  'personalData',
  'place',
  'transferBasis',
] as const;
export type ElementName = (typeof ELEMENTS)[number];

/** One element of a change: what it is today, what it shall be, and what that needs of controllers. */
export interface ChangeElement {
  /** The entry that it is of; `null` of a company that enters alone. */
  readonly entry: string | null;
  readonly company: string;
  readonly element: ElementName;
  /** `null` for nothing: what enters has no before. */
  readonly from: ElementValue;
  /** `null` for nothing: what leaves has no after. */
  readonly to: ElementValue;
  readonly regime: Regime;
  readonly clause: Clause;
}
export type ElementValue = string | Text | Location | { readonly name: string; readonly email: string } | null;

const INFORM: Regime = { objection: false, approval: false };
const OBJECTION: Regime = { objection: true, approval: false };
const APPROVAL: Regime = { objection: false, approval: true };

/** The texts of which an officer may state that only their words change (D39). */
export const WORDED = ['processing', 'personalData'] as const;
export type Worded = (typeof WORDED)[number];

/** What the regime of an element is derived from. */
export interface RegimeFacts {
  readonly terms: ApprovalTerms;
  /** The register as it is. */
  readonly register: readonly RegisterEntry[];
  /** Of which texts the officer states that only their words change. */
  readonly wordingOnly: readonly Worded[];
}

/** The elements of a change, company by company, each with the regime that its clause demands (D39). */
export function elementsOf(effects: readonly Effect[], facts: RegimeFacts): readonly ChangeElement[] {
  const replaced = effects.find(({ act }) => act === 'replaces')?.entry ?? null;
  return effects.flatMap((effect) => {
    const { act, entry, from, to } = effect;
    if (act === 'leaves') return [leaving(entry, from)];
    if (to === null) return [];
    return act === 'amends' && from !== null
      ? amended(entry, from.company, to.company, { ...facts, replaced })
      : entering(effect, to.company, facts);
  });
}

/** What a change needs as a whole: whatever one of its elements needs, and what was asked for besides (D39). */
export function regimeOf(elements: readonly ChangeElement[], stricter: Regime): Regime {
  const needed = [...elements.map(({ regime }) => regime), stricter];
  return { objection: needed.some(({ objection }) => objection), approval: needed.some(({ approval }) => approval) };
}

function leaving(entry: string | null, from: CompanyInChain | null): ChangeElement {
  const name = from?.company.name ?? '';
  return { entry, company: name, element: 'company', from: name, to: null, regime: INFORM, clause: 'Op. 22/2024' };
}

/** A company that is new to the register: its controllers may object, and a country that is listed for nobody needs approval. */
function entering({ entry, from, act }: Effect, company: SubProcessor, facts: RegimeFacts): ChangeElement[] {
  const { terms, register } = facts;
  const whole = { entry, company: company.name };
  const byApproval = act === 'replaces' && terms.replacementsNeedApproval;
  // What holds for some controllers only is listed for nobody else.
  const ofAll = register.filter(({ forSome }) => !forSome).flatMap(({ locations }) => locations);
  const listed = new Set([...terms.places, ...ofAll].map(({ country }) => country));
  const unlisted = company.locations.filter(({ country }) => terms.placesNeedApproval && !listed.has(country));
  return [
    {
      ...whole,
      element: 'company',
      from: from?.company.name ?? null,
      to: company.name,
      regime: { objection: true, approval: byApproval },
      clause: byApproval ? 'B.1' : 'B.2',
    },
    ...unlisted.map(
      (location) =>
        ({ ...whole, element: 'place', from: null, to: location, regime: APPROVAL, clause: 'C.5' }) as const,
    ),
  ];
}

/** The fields of a company that are one element each. Its places are one by one. */
type Field = Exclude<keyof SubProcessor, 'locations'>;

/** What each field of an approved company needs when it changes. A field that is new to a company must stand here. */
function regimesOfFields({ terms, wordingOnly }: RegimeFacts): Readonly<Record<Field, readonly [Clause, Regime]>> {
  const activity = (element: Worded): readonly [Clause, Regime] => {
    if (wordingOnly.includes(element)) return ['B.1, B.2', OBJECTION];
    return terms.activitiesNeedApproval ? ['B.1', APPROVAL] : ['B.2', OBJECTION];
  };
  return {
    name: ['Op. 22/2024', INFORM],
    registrationNumber: ['Op. 22/2024', INFORM],
    address: ['Op. 22/2024', INFORM],
    country: ['Op. 22/2024', INFORM],
    contactPerson: ['Op. 22/2024', INFORM],
    parentId: ['B.2', OBJECTION],
    processing: activity('processing'),
    personalData: activity('personalData'),
  };
}

/** `replaced`, as a parent to be, is the company that takes that entry's place (D47): another than it was. */
function amended(
  entry: string | null,
  from: SubProcessor,
  to: SubProcessor,
  facts: RegimeFacts & { readonly replaced: string | null },
): ChangeElement[] {
  const whole = { entry, company: from.name };
  const regimes = regimesOfFields(facts);
  // `Object.keys` has the keys of a record that is written out above.
  const fields = Object.keys(regimes) as Field[];
  const isUnderAnother = to.parentId !== null && to.parentId === facts.replaced;
  return [
    ...fields
      .filter((element) => !areEqual(from[element], to[element]) || (element === 'parentId' && isUnderAnother))
      .map((element) => {
        const [clause, regime] = regimes[element];
        return { ...whole, element, from: from[element], to: to[element], regime, clause };
      }),
    ...places(from, to, facts).map((place) => ({ ...whole, ...place })),
  ];
}

/**
 * The places that come, go, or rest on another basis, country by country: one may be listed with two bases. A country is listed
 * for an approved company in its entry, or in the terms. What the terms ask no approval for opens a window all the same.
 */
function places(
  from: SubProcessor,
  to: SubProcessor,
  { terms }: RegimeFacts,
): Omit<ChangeElement, 'entry' | 'company'>[] {
  const isListed = (country: string) =>
    terms.places.some((place) => nameKey(place.company) === nameKey(from.name) && place.country === country);
  const regimeOfNew = (country: string) => {
    if (isListed(country)) return INFORM;
    return terms.placesNeedApproval ? APPROVAL : OBJECTION;
  };
  const countries = new Set([...to.locations, ...from.locations].map(({ country }) => country));
  return [...countries].flatMap((country): Omit<ChangeElement, 'entry' | 'company'>[] => {
    const [before, after] = [from, to].map(({ locations }) => locations.filter((each) => each.country === country));
    const gone = missingFrom(after ?? [], before ?? []);
    const come = missingFrom(before ?? [], after ?? []);
    if (before?.length === 0) {
      const regime = regimeOfNew(country);
      return come.map((location) => ({ element: 'place', from: null, to: location, regime, clause: 'C.5' }));
    }
    if (after?.length === 0) {
      return gone.map((location) => ({
        element: 'place',
        from: location,
        to: null,
        regime: INFORM,
        clause: 'Op. 22/2024',
      }));
    }
    return Array.from({ length: Math.max(gone.length, come.length) }, (_, index) => ({
      element: 'transferBasis',
      from: gone[index] ?? null,
      to: come[index] ?? null,
      regime: INFORM,
      clause: 'C.6',
    }));
  });
}

/** The locations that are not among the others, each once. */
function missingFrom(others: readonly Location[], locations: readonly Location[]): Location[] {
  return locations.filter(
    (location, index) =>
      !others.some((other) => areEqual(other, location)) &&
      locations.findIndex((each) => areEqual(each, location)) === index,
  );
}

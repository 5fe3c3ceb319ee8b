import type { CompanyInChain } from './comparison.ts';
import { canonicalJson } from './content-hash.ts';
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

export const CLAUSES = ['B.1', 'B.2', 'C.5', 'C.6', 'Op. 22/2024'] as const;
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

/** What the regime of an element is derived from. */
export interface RegimeFacts {
  readonly terms: ApprovalTerms;
  /** The register as it is. */
  readonly register: readonly RegisterEntry[];
  /** Of which texts the officer states that only their words change. */
  readonly wordingOnly: readonly ('processing' | 'personalData')[];
}

/** The elements of a change, company by company, each with the regime that its clause demands (D39). */
export function elementsOf(effects: readonly Effect[], facts: RegimeFacts): readonly ChangeElement[] {
  return effects.flatMap((effect) => {
    const { act, entry, from, to } = effect;
    if (act === 'leaves') return [leaving(entry, from)];
    if (to === null) return [];
    return act === 'amends' && from !== null
      ? amended(entry, from.company, to.company, facts)
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
  const listed = new Set(
    [...terms.places, ...register.flatMap(({ locations }) => locations)].map(({ country }) => country),
  );
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

function amended(entry: string | null, from: SubProcessor, to: SubProcessor, facts: RegimeFacts): ChangeElement[] {
  const { terms, wordingOnly } = facts;
  const whole = { entry, company: from.name };
  const activity = (element: 'processing' | 'personalData') =>
    !terms.activitiesNeedApproval || wordingOnly.includes(element)
      ? (['B.2', OBJECTION] as const)
      : (['B.1', APPROVAL] as const);
  const fields: readonly (readonly [Exclude<ElementName, 'company' | 'place' | 'transferBasis'>, Clause, Regime])[] = [
    ['name', 'Op. 22/2024', INFORM],
    ['registrationNumber', 'Op. 22/2024', INFORM],
    ['address', 'Op. 22/2024', INFORM],
    ['country', 'Op. 22/2024', INFORM],
    ['contactPerson', 'Op. 22/2024', INFORM],
    ['parentId', 'B.2', OBJECTION],
    ['processing', ...activity('processing')],
    ['personalData', ...activity('personalData')],
  ];
  return [
    ...fields
      .filter(([element]) => !areEqual(from[element], to[element]))
      .map(([element, clause, regime]) => ({
        ...whole,
        element,
        from: from[element],
        to: to[element],
        regime,
        clause,
      })),
    ...places(from, to, facts).map((place) => ({ ...whole, ...place })),
  ];
}

/** The places that come, go, or rest on another basis. One is listed for an approved company in its entry, or in the terms. */
function places(
  from: SubProcessor,
  to: SubProcessor,
  { terms }: RegimeFacts,
): Omit<ChangeElement, 'entry' | 'company'>[] {
  const isListed = (country: string) =>
    terms.places.some((place) => nameKey(place.company) === nameKey(from.name) && place.country === country);
  const inFrom = (country: string) => from.locations.find((location) => location.country === country) ?? null;
  const gone = from.locations.filter(({ country }) => !to.locations.some((location) => location.country === country));
  return [
    ...to.locations.flatMap((location): Omit<ChangeElement, 'entry' | 'company'>[] => {
      const before = inFrom(location.country);
      if (before === null) {
        const needs = terms.placesNeedApproval && !isListed(location.country);
        return [{ element: 'place', from: null, to: location, regime: needs ? APPROVAL : INFORM, clause: 'C.5' }];
      }
      return areEqual(before, location)
        ? []
        : [{ element: 'transferBasis', from: before, to: location, regime: INFORM, clause: 'C.6' }];
    }),
    ...gone.map((location) => ({ element: 'place', from: location, to: null, regime: INFORM, clause: 'C.5' }) as const),
  ];
}

function areEqual(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

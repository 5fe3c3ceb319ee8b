import { list as listChanges } from '../../api/change-list.ts';
import { CHANGE_KINDS } from '../../domain/change.ts';
import { earliestPlannedActivation } from '../../domain/objection-window.ts';
import { dateInWords, transferBasisInWords, countryName } from '../../domain/wording.ts';
import { isInEea } from '../../domain/transfer-basis.ts';
import { momentInWords } from '../times.ts';
import type { Visit } from '../visit.ts';
import { labelledAs, labelOf, type FaultInWords } from './faults.ts';
import { typedIn, type Fields } from './fields.ts';
import { productsToAnnounce, type Ground } from './judging.ts';
import { childrenToSettle } from './leaving.ts';
import { BASES, countryGroups, needOf, rowsShown } from './places.ts';
import { kindOf, type FormStep } from './steps.ts';
import { textsIn } from './texts.ts';

/** A choice of a list. */
interface Option {
  readonly value: string;
  readonly name: string;
}

/** What the form of any step needs to show a field: its words, what is typed, and what is wrong with it. */
export function fieldsShown(fields: Fields, faults: readonly FaultInWords[], visit: Pick<Visit, 'language'>) {
  const t = textsIn(visit.language);
  return (name: string, more: object = {}) => {
    const labelled = labelledAs(name);
    return {
      id: name,
      label: labelOf(name, fields, t),
      legend: labelOf(name, fields, t),
      hint: t.hints[labelled] ?? '',
      value: typedIn(fields, name),
      chosen: [typedIn(fields, name)],
      error: faults.find(({ field }) => field === name)?.message ?? '',
      ...more,
    };
  };
}

/** What the form of one step is filled with, beside its fields. */
export async function stepModel(
  visit: Visit,
  step: FormStep,
  fields: Fields,
  { ground, more }: { ground: Ground | null; more: number },
): Promise<object> {
  switch (step) {
    case 'about':
      return aboutModel(visit, fields);
    case 'company':
      return ground === null ? {} : companyModel(visit, fields, ground);
    case 'places':
      return ground === null ? {} : placesModel(visit, fields, ground, more);
    case 'reason':
      return {};
    case 'when':
      return ground === null ? {} : whenModel(visit, ground);
  }
}

/** The products and kinds to choose from; and of a draft that has a product, its changes that were withdrawn. */
export async function aboutModel(visit: Visit, fields: Fields): Promise<object> {
  const t = textsIn(visit.language);
  const products = await productsToAnnounce(visit);
  const product = typedIn(fields, 'product') || (products.length === 1 ? (products[0]?.id ?? '') : '');
  const withdrawn = product === '' ? [] : await withdrawnChanges(visit, product);
  return {
    products: products.map(({ id, name }): Option => ({ value: id, name })),
    chosenProduct: product,
    kinds: CHANGE_KINDS.map((kind) => ({ value: kind, ...t.kinds[kind] })),
    chosenKind: kindOf(fields),
    withdrawn: withdrawn.length === 0 ? [] : [{ value: '', name: t.drafts.instead }, ...withdrawn],
  };
}

async function withdrawnChanges(visit: Visit, product: string): Promise<Option[]> {
  if (!visit.may('changes:read', product)) return [];
  const query = { product, status: 'withdrawn', limit: 20 };
  const { items } = (await visit.ask(listChanges, { query })) as {
    items: readonly { id: string; companies: readonly string[]; withdrawnAt: string | null }[];
  };
  return items.map(({ id, companies, withdrawnAt }) => ({
    value: id,
    name: `${companies.join(', ')} (${momentInWords(withdrawnAt, visit.language)})`,
  }));
}

/** Whether the form asks for more than the entry: what else it asks for depends on which one that is. */
export function isCompanyAsked(fields: Fields, register: Ground['register']): boolean {
  return kindOf(fields) === 'addition' || register.some(({ id }) => id === typedIn(fields, 'entry'));
}

function companyModel(visit: Visit, fields: Fields, { product, register }: Ground): object {
  const { language } = visit;
  const t = textsIn(language).company;
  const kind = kindOf(fields);
  const entry = typedIn(fields, 'entry');
  const byName = [...register].sort((a, b) => a.name.localeCompare(b.name, language));
  const entries = byName.map(({ id, name }): Option => ({ value: id, name }));
  const chosen = register.find(({ id }) => id === entry);
  const isLeaving = kind === 'replacement' || kind === 'removal';
  const children = isLeaving && chosen !== undefined ? childrenToSettle(fields, entry, register) : [];
  const leaving = new Set([entry, ...children.filter(({ choice }) => choice === 'leaves').map(({ id }) => id)]);
  const parentsOf = (child: string): Option[] =>
    byName
      .filter(({ id }) => id !== child && !leaving.has(id))
      .map(({ id, name }) => ({ value: `stays:${id}`, name: t.staysUnder(name) }));
  return {
    kind,
    isRegisterEmpty: register.length === 0,
    entries: [{ value: '', name: t.chooseEntry }, ...entries],
    entryShown: chosen?.id ?? '',
    hasFacts: kind !== 'removal' && isCompanyAsked(fields, register),
    parents: [
      { value: '', name: t.processor(product.processor.name) },
      ...entries.filter(({ value }) => value !== entry),
    ],
    countryGroups: [
      {
        need: null,
        countries: countryGroups(language)
          .flatMap(({ countries }) => countries)
          .sort((a, b) => a.name.localeCompare(b.name, language)),
      },
    ],
    children: children.map((child) => ({
      ...child,
      label: t.childLabel(child.name, child.under),
      options: [
        { value: '', name: t.choose },
        { value: 'leaves', name: t.leaves },
        { value: 'stays:', name: t.staysUnder(product.processor.name) },
        ...(kind === 'replacement' ? [{ value: `stays:${entry}`, name: t.staysUnderNew(chosen?.name ?? '') }] : []),
        ...parentsOf(child.id),
      ],
    })),
  };
}

function placesModel(visit: Visit, fields: Fields, { register }: Ground, more: number): object {
  const { language } = visit;
  const { places: t } = textsIn(language);
  const kind = kindOf(fields);
  const bases = BASES.map((value): Option => ({ value, name: t.bases[value] }));
  if (kind !== 'transfer-basis') {
    const need = (country: string) => (country === '' ? '' : t.needs[needOf(country)](countryName(country, language)));
    return {
      kind,
      bases,
      countryGroups: countryGroups(language),
      placeRows: rowsShown(fields, more).map((row) => {
        const country = typedIn(fields, `places.${row}.country`);
        const certifiedAs = typedIn(fields, `places.${row}.certifiedAs`);
        return {
          row,
          need: need(country),
          mayBeCertified: country === '' || certifiedAs !== '' || needOf(country) === 'certified',
        };
      }),
    };
  }
  const outside = register.flatMap((entry) =>
    entry.locations
      .filter(({ country }) => !isInEea(country))
      .map((location) => ({
        field: `entries.${entry.id}.${location.country}`,
        company: entry.name,
        country: countryName(location.country, language),
        isCertified: needOf(location.country) === 'certified',
        today: t.today(transferBasisInWords(location, language)),
        options: [
          { value: '', name: t.unchanged },
          ...bases.filter(({ value }) => value !== '' && (value !== '45' || needOf(location.country) !== 'clauses')),
        ],
      })),
  );
  // A country that rests on two bases is asked for once: the change is of the place, not of one of its bases.
  const once = outside.filter(({ field }, index) => outside.findIndex((each) => each.field === field) === index);
  return { kind, outside: once };
}

function whenModel({ now, language }: Visit, { product: { terms } }: Ground): object {
  const t = textsIn(language);
  return { earliest: t.when.earliest(dateInWords(earliestPlannedActivation(now, terms), language)) };
}

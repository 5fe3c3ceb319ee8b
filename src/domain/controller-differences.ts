import { areSameAddress } from './contacts.ts';
import type { Language } from './text.ts';

/** A contact as it is compared. */
export interface ComparedContact {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  readonly mayApprove: boolean;
}

/** A controller as it is compared: what is known of it, without ids. */
export interface ComparedController {
  readonly name: string;
  readonly registrationNumber: string;
  readonly reference: string | null;
  readonly products: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly termsVersions: Readonly<Record<string, string>>;
  readonly contacts: readonly ComparedContact[];
}

/** One thing in which a controller differs: a contact that is added, goes or is another, or a field. `null`: there is none. */
export type ControllerDifference =
  | { readonly field: 'contact'; readonly from: ComparedContact | null; readonly to: ComparedContact | null }
  | { readonly field: Exclude<DifferingField, 'contact'>; readonly from: string | null; readonly to: string | null };

/** `product`, `metadata` and `termsVersion` name their key: `truetalk`, `EAN: 579…`. */
export const DIFFERING_FIELDS = [
  'name',
  'registrationNumber',
  'reference',
  'product',
  'termsVersion',
  'metadata',
  'contact',
] as const;
type DifferingField = (typeof DIFFERING_FIELDS)[number];

/** In what a controller differs from what it was; in everything that it has, from one that is new. */
export function controllerDifferences(
  before: ComparedController | null,
  after: ComparedController,
): ControllerDifference[] {
  return [
    ...(['name', 'registrationNumber', 'reference'] as const).flatMap((field) =>
      textDifference(field, before?.[field] ?? null, after[field]),
    ),
    ...keysOf(before?.products ?? [], after.products).flatMap((product) =>
      textDifference(
        'product',
        before?.products.includes(product) ? product : null,
        after.products.includes(product) ? product : null,
      ),
    ),
    ...keyed('termsVersion', before?.termsVersions ?? {}, after.termsVersions),
    ...keyed('metadata', before?.metadata ?? {}, after.metadata),
    ...contactDifferences(before?.contacts ?? [], after.contacts),
  ];
}

function textDifference(
  field: Exclude<DifferingField, 'contact'>,
  from: string | null,
  to: string | null,
): ControllerDifference[] {
  return from === to ? [] : [{ field, from, to }];
}

function keyed(
  field: 'metadata' | 'termsVersion',
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): ControllerDifference[] {
  const said = (of: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(of, key) ? `${key}: ${of[key]}` : null;
  return keysOf(Object.keys(before), Object.keys(after)).flatMap((key) =>
    textDifference(field, said(before, key), said(after, key)),
  );
}

const keysOf = (before: readonly string[], after: readonly string[]) => [...new Set([...before, ...after])].sort();

/** A contact is known by its address. */
function contactDifferences(
  before: readonly ComparedContact[],
  after: readonly ComparedContact[],
): ControllerDifference[] {
  const same = (among: readonly ComparedContact[], { email }: ComparedContact) =>
    among.find((other) => areSameAddress(other.email, email)) ?? null;
  return [
    ...after.map((contact) => ({ from: same(before, contact), to: contact })),
    ...before.filter((contact) => same(after, contact) === null).map((contact) => ({ from: contact, to: null })),
  ]
    .map(({ from, to }) => ({ field: 'contact' as const, from: from && bare(from), to: to && bare(to) }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

const bare = ({ email, name, language, mayApprove }: ComparedContact): ComparedContact => ({
  email,
  name,
  language,
  mayApprove,
});

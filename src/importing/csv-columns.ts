import { InvalidRequest } from '../domain/refused.ts';

/** What a column holds. Columns of contacts are numbered, because a row may have several. */
export type Column =
  | { readonly field: SingleField }
  | { readonly field: ContactField; readonly contact: number }
  | { readonly field: KeyedField; readonly key: string };

export type SingleField = 'externalId' | 'name' | 'registrationNumber' | 'products' | 'reference';
/** A field of several columns, each with a key of its own: `metadata.EAN`, `termsVersions.truetalk`. */
export type KeyedField = 'metadata' | 'termsVersions';
export type ContactField = 'email' | 'contact' | 'language' | 'mayApprove';

/** The names of the columns, in English and Danish, as `spelt` makes them. */
const NAMES: Readonly<Record<SingleField | ContactField, readonly string[]>> = {
  externalId: ['externalid', 'kundenummer'],
  name: ['name', 'navn'],
  registrationNumber: ['registrationnumber', 'cvr', 'cvrnr', 'cvrnummer'],
  products: ['products', 'produkter'],
  reference: ['reference'],
  email: ['email'],
  contact: ['contact', 'kontakt'],
  language: ['language', 'sprog'],
  mayApprove: ['mayapprove', 'mågodkende', 'maagodkende', 'kangodkende'],
};
/** What a column can hold, beside `KEYED`. */
export const FIELDS: readonly string[] = Object.keys(NAMES);
/** A column of a keyed field. */
export const KEYED = /^(metadata|termsVersions)\.(.+)$/i;
const CONTACT_FIELDS: readonly string[] = ['email', 'contact', 'language', 'mayApprove'];
const REQUIRED = ['externalId', 'name', 'registrationNumber', 'products', 'email'] as const;

/** Columns by their position; `null` for one that is not read. */
export interface Columns {
  readonly names: readonly string[];
  readonly columns: readonly (Column | null)[];
  /** The names of those that are not read. */
  readonly unknown: readonly string[];
}

/**
 * Finds what the columns of a header hold: by what `mapped` says of their names (`{ externalId: 'Kundenr' }`), or by their own.
 * Case, spaces and hyphens do not matter. Throws `InvalidRequest` where one that is needed is missing, or `mapped` names one that
 * is not there.
 */
export function columnsOf(header: readonly string[], mapped: ReadonlyMap<string, string>): Columns {
  const named = new Map([...mapped].map(([field, column]) => [spelt(column), field]));
  const elsewhere = new Set([...mapped.keys()].map(meant));
  const taken = new Map<string, number>();
  const columns = header.map((cell) => {
    const field = named.get(spelt(cell));
    // What is mapped stands in the column that it is mapped to alone.
    return field === undefined && elsewhere.has(meant(cell)) ? null : columnOf(field ?? cell, taken);
  });
  refuse(header, mapped, columns);
  return { names: header, columns, unknown: header.filter((cell, index) => cell !== '' && columns[index] === null) };
}

/** The field and number that a column's name means, or the name itself. */
function meant(name: string): string {
  const { field, digits } = partsOf(name);
  return field === null ? spelt(name) : `${field} ${digits}`;
}

function refuse(
  header: readonly string[],
  mapped: ReadonlyMap<string, string>,
  columns: readonly (Column | null)[],
): void {
  const found = header.filter((cell) => cell !== '').join(', ');
  const absent = [...mapped].filter(([, column]) => !header.some((cell) => spelt(cell) === spelt(column)));
  const missing = REQUIRED.filter((field) => !columns.some((column) => column?.field === field));
  const errors = [
    ...absent.map(([field, column]) => ({
      path: 'columns',
      message: `Expected a column ${column} for ${field}, found ${found}`,
    })),
    ...missing.map((field) => ({
      path: field,
      message: `Expected a column ${NAMES[field].slice(0, 2).join(' or ')}, or one that ?columns=${field}:… names; found ${found}`,
    })),
  ];
  if (errors.length > 0) throw new InvalidRequest(errors);
}

/** `taken` counts the columns of each field: the second `email` is of the second contact. */
function columnOf(name: string, taken: Map<string, number>): Column | null {
  const [, keyed, key] = KEYED.exec(name) ?? [];
  if (keyed !== undefined && key !== undefined) {
    return { field: keyed.toLowerCase() === 'metadata' ? 'metadata' : 'termsVersions', key: key.trim() };
  }
  const { field, digits } = partsOf(name);
  if (field === null) return null;
  const before = taken.get(field) ?? 0;
  if (!CONTACT_FIELDS.includes(field)) {
    taken.set(field, before + 1);
    return before > 0 || digits !== '' ? null : { field: field as SingleField };
  }
  const contact = digits === '' ? before + 1 : Number(digits);
  taken.set(field, Math.max(before, contact));
  return { field: field as ContactField, contact };
}

/** The field that a column's name means, `null` for none, and the digits that it ends in. */
function partsOf(name: string): { field: SingleField | ContactField | null; digits: string } {
  const [, bare = '', digits = ''] = /^(.*?)(\d*)$/.exec(spelt(name)) ?? [];
  const known = Object.entries(NAMES).find(([, names]) => names.includes(bare));
  return { field: (known?.[0] as SingleField | ContactField | undefined) ?? null, digits };
}

/** A column's name in the form that is compared. */
function spelt(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.]/gu, '')
    .replace(/\.$/, '');
}

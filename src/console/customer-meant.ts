import * as controllers from '../api/controllers.ts';
import { allowedBy } from '../domain/caller.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { nameOfCustomer } from './customers/shown.ts';
import { FieldFault } from './form-faults.ts';
import type { Visit } from './visit.ts';

/** How many customers are named where several fit. */
const NAMED = 5;

interface CustomerFieldTexts {
  readonly label: string;
  /** What can be typed in the field. */
  readonly hint: string;
  readonly nobody: string;
  readonly several: (names: string, areMore: boolean) => string;
}

const TEXTS: Readonly<Record<Language, CustomerFieldTexts>> = {
  da: {
    label: 'Kunde',
    hint: 'Kundens navn, kundenummer eller CVR-nummer.',
    nobody: 'Ingen kunde passer til det. Skriv kundens navn, kundenummer eller CVR-nummer.',
    several: (names, areMore) => `Flere kunder passer: ${names}${areMore ? ' og flere' : ''}. Skriv kundenummeret.`,
  },
  en: {
    label: 'Customer',
    hint: 'The customer’s name, customer number or registration number.',
    nobody: 'No customer fits that. Type the customer’s name, customer number or registration number.',
    several: (names, areMore) =>
      `Several customers fit: ${names}${areMore ? ' and more' : ''}. Type the customer number.`,
  },
};

/** The words of a field in which somebody says which customer they mean. */
export const customerFieldIn = (language: Language) => TEXTS[language];

/**
 * The number of the customer that somebody means: the one with that number; otherwise the only one that what they typed is found in. Nobody
 * knows the numbers by heart. The empty text means none. Throws a `FieldFault` of this field where no customer fits, or several do.
 */
export async function customerMeant(visit: Visit, { field, typed }: { field: string; typed: string }): Promise<string> {
  if (typed === '' || (await nameOfCustomer(visit, typed)) !== null) return typed;
  const t = TEXTS[visit.language];
  const found = await customersFound(visit, typed);
  const [only, ...others] = found;
  if (only === undefined) throw new FieldFault(field, t.nobody);
  if (others.length === 0) return only.externalId;
  const names = found.slice(0, NAMED).map(({ externalId, name }) => `${oneLine(name)} (${externalId})`);
  throw new FieldFault(field, t.several(names.join(', '), found.length > NAMED));
}

/** Who is for some products alone looks for the customers of each: the list of all is refused to them. */
async function customersFound(visit: Visit, q: string) {
  const products = allowedBy(visit.person, 'controllers:read')?.products ?? [undefined];
  const found = new Map<string, { readonly externalId: string; readonly name: string }>();
  for (const product of products) {
    const { items } = await visit.ask(controllers.list, { query: { q, product, limit: NAMED + 1 } });
    for (const each of items) found.set(each.externalId, each);
  }
  return [...found.values()];
}

import * as products from '../api/products.ts';
import { allowedBy } from '../domain/caller.ts';
import type { Scope } from '../domain/permission.ts';
import type { Visit } from './visit.ts';

/** The most products that a page offers. */
const OFFERED = 200;

/**
 * The products that the visitor has this scope for. The list of all products is refused to who is for some of them alone: a list about
 * one product is asked for each of theirs.
 */
export async function ownProducts(visit: Visit, scope: Scope) {
  const own = allowedBy(visit.person, scope)?.products ?? null;
  if (own === null) return (await visit.ask(products.list, { query: { limit: OFFERED } })).items;
  return Promise.all(own.map((product) => visit.ask(products.get, { params: { product } })));
}

/** What a product is called that the visitor may read; another one is called by its id. */
export async function namesOfProducts(visit: Visit): Promise<(id: string) => string> {
  return namesAmong(await ownProducts(visit, 'products:read'));
}

/** What each of these products is called, by its id; another one is called by its id. */
export function namesAmong(named: readonly { readonly id: string; readonly name: string }[]): (id: string) => string {
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

/** Whether the visitor is for all products, so that a list need not name one. */
export const isForAllProducts = ({ person }: Visit, scope: Scope) => allowedBy(person, scope)?.products === null;

/** Which product a list is of: the one that the address names; else the first of who has several, and not all, with the others to choose. */
export function productOfList(
  visit: Visit,
  scope: Scope,
): { readonly product: string | undefined; readonly choices: readonly string[] } {
  const own = allowedBy(visit.person, scope)?.products ?? null;
  const asked = visit.query['product'];
  if (own === null) return { product: asked, choices: [] };
  return { product: asked !== undefined && own.includes(asked) ? asked : own[0], choices: own.length > 1 ? own : [] };
}

import { allowedBy } from '../../domain/caller.ts';
import { ROLES } from '../../domain/permission.ts';
import { textOf, textsOf } from '../form-faults.ts';
import { ownProducts } from '../own-products.ts';
import type { Form, Visit } from '../visit.ts';
import type { Texts } from './texts-da.ts';

/** What stands for all products among those of a form. */
const ALL = '*';

/** A role, as a form has it. */
export interface TypedRole {
  readonly role: string;
  readonly products: readonly string[];
}

/** What was chosen in a form that gives a role. */
export function typedRole(form: Form): TypedRole {
  return { role: textOf(form, 'role'), products: textsOf(form, 'products') };
}

/** The same as the API takes it. A role that was not chosen is left out, so that it is asked for. */
export function roleToGive({ role, products: chosen }: TypedRole) {
  return { ...(role !== '' && { role }), products: chosen.includes(ALL) ? null : chosen };
}

/** The same as a proposal, which is of one product, or of all; `null` of several. */
export function roleToPropose(person: string, { role, products: chosen }: TypedRole) {
  const product = chosen.includes(ALL) ? null : chosen[0];
  if (product === undefined || (product !== null && chosen.length > 1)) return null;
  return { kind: 'role', person, role, product };
}

/** The products that the visitor manages people of; `null` where that is all of them. */
export const managedProducts = ({ person }: Visit): readonly string[] | null =>
  allowedBy(person, 'people:manage')?.products ?? null;

/** The products that the visitor can give a role for, by id and name. */
export const productsToChoose = (visit: Visit) => ownProducts(visit, 'people:manage');

/** The choices of role and products, as the parts of the console show them, with what takes two people (D61). */
export function roleChoices(visit: Visit, t: Texts, found: Awaited<ReturnType<typeof productsToChoose>>) {
  const hintIf = (takesTwo: boolean) => takesTwo && { hint: t.invite.takesTwo };
  const asksTwo = ({ secondPerson }: (typeof found)[number]) => secondPerson.includes('role');
  const named = found.map((each) => ({ value: each.id, name: each.name, ...hintIf(asksTwo(each)) }));
  const all = { value: ALL, name: t.invite.all, ...hintIf(found.some(asksTwo)) };
  return {
    roles: ROLES.map((role) => ({ value: role, ...t.roles[role] })),
    products: managedProducts(visit) === null ? [all, ...named] : named,
  };
}

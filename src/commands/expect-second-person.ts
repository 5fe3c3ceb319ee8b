import type { Transaction } from '../db/postgres.ts';
import { findProductThatAsksTwo } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import type { Role } from '../domain/permission.ts';
import type { SecondPersonAct } from '../domain/proposal.ts';
import { Refused } from '../domain/refused.ts';

/**
 * Refuses with `second-person-needed` an act that its product asks two people for, where nobody has approved a proposal of it
 * (D61). The guards refuse it too.
 */
export function expectSecondPerson(
  product: { readonly id: string; readonly secondPerson: readonly SecondPersonAct[] },
  act: SecondPersonAct,
  by: Author,
): void {
  if (product.secondPerson.includes(act)) refuseUnapproved(product.id, act, by);
}

/** The same of an act that takes two whatever its product says. */
export function refuseUnapproved(product: string, act: SecondPersonAct, { approved }: Author): void {
  if (approved === act) return;
  const detail = `Product ${product} asks two people for this: propose it with POST /v1/proposals {"kind": "${act}", …}, and another person approves it (D61).`;
  throw new Refused('second-person-needed', detail);
}

/**
 * Refuses with `second-person-needed` to give a role that may do more than read, where a product that it is for, `null` for all of
 * them, asks two people for roles (D61).
 */
export async function expectSecondPersonForRole(
  tx: Transaction,
  { role, products }: { readonly role: Role; readonly products: readonly string[] | null },
  by: Author,
): Promise<void> {
  const asking = role === 'reader' ? null : await findProductThatAsksTwo(tx, 'role', products);
  if (asking !== null) refuseUnapproved(asking, 'role', by);
}

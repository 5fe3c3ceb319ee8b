import type { Author } from '../domain/author.ts';
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

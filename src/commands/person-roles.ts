import { appendToAuditLog } from '../db/audit-log.ts';
import type { PersonOnRecord } from '../db/people-on-record.ts';
import { endPersonRole, findRunningRole, insertGivenRoles, lockActingAdministrators } from '../db/person-roles.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { Role } from '../domain/permission.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { expectSecondPersonForRole } from './expect-second-person.ts';
import { expectProducts } from './expect-products.ts';
import { expectEnabledPerson, onRecord } from './invite-person.ts';

/** A role, for these products or for all of them (`null`). */
export interface RoleToGive {
  readonly role: Role;
  readonly products: readonly string[] | null;
}

/**
 * Gives a person a role (D57). Refuses with `not-found`, `person-disabled`, `product-unknown`, and with `role-given` where the person
 * has it for each of these products already; and with `second-person-needed` where a product asks two people for it (D61).
 */
export async function giveRole(
  tx: Transaction,
  personId: string,
  { role, products }: RoleToGive,
  by: Author,
): Promise<PersonOnRecord> {
  if (products !== null) await expectProducts(tx, products);
  await expectEnabledPerson(tx, personId);
  await expectSecondPersonForRole(tx, { role, products }, by);
  const given = await insertGivenRoles(tx, { personId, role, products }, by);
  if (given.length === 0)
    throw new Refused('role-given', `The person has the role ${role} for these products already.`);
  await appendToAuditLog(tx, by, [{ action: 'role.given', subject: personId, details: { role, products } }]);
  return onRecord(tx, personId, by);
}

/**
 * Takes a role away, at once: the next request of the person is without it (D57). Refuses with `not-found`, with
 * `role-from-provider` where the identity provider would only give it again, and with `last-administrator`.
 */
export async function endRole(tx: Transaction, personId: string, roleId: string, by: Author): Promise<PersonOnRecord> {
  // Before the person, as whoever disables somebody does.
  const administrators = await lockActingAdministrators(tx);
  await expectEnabledPerson(tx, personId);
  const ended = await findRunningRole(tx, personId, roleId);
  if (ended === null) throw notFound(`role ${roleId} of this person`);
  const { role, product, source } = ended;
  if (source === 'provider') {
    const detail = `The identity provider gives the role ${role}: take the person out of its group there, or disable the person.`;
    throw new Refused('role-from-provider', detail);
  }
  if (role === 'admin' && product === null) refuseLastAdministrator(administrators, personId);
  await endPersonRole(tx, roleId, by);
  await appendToAuditLog(tx, by, [{ action: 'role.ended', subject: personId, details: { role, product } }]);
  return onRecord(tx, personId, by);
}

/** Refuses with `last-administrator` where nobody else is one who can act. */
export function refuseLastAdministrator(administrators: readonly string[], personId: string): void {
  if (administrators.length !== 1 || administrators[0] !== personId) return;
  const detail =
    'Nobody else is an administrator of all products who has signed in. Give somebody the role admin for all products, and have that person sign in, first.';
  throw new Refused('last-administrator', detail);
}

import type { Author } from '../domain/author.ts';
import { grantOf, type Permissions, type Role } from '../domain/permission.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** Where a role comes from: a person gave it, or the identity provider says it. */
export type RoleSource = 'given' | 'provider';

/** A role that a person has had on record. */
export interface PersonRole {
  readonly id: string;
  readonly role: Role;
  /** `null` for all products. */
  readonly product: string | null;
  readonly source: RoleSource;
}

/** What a person may do now: nothing, once it is disabled. */
export async function grantsOf(db: Queryable, personId: string): Promise<Permissions[]> {
  const roles = await rows<{ role: Role; product: string | null }>(
    db,
    `select r.role, r.product_id as product from person_roles r join people p on p.id = r.person_id
     where p.id = $1 and p.disabled_at is null and r.ended_at is null order by r.id`,
    [personId],
  );
  return roles.map(({ role, product }) => grantOf(role, product));
}

/** Gives a role, for a product or for all of them (`null`). */
export async function insertPersonRole(
  tx: Transaction,
  given: { personId: string; role: Role; product: string | null; source: RoleSource },
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into person_roles (person_id, role, product_id, source, given_at, given_by) values ($1, $2, $3, $4, $5, $6)`,
    [given.personId, given.role, given.product, given.source, by.at, by.actor],
  );
}

/** Gives a role for each of these products, or for all of them (`null`). Returns the products for which the person had it not. */
export async function insertGivenRoles(
  tx: Transaction,
  { personId, role, products }: { personId: string; role: Role; products: readonly string[] | null },
  by: Author,
): Promise<(string | null)[]> {
  const given = await rows<{ product: string | null }>(
    tx,
    `insert into person_roles (person_id, role, product_id, source, given_at, given_by)
     select $1, $2, product, 'given', $4, $5 from unnest($3::text[]) as product
     on conflict do nothing returning product_id as product`,
    [personId, role, products ?? [null], by.at, by.actor],
  );
  return given.map(({ product }) => product);
}

/** The id of the role that a person was given for this product, `null` for all of them, and has. */
export async function idOfGivenRole(
  tx: Transaction,
  { personId, role, product }: { personId: string; role: Role; product: string | null },
): Promise<string | null> {
  const found = await row<{ id: string }>(
    tx,
    `select id from person_roles where person_id = $1 and role = $2 and product_id is not distinct from $3 and source = 'given'
       and ended_at is null`,
    [personId, role, product],
  );
  return found?.id ?? null;
}

/** The role of this id, of this person and not ended; `null` where there is none. */
export async function findRunningRole(tx: Transaction, personId: string, id: string): Promise<PersonRole | null> {
  return row<PersonRole>(
    tx,
    `select id, role, product_id as product, source from person_roles where id = $2 and person_id = $1 and ended_at is null
     for no key update`,
    [personId, id],
  );
}

/** Ends a role. */
export async function endPersonRole(tx: Transaction, id: string, by: Author): Promise<void> {
  await rows(tx, 'update person_roles set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null', [
    id,
    by.at,
    by.actor,
  ]);
}

/**
 * The administrators who can act (D57): of all products, not disabled, and signed in at least once. They stay so until the
 * transaction ends, but for what it does itself.
 */
export async function lockActingAdministrators(tx: Transaction): Promise<string[]> {
  await rows(tx, 'select lock_administrators()');
  return (await rows<{ id: string }>(tx, 'select id from acting_administrators() as id')).map(({ id }) => id);
}

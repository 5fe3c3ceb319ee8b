import type { ProviderGrant } from '../domain/provider-claims.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A person as signing in through a provider asks for one. */
export interface KnownPerson {
  readonly id: string;
  readonly isDisabled: boolean;
  /** Whether a provider has said who it is. */
  readonly isIdentified: boolean;
}

const COLUMNS = `id, disabled_at is not null as "isDisabled", issuer is not null as "isIdentified"`;

/** The person whom the provider calls so, who may sign in; else the last who might; `null` for nobody. */
export async function findPersonOfProvider(
  db: Queryable,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<KnownPerson | null> {
  return row<KnownPerson>(
    db,
    `select ${COLUMNS} from people where issuer = $1 and subject = $2 order by disabled_at is not null, id desc limit 1`,
    [issuer, subject],
  );
}

/** The person with this address who may sign in; else the last who might; `null` for nobody. */
export async function findPersonByEmail(db: Queryable, email: string): Promise<KnownPerson | null> {
  return row<KnownPerson>(
    db,
    `select ${COLUMNS} from people where lower(email) = lower($1) order by disabled_at is not null, id desc limit 1`,
    [email],
  );
}

/** Records who a person is at the provider, for good. */
export async function identifyPerson(
  tx: Transaction,
  id: string,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
  await rows(tx, 'update people set issuer = $2, subject = $3 where id = $1', [id, issuer, subject]);
}

/** The roles that the provider gives to a person now. */
export async function rolesOfProvider(db: Queryable, personId: string): Promise<(ProviderGrant & { id: string })[]> {
  return rows(
    db,
    `select id, role, product_id as product from person_roles
     where person_id = $1 and source = 'provider' and ended_at is null order by id`,
    [personId],
  );
}

/** Whether a person has a role at all, whoever gave it. */
export async function hasAnyRole(db: Queryable, personId: string): Promise<boolean> {
  return (await row(db, 'select id from person_roles where person_id = $1 and ended_at is null', [personId])) !== null;
}

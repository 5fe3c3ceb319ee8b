import type { Author } from '../domain/author.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A person of the company, who may sign in unless `disabledAt` is set. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly createdAt: Temporal.Instant;
  readonly disabledAt: Temporal.Instant | null;
}

const COLUMNS = `id, name, email, created_at as "createdAt", disabled_at as "disabledAt"`;

/** Waits for whoever else adds somebody or says who somebody is, until the transaction ends: one person must not become two. */
export async function lockNewPeople(tx: Transaction): Promise<void> {
  await rows(tx, `select pg_advisory_xact_lock(hashtextextended('new-people', 0))`);
}

/** Adds a person. The caller holds `lockNewPeople`, and has looked for the address. */
export async function insertPerson(
  tx: Transaction,
  { name, email }: { name: string; email: string },
  by: Author,
): Promise<Person> {
  return oneRow<Person>(
    tx,
    `insert into people (name, email, created_at, created_by) values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [name, email, by.at, by.actor],
  );
}

/** The first person who is an administrator of all products and may sign in; `null` for nobody. */
export async function findFirstAdministrator(db: Queryable): Promise<Person | null> {
  return row<Person>(
    db,
    `select ${COLUMNS} from people p where disabled_at is null and exists (select from person_roles r
       where r.person_id = p.id and r.role = 'admin' and r.product_id is null and r.ended_at is null)
     order by id limit 1`,
  );
}

/** Locks a person against being disabled meanwhile. `null` where there is no such person. */
export async function lockPerson(tx: Transaction, id: string): Promise<Person | null> {
  return row<Person>(tx, `select ${COLUMNS} from people where id = $1 for no key update`, [id]);
}

/** The person with this address who is not disabled, or `null`. */
export async function findEnabledPerson(db: Queryable, email: string): Promise<{ id: string } | null> {
  return row(db, 'select id from people where lower(email) = lower($1) and disabled_at is null', [email]);
}

/** Keeps a person from signing in, for good. */
export async function disablePerson(tx: Transaction, id: string, by: Author): Promise<void> {
  await rows(tx, 'update people set disabled_at = $2, disabled_by = $3 where id = $1 and disabled_at is null', [
    id,
    by.at,
    by.actor,
  ]);
}

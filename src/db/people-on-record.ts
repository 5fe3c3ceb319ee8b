import type { Role } from '../domain/permission.ts';
import type { Person } from './people.ts';
import type { PersonRole } from './person-roles.ts';
import { row, rows, type Queryable } from './postgres.ts';

/** A role as it is shown with its person. */
export interface ShownRole extends PersonRole {
  readonly givenAt: Temporal.Instant;
  readonly givenBy: string;
}

/** A person of the company, with what is known of it. */
export interface PersonOnRecord extends Person {
  readonly createdBy: string;
  readonly disabledBy: string | null;
  /** When the person signed in last; `null` for never, and where that is longer ago than sessions are kept. */
  readonly signedInAt: Temporal.Instant | null;
  /** Until when a link that was mailed to the person is good; `null` where none is. */
  readonly invitedUntil: Temporal.Instant | null;
  /** Those that have not ended, in the order in which they were given. */
  readonly roles: readonly ShownRole[];
}

interface RoleAsJson {
  readonly id: string;
  readonly role: Role;
  readonly product: string | null;
  readonly source: PersonRole['source'];
  readonly givenAt: string;
  readonly givenBy: string;
}
type Found = Omit<PersonOnRecord, 'roles'> & { readonly roles: readonly RoleAsJson[] };

/** `$1`: now. */
const PEOPLE = `select p.id, p.name, p.email, p.created_at as "createdAt", author_in_words(p.created_by) as "createdBy",
    p.disabled_at as "disabledAt", author_in_words(p.disabled_by) as "disabledBy",
    (select max(started_at) from sessions where person_id = p.id) as "signedInAt",
    (select max(expires_at) from sign_in_links where person_id = p.id and used_at is null and expires_at > $1
       and p.disabled_at is null) as "invitedUntil",
    coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'role', r.role, 'product', r.product_id, 'source', r.source,
        'givenAt', r.given_at, 'givenBy', author_in_words(r.given_by)) order by r.id)
      from person_roles r where r.person_id = p.id and r.ended_at is null), '[]') as roles
  from people p`;

const personOf = ({ roles, ...person }: Found): PersonOnRecord => ({
  ...person,
  roles: roles.map((role) => ({ ...role, givenAt: Temporal.Instant.from(role.givenAt) })),
});

/** The person, or `null`. */
export async function findPersonOnRecord(
  db: Queryable,
  id: string,
  now: Temporal.Instant,
): Promise<PersonOnRecord | null> {
  const found = await row<Found>(db, `${PEOPLE} where p.id = $2`, [now, id]);
  return found && personOf(found);
}

/** People in the order in which they were added, from after `after`. Of a product: those with a role for it, or for all. */
export async function listPeople(
  db: Queryable,
  filter: { product: string | null; disabled: boolean | null; now: Temporal.Instant },
  after: string | null,
  limit: number,
): Promise<PersonOnRecord[]> {
  const found = await rows<Found>(
    db,
    `${PEOPLE}
     where ($2::text is null or exists (select from person_roles r where r.person_id = p.id and r.ended_at is null
         and (r.product_id is null or r.product_id = $2)))
       and ($3::boolean is null or (p.disabled_at is not null) = $3) and ($4::uuid is null or p.id > $4)
     order by p.id limit $5`,
    [filter.now, filter.product, filter.disabled, after, limit],
  );
  return found.map(personOf);
}

import { row, rows, type Queryable, type Transaction } from './postgres.ts';

export type LinkPurpose = 'first-administrator' | 'invitation';

/** A link that signs its person in once. */
export interface SignInLink {
  readonly id: string;
  readonly personId: string;
  readonly purpose: LinkPurpose;
}

/** Makes a link; earlier ones of the person for the same purpose are good no more. */
export async function insertSignInLink(
  tx: Transaction,
  link: {
    /** Its own unless given. */
    id?: string;
    personId: string;
    hash: Buffer;
    purpose: LinkPurpose;
    at: Temporal.Instant;
    actor: string;
    expiresAt: Temporal.Instant;
  },
): Promise<void> {
  await rows(
    tx,
    'update sign_in_links set expires_at = $3 where person_id = $1 and purpose = $2 and used_at is null and expires_at > $3',
    [link.personId, link.purpose, link.at],
  );
  await rows(
    tx,
    `insert into sign_in_links (id, person_id, hash, purpose, created_at, created_by, expires_at)
     values (coalesce($7, uuidv7()), $1, $2, $3, $4, $5, $6)`,
    [link.personId, link.hash, link.purpose, link.at, link.actor, link.expiresAt, link.id ?? null],
  );
}

/** The link with this hash, and whose it is, as long as it can be used; `null` for none. */
export async function findSignInLink(
  db: Queryable,
  hash: Buffer,
  now: Temporal.Instant,
): Promise<(SignInLink & { readonly name: string }) | null> {
  return row(
    db,
    `select l.id, l.person_id as "personId", l.purpose, p.name from sign_in_links l join people p on p.id = l.person_id
     where l.hash = $1 and l.used_at is null and l.expires_at > $2 and p.disabled_at is null`,
    [hash, now],
  );
}

/** Uses the link with this hash up; `null` where it was used, has ended, or its person may not sign in any more. */
export async function useSignInLink(tx: Transaction, hash: Buffer, now: Temporal.Instant): Promise<SignInLink | null> {
  return row<SignInLink>(
    tx,
    `update sign_in_links l set used_at = $2 from people p
     where l.hash = $1 and l.used_at is null and l.expires_at > $2 and p.id = l.person_id and p.disabled_at is null
     returning l.id, l.person_id as "personId", l.purpose`,
    [hash, now],
  );
}

import { grantOf, type Role } from '../domain/permission.ts';
import { IDLE_MINUTES, type Session, type SignedIn, type SignInMethod } from '../domain/session.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** Begins a session. */
export async function insertSession(
  tx: Transaction,
  session: {
    personId: string;
    hash: Buffer;
    method: SignInMethod;
    startedAt: Temporal.Instant;
    expiresAt: Temporal.Instant;
    factorsAt: Temporal.Instant | null;
    userAgent: string;
  },
): Promise<string> {
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into sessions (person_id, hash, method, started_at, expires_at, seen_at, factors_at, user_agent)
     values ($1, $2, $3, $4, $5, $4, $6, $7) returning id`,
    [
      session.personId,
      session.hash,
      session.method,
      session.startedAt,
      session.expiresAt,
      session.factorsAt,
      session.userAgent,
    ],
  );
  return id;
}

interface SignedInRow extends Omit<Session, 'id'> {
  readonly sessionId: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly { readonly role: Role; readonly product: string | null }[];
}

/**
 * Who is signed in with the session of this hash, with the roles that the person has now; `null` where the session has ended, was
 * idle for too long, or its person may not sign in any more.
 */
export async function findSignedIn(db: Queryable, hash: Buffer, now: Temporal.Instant): Promise<SignedIn | null> {
  const found = await row<SignedInRow>(
    db,
    `select s.id as "sessionId", s.method, s.started_at as "startedAt", s.expires_at as "expiresAt", s.seen_at as "seenAt",
       s.factors_at as "factorsAt", p.id as "personId", p.name, p.email,
       coalesce((select jsonb_agg(jsonb_build_object('role', r.role, 'product', r.product_id) order by r.id)
         from person_roles r where r.person_id = p.id and r.ended_at is null), '[]') as roles
     from sessions s join people p on p.id = s.person_id
     where s.hash = $1 and s.ended_at is null and p.disabled_at is null
       and s.expires_at > $2 and s.seen_at > $2::timestamptz - make_interval(mins => $3)`,
    [hash, now, IDLE_MINUTES],
  );
  if (found === null) return null;
  const { sessionId, personId, name, email, roles, ...times } = found;
  const grants = roles.map(({ role, product }) => grantOf(role, product));
  return {
    kind: 'person',
    id: personId,
    name,
    email,
    grants,
    expiresAt: times.expiresAt,
    session: { id: sessionId, ...times },
  };
}

/** Records that a session is in use. */
export async function touchSession(db: Queryable, id: string, now: Temporal.Instant): Promise<void> {
  await rows(db, 'update sessions set seen_at = greatest(seen_at, $2) where id = $1 and ended_at is null', [id, now]);
}

/** Records that the person has proved two factors in a session. */
export async function proveFactors(db: Queryable, id: string, at: Temporal.Instant): Promise<void> {
  await rows(db, 'update sessions set factors_at = greatest(factors_at, $2) where id = $1 and ended_at is null', [
    id,
    at,
  ]);
}

/** Ends a session; does nothing, and returns `false`, where it has ended. */
export async function endSession(
  tx: Transaction,
  id: string,
  by: { at: Temporal.Instant; actor: string },
): Promise<boolean> {
  const ended = await rows(
    tx,
    'update sessions set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null returning id',
    [id, by.at, by.actor],
  );
  return ended.length > 0;
}

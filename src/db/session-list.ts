import type { Author } from '../domain/author.ts';
import { IDLE_MINUTES, type SignInMethod } from '../domain/session.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A browser that somebody is signed in with, or was. */
export interface SessionOnRecord {
  readonly id: string;
  readonly person: { readonly id: string; readonly name: string };
  readonly method: SignInMethod;
  readonly userAgent: string;
  readonly startedAt: Temporal.Instant;
  readonly seenAt: Temporal.Instant;
  readonly factorsAt: Temporal.Instant | null;
  readonly expiresAt: Temporal.Instant;
  readonly isRunning: boolean;
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
}

/** SQL: whether a session lets its person in at `$1`. */
const IS_RUNNING = `(s.ended_at is null and p.disabled_at is null and s.expires_at > $1
  and s.seen_at > $1::timestamptz - make_interval(mins => ${IDLE_MINUTES}))`;

const SESSIONS = `select s.id, jsonb_build_object('id', p.id, 'name', p.name) as person, s.method, s.user_agent as "userAgent",
    s.started_at as "startedAt", s.seen_at as "seenAt", s.factors_at as "factorsAt", s.expires_at as "expiresAt",
    ${IS_RUNNING} as "isRunning", s.ended_at as "endedAt", author_in_words(s.ended_by) as "endedBy"
  from sessions s join people p on p.id = s.person_id`;

/** Sessions in the order in which they began, from after `after`; of one person, or of all. */
export async function listSessions(
  db: Queryable,
  filter: { personId: string | null; running: boolean | null; now: Temporal.Instant },
  after: string | null,
  limit: number,
): Promise<SessionOnRecord[]> {
  return rows<SessionOnRecord>(
    db,
    `${SESSIONS}
     where ($2::uuid is null or s.person_id = $2) and ($3::boolean is null or ${IS_RUNNING} = $3)
       and ($4::uuid is null or s.id > $4)
     order by s.id limit $5`,
    [filter.now, filter.personId, filter.running, after, limit],
  );
}

/** The session, or `null`. */
export async function findSession(db: Queryable, id: string, now: Temporal.Instant): Promise<SessionOnRecord | null> {
  return row<SessionOnRecord>(db, `${SESSIONS} where s.id = $2`, [now, id]);
}

/** Ends every session of a person that has not been ended. Returns their ids. */
export async function endSessionsOf(tx: Transaction, personId: string, by: Author): Promise<string[]> {
  const ended = await rows<{ id: string }>(
    tx,
    'update sessions set ended_at = $2, ended_by = $3 where person_id = $1 and ended_at is null and expires_at > $2 returning id',
    [personId, by.at, by.actor],
  );
  return ended.map(({ id }) => id);
}

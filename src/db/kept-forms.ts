import { KEPT_FORM_HOURS } from '../domain/retention.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What somebody had typed into a form that could not be sent, and where it was sent to. */
export interface KeptForm {
  /** The address of the form's route, with the names of its parameters. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string | string[]>>;
}

/** How many forms are kept of one person: the last ones. */
const KEPT_AT_ONCE = 10;

/** Keeps a form for its person, for a day. Returns its id. */
export async function insertKeptForm(
  tx: Transaction,
  { personId, route, params, query, form }: KeptForm & { personId: string },
  now: Temporal.Instant,
): Promise<string> {
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into kept_forms (person_id, kept_at, route, params, query, form) values ($1, $2, $3, $4, $5, $6) returning id`,
    [personId, now, route, JSON.stringify(params), JSON.stringify(query), JSON.stringify(form)],
  );
  await rows(
    tx,
    `delete from kept_forms where person_id = $1
       and id not in (select id from kept_forms where person_id = $1 order by id desc limit ${KEPT_AT_ONCE})`,
    [personId],
  );
  return id;
}

/** The form of this id, where it is of this person and kept for less than a day; else `null`. */
export async function findKeptForm(
  db: Queryable,
  { id, personId }: { id: string; personId: string },
  now: Temporal.Instant,
): Promise<KeptForm | null> {
  return row<KeptForm>(
    db,
    `select route, params, query, form from kept_forms
     where id = $1 and person_id = $2 and kept_at > $3::timestamptz - make_interval(hours => ${KEPT_FORM_HOURS})`,
    [id, personId, now],
  );
}

/** The last form that is kept of a person; `null` for none. */
export async function newestKeptForm(db: Queryable, personId: string, now: Temporal.Instant): Promise<string | null> {
  const found = await row<{ id: string }>(
    db,
    `select id from kept_forms
     where person_id = $1 and kept_at > $2::timestamptz - make_interval(hours => ${KEPT_FORM_HOURS})
     order by id desc limit 1`,
    [personId, now],
  );
  return found?.id ?? null;
}

/** Forgets a form of this person. */
export async function deleteKeptForm(
  tx: Transaction,
  { id, personId }: { id: string; personId: string },
): Promise<void> {
  await rows(tx, 'delete from kept_forms where id = $1 and person_id = $2', [id, personId]);
}

/**
 * The person of a session that time has ended less than a day ago, by the hash of its secret; `null` where somebody has ended it, or
 * its person may not sign in any more.
 */
export async function findPersonOfLapsedSession(
  db: Queryable,
  hash: Buffer,
  now: Temporal.Instant,
): Promise<string | null> {
  const found = await row<{ id: string }>(
    db,
    `select p.id from sessions s join people p on p.id = s.person_id
     where s.hash = $1 and s.ended_at is null and p.disabled_at is null
       and s.seen_at > $2::timestamptz - make_interval(hours => ${KEPT_FORM_HOURS})`,
    [hash, now],
  );
  return found?.id ?? null;
}

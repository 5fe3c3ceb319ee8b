import { rows, type Queryable } from './postgres.ts';

/** So many of a kind of work are listed; all are counted. */
export const LISTED_IN_WORKLIST = 10;

/** Work of one kind: the first of it, the oldest first, and how much there is. */
export interface Waiting<Item> {
  readonly count: number;
  readonly items: readonly Item[];
}

/** A change as work about it names it. */
export interface ChangeOfWork {
  readonly id: string;
  readonly product: string;
  readonly companies: string;
  /** Of the product. */
  readonly timeZone: string;
}

/** What every item of work that a controller has caused has. */
export interface WorkOfController {
  readonly id: string;
  readonly change: ChangeOfWork;
  readonly controller: { readonly externalId: string; readonly name: string };
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly receivedAt: Temporal.Instant;
}

/** Which rows wait, `w`, of a change `c`; each kind has an index of its own that holds no others. */
interface KindOfWork {
  readonly table: string;
  readonly waits: string;
  /** Further columns. */
  readonly shown: string;
  readonly from: string;
  readonly receivedAt: string;
  /** Joined for `shown` and `from`, of the listed rows alone. */
  readonly join?: string;
}

const ANSWERS: KindOfWork = {
  table: 'answers',
  waits: `w.status = 'unread'`,
  shown: 'm.subject',
  from: `jsonb_build_object('name', m.from_name, 'email', m.from_email)`,
  receivedAt: 'w.received_at',
  join: 'join inbound_mails m on m.id = w.inbound_mail_id',
};

const OBJECTIONS: KindOfWork = {
  table: 'objections',
  waits: `w.status = 'pending'`,
  shown: `w.number, exists (select from withdrawal_requests r where r.objection_id = w.id and r.status = 'waiting') as "isBeingWithdrawn"`,
  from: `jsonb_build_object('name', w.from_name, 'email', w.from_email)`,
  receivedAt: 'w.received_at',
};

/** What somebody has recorded with an API key is theirs, too: they cannot confirm it. */
const APPROVALS: KindOfWork = {
  table: 'approvals',
  waits: `w.status = 'unconfirmed' and person_behind(w.recorded_by) <> person_behind($3)`,
  shown: 'w.number, author_in_words(w.recorded_by) as "recordedBy"',
  from: `jsonb_build_object('name', w.from_name, 'email', w.from_email)`,
  receivedAt: 'w.received_at',
};

/** Who may approve may do so for each product of its controller, so all of them are the caller's. */
const NOMINATIONS: KindOfWork = {
  table: 'nominations',
  waits: `w.confirmed_at is null and w.rejected_at is null and ($1::text[] is null or not exists (select from agreements a
    where a.controller_id = w.controller_id and a.ended_at is null and a.product_id <> all($1)))`,
  shown: 'w.role',
  from: `jsonb_build_object('name', w.name, 'email', w.email)`,
  receivedAt: 'w.nominated_at',
};

async function waiting<Item>(
  db: Queryable,
  { table, waits, shown, from, receivedAt, join = '' }: KindOfWork,
  products: readonly string[] | null,
  actor?: string,
): Promise<Waiting<Item>> {
  const found = await rows<Item & { total: number }>(
    db,
    `with waiting as (
       select w.id, count(*) over ()::int as total from ${table} w join changes c on c.id = w.change_id
       where ${waits} and ($1::text[] is null or c.product_id = any($1))
       order by w.id limit $2
     )
     select w.id, jsonb_build_object('id', c.id, 'product', c.product_id, 'companies', c.companies, 'timeZone', c.time_zone)
         as change,
       jsonb_build_object('externalId', k.external_id, 'name', k.name) as controller, ${from} as "from",
       ${receivedAt} as "receivedAt", ${shown}, total
     from waiting join ${table} w on w.id = waiting.id join changes c on c.id = w.change_id
       join controllers k on k.id = w.controller_id ${join}
     order by w.id`,
    [products, LISTED_IN_WORKLIST, ...(actor === undefined ? [] : [actor])],
  );
  return { count: found[0]?.total ?? 0, items: found.map(({ total: _total, ...item }) => item as unknown as Item) };
}

/** Answers that nobody has read (D20), of these products; `null`: of all. */
export const unreadAnswers = (db: Queryable, products: readonly string[] | null) =>
  waiting<WorkOfController & { readonly subject: string }>(db, ANSWERS, products);

/** Objections that nobody has resolved (D18), those of which a withdrawal is asked for among them (D31). */
export const pendingObjections = (db: Queryable, products: readonly string[] | null) =>
  waiting<WorkOfController & { readonly number: number; readonly isBeingWithdrawn: boolean }>(db, OBJECTIONS, products);

/** Approvals that somebody else than `actor` has recorded, and that a second person confirms (D42). */
export const unconfirmedApprovals = (db: Queryable, products: readonly string[] | null, actor: string) =>
  waiting<WorkOfController & { readonly number: number; readonly recordedBy: string }>(db, APPROVALS, products, actor);

/** Who may approve, as contacts have named it, and nobody has confirmed (D42). */
export const unconfirmedNominations = (db: Queryable, products: readonly string[] | null) =>
  waiting<WorkOfController & { readonly role: string }>(db, NOMINATIONS, products);

/** A mail that nobody could attribute (D17). */
export interface UnattributedMail {
  readonly id: string;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly subject: string;
  readonly receivedAt: Temporal.Instant;
}

/** Mails that nobody could attribute, the oldest first. They are of no product. */
export async function unattributedMails(db: Queryable): Promise<Waiting<UnattributedMail>> {
  const found = await rows<UnattributedMail & { total: number }>(
    db,
    `select id, jsonb_build_object('name', from_name, 'email', from_email) as "from", coalesce(subject, '') as subject,
       received_at as "receivedAt", count(*) over ()::int as total
     from inbound_mails where taken_as = 'unattributed' order by id limit $1`,
    [LISTED_IN_WORKLIST],
  );
  return { count: found[0]?.total ?? 0, items: found.map(({ total: _total, ...mail }) => mail) };
}

import type { Author } from '../domain/author.ts';
import type { NominationStatus } from '../domain/approval.ts';
import type { Language } from '../domain/text.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** Who may approve for a controller, as one of its contacts names it (D42). */
export interface Nomination {
  readonly id: string;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly nominatedAt: Temporal.Instant;
  readonly nominatedBy: string;
  readonly confirmedAt: Temporal.Instant | null;
  readonly confirmedBy: string | null;
  readonly rejectedAt: Temporal.Instant | null;
  readonly rejectedBy: string | null;
  /** Why it was rejected; `null` where it was not. */
  readonly explanation: string | null;
  readonly status: NominationStatus;
}

/** The language is that of who nominated. */
export type StoredNomination = Nomination & { readonly language: Language };

const STATUS = `case when n.confirmed_at is not null then 'confirmed' when n.rejected_at is not null then 'rejected' else 'waiting' end`;

const NOMINATIONS = `select n.id, n.change_id as "changeId", k.external_id as controller, n.email, n.name, n.role,
    n.nominated_at as "nominatedAt", author_in_words(n.nominated_by) as "nominatedBy", n.confirmed_at as "confirmedAt",
    author_in_words(n.confirmed_by) as "confirmedBy", n.rejected_at as "rejectedAt",
    author_in_words(n.rejected_by) as "rejectedBy", n.explanation, ${STATUS} as status, m.language
  from nominations n join controllers k on k.id = n.controller_id join messages m on m.id = n.message_id`;

/** The nomination, or `null`. */
export async function findNomination(db: Queryable, id: string): Promise<StoredNomination | null> {
  return row(db, `${NOMINATIONS} where n.id = $1`, [id]);
}

/** The nominations of a change, the oldest first. */
export async function nominationsOf(db: Queryable, changeId: string): Promise<StoredNomination[]> {
  return rows(db, `${NOMINATIONS} where n.change_id = $1 order by n.id limit 1000`, [changeId]);
}

/** Nominations in the order in which they came, from after the id `after`. */
export async function listNominations(
  db: Queryable,
  filter: {
    readonly product?: string | undefined;
    readonly change?: string | undefined;
    /** External id. */
    readonly controller?: string | undefined;
    readonly status?: NominationStatus | undefined;
  },
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredNomination[]> {
  const { product = null, change = null, controller = null, status = null } = filter;
  return rows(
    db,
    `${NOMINATIONS} join changes c on c.id = n.change_id
     where ($1::text is null or c.product_id = $1) and ($2::uuid is null or n.change_id = $2)
       and ($3::text is null or k.external_id = $3) and ($4::text is null or ${STATUS} = $4)
       and ($5::uuid is null or n.id > $5)
     order by n.id limit $6`,
    [product, change, controller, status, after, limit],
  );
}

/** How many nominations through one link wait for an officer. */
export async function countWaiting(db: Queryable, messageId: string): Promise<number> {
  const { count } = await oneRow<{ count: number }>(
    db,
    'select count(*)::int as count from nominations where message_id = $1 and confirmed_at is null and rejected_at is null',
    [messageId],
  );
  return count;
}

/** Writes a nomination. */
export async function insertNomination(
  tx: Transaction,
  nomination: {
    changeId: string;
    controllerId: string;
    messageId: string;
    email: string;
    name: string;
    role: string;
  },
  by: Author,
): Promise<StoredNomination> {
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into nominations (change_id, controller_id, message_id, email, name, role, nominated_at, nominated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      nomination.changeId,
      nomination.controllerId,
      nomination.messageId,
      nomination.email,
      nomination.name,
      nomination.role,
      by.at,
      by.actor,
    ],
  );
  return oneRow(tx, `${NOMINATIONS} where n.id = $1`, [id]);
}

/** Records that an officer confirms a nomination. */
export async function markConfirmed(tx: Transaction, id: string, by: Author): Promise<void> {
  await rows(tx, 'update nominations set confirmed_at = $2, confirmed_by = $3 where id = $1', [id, by.at, by.actor]);
}

/** Records that an officer finds that who was named may not approve, and why. */
export async function markRejected(tx: Transaction, id: string, explanation: string, by: Author): Promise<void> {
  const rejected = 'update nominations set rejected_at = $2, rejected_by = $3, explanation = $4 where id = $1';
  await rows(tx, rejected, [id, by.at, by.actor, explanation]);
}

/** The contacts of a controller who may approve, in their order. */
export async function approversOf(db: Queryable, controllerId: string): Promise<{ name: string; email: string }[]> {
  return rows(db, 'select name, email from contacts where controller_id = $1 and may_approve order by position', [
    controllerId,
  ]);
}

import type { Author } from '../domain/author.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A legal hold on record: nothing of its change, or of its controller, is emptied as long as it lasts (D51). */
export interface LegalHold {
  readonly id: string;
  readonly changeId: string | null;
  /** External id. */
  readonly controller: string | null;
  readonly reason: string;
  readonly placedAt: Temporal.Instant;
  readonly placedBy: string;
  /** `null`: until it is released. */
  readonly until: Temporal.Instant | null;
  readonly releasedAt: Temporal.Instant | null;
  readonly releasedBy: string | null;
  readonly releaseReason: string | null;
}

const HOLDS = `select h.id, h.change_id as "changeId", c.external_id as controller, h.reason, h.placed_at as "placedAt",
    author_in_words(h.placed_by) as "placedBy", h.until, h.released_at as "releasedAt", author_in_words(h.released_by) as "releasedBy",
    h.release_reason as "releaseReason"
  from legal_holds h left join controllers c on c.id = h.controller_id`;

const LOCK = `hashtextextended('legal-holds', 0)`;

/** Keeps holds from being placed until the transaction ends: what is found not to be held stays so. Whoever empties takes it. */
export async function lockHolds(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
}

/** Places a hold, once no emptying is under way. Returns its id. */
export async function insertHold(
  tx: Transaction,
  hold: Pick<LegalHold, 'changeId' | 'reason' | 'until'> & { readonly controllerId: string | null },
  by: Author,
): Promise<string> {
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
  const [placed] = await rows<{ id: string }>(
    tx,
    `insert into legal_holds (change_id, controller_id, reason, until, placed_at, placed_by)
     values ($1, $2, $3, $4, $5, $6) returning id`,
    [hold.changeId, hold.controllerId, hold.reason, hold.until, by.at, by.actor],
  );
  if (placed === undefined) throw new Error('a legal hold was inserted, and no row came back');
  return placed.id;
}

/** The hold, or `null`. */
export async function findHold(db: Queryable, id: string): Promise<LegalHold | null> {
  return row<LegalHold>(db, `${HOLDS} where h.id = $1`, [id]);
}

/** Releases a hold. False where it is released already, or there is none. */
export async function releaseHold(tx: Transaction, id: string, reason: string, by: Author): Promise<boolean> {
  const released = await rows(
    tx,
    `update legal_holds set released_at = $2, released_by = $3, release_reason = $4
     where id = $1 and released_at is null returning id`,
    [id, by.at, by.actor, reason],
  );
  return released.length > 0;
}

/** Holds in the order in which they were placed, from after `after`. */
export async function listHolds(
  db: Queryable,
  filter: { change: string | null; controller: string | null; running: boolean | null; now: Temporal.Instant },
  after: string | null,
  limit: number,
): Promise<LegalHold[]> {
  return rows<LegalHold>(
    db,
    `${HOLDS}
     where ($1::uuid is null or h.change_id = $1) and ($2::text is null or c.external_id = $2)
       and ($3::boolean is null or (h.released_at is null and coalesce(h.until, 'infinity') > $4) = $3)
       and ($5::uuid is null or h.id > $5)
     order by h.id limit $6`,
    [filter.change, filter.controller, filter.running, filter.now, after, limit],
  );
}

import type { Author } from '../domain/author.ts';
import type {
  AnnouncedChange,
  Announcement,
  Change,
  ChangeAsAnnounced,
  ChangeKind,
  ObjectionAddress,
  Processor,
} from '../domain/change.ts';
import { nameKey, registrationKey, type SubProcessor } from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import type { Product } from './products.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

interface RowAsAnnounced {
  id: string;
  product_id: string;
  kind: ChangeKind;
  version: number;
  sub_processor: SubProcessor;
  replaces: string | null;
  supersedes: string | null;
  reason: Text;
  planned_activation_on: Temporal.PlainDate;
  product_name: string;
  processor: Processor;
  objection_address: ObjectionAddress;
  objection_window_days: number;
  time_zone: string;
  roll_forward: boolean;
  announced_at: Temporal.Instant;
  announced_by: string;
  held_until: Temporal.Instant | null;
  told_since: Temporal.Instant | null;
}

export interface AnnouncedRow extends RowAsAnnounced {
  status: 'announced';
}

export type ChangeRow =
  | AnnouncedRow
  | (RowAsAnnounced & { status: 'activated'; activated_at: Temporal.Instant; activated_by: string })
  | (RowAsAnnounced & {
      status: 'withdrawn';
      withdrawn_at: Temporal.Instant;
      withdrawn_by: string;
      withdrawal_reason: Text;
    });

/** The checks of the table make sure that a row has the columns of its status. */
export function toChange(found: ChangeRow): Change {
  switch (found.status) {
    case 'announced':
      return toAnnounced(found);
    case 'activated':
      return {
        ...asAnnounced(found),
        status: found.status,
        activatedAt: found.activated_at,
        activatedBy: found.activated_by,
      };
    case 'withdrawn':
      return {
        ...asAnnounced(found),
        status: found.status,
        withdrawnAt: found.withdrawn_at,
        withdrawnBy: found.withdrawn_by,
        withdrawalReason: found.withdrawal_reason,
      };
  }
}

/** The announced change of a row. */
export function toAnnounced(found: AnnouncedRow): AnnouncedChange {
  return { ...asAnnounced(found), status: 'announced' };
}

function asAnnounced(found: RowAsAnnounced): ChangeAsAnnounced {
  return {
    id: found.id,
    product: found.product_id,
    kind: found.kind,
    version: found.version,
    subProcessor: found.sub_processor,
    replaces: found.replaces,
    supersedes: found.supersedes,
    reason: found.reason,
    plannedActivationOn: found.planned_activation_on,
    productName: found.product_name,
    processor: found.processor,
    objectionAddress: found.objection_address,
    terms: {
      objectionWindowDays: found.objection_window_days,
      timeZone: found.time_zone,
      rollForward: found.roll_forward,
    },
    announcedAt: found.announced_at,
    announcedBy: found.announced_by,
    heldUntil: found.held_until,
    toldSince: found.told_since,
  };
}

/** Writes an announced change under the product's terms of this moment (D6), held until `heldUntil` where that is given (D33). */
export async function insertChange(
  tx: Transaction,
  announcement: Announcement,
  product: Product,
  heldUntil: Temporal.Instant | null,
  by: Author,
): Promise<AnnouncedChange> {
  const { subProcessor } = announcement;
  const saved = await oneRow<AnnouncedRow>(
    tx,
    `insert into changes (product_id, kind, sub_processor, name_key, registration_key, replaces, supersedes, reason,
       planned_activation_on, product_name, processor, objection_address, objection_window_days, time_zone, roll_forward,
       announced_at, announced_by, held_until, told_since)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     returning *`,
    [
      announcement.product,
      announcement.kind,
      JSON.stringify(subProcessor),
      nameKey(subProcessor.name),
      registrationKey(subProcessor),
      announcement.replaces,
      announcement.supersedes,
      JSON.stringify(announcement.reason),
      announcement.plannedActivationOn,
      product.name,
      JSON.stringify(product.processor),
      JSON.stringify(product.objectionAddress),
      product.terms.objectionWindowDays,
      product.terms.timeZone,
      product.terms.rollForward,
      by.at,
      by.actor,
      heldUntil,
      heldUntil === null ? by.at : null,
    ],
  );
  return toAnnounced(saved);
}

/** The change, or `null`. */
export async function findChange(db: Queryable, id: string): Promise<Change | null> {
  const found = await row<ChangeRow>(db, 'select * from changes where id = $1', [id]);
  return found && toChange(found);
}

/** The changes with these ids, in no order. */
export async function findChanges(db: Queryable, ids: readonly string[]): Promise<Change[]> {
  return (await rows<ChangeRow>(db, 'select * from changes where id = any($1)', [ids])).map(toChange);
}

/** The changes of a product, or of every product, that have not ended. */
export async function announcedChanges(db: Queryable, product: string | null): Promise<AnnouncedChange[]> {
  const found = await rows<AnnouncedRow>(
    db,
    `select * from changes where ($1::text is null or product_id = $1) and status = 'announced' order by id`,
    [product],
  );
  return found.map(toAnnounced);
}

/** Every change of a product that controllers were told of (D33), ended or not, newest first. */
export async function changesToldOf(db: Queryable, product: string): Promise<Change[]> {
  const found = await rows<ChangeRow>(
    db,
    'select * from changes where product_id = $1 and told_since is not null order by id desc',
    [product],
  );
  return found.map(toChange);
}

/** Of every change, ended or not, the oldest first. */
export async function everyChangeId(db: Queryable): Promise<string[]> {
  return (await rows<{ id: string }>(db, 'select id from changes order by id')).map(({ id }) => id);
}

/** The announced changes whose hold has ended by `until` and that nobody is told of yet (D33). */
export async function changesToTellOf(
  db: Queryable,
  until: Temporal.Instant,
): Promise<{ id: string; product: string }[]> {
  return rows(
    db,
    `select id, product_id as product from changes
     where status = 'announced' and told_since is null and held_until <= $1 order by id`,
    [until],
  );
}

/** Records that controllers are told of a change from now on. The caller holds its lock. */
export async function markTold(
  tx: Transaction,
  { id }: AnnouncedChange,
  now: Temporal.Instant,
): Promise<AnnouncedChange> {
  const sql = 'update changes set told_since = $2 where id = $1 returning *';
  return toAnnounced(await oneRow<AnnouncedRow>(tx, sql, [id, now]));
}

/** Ends an announced change by activation. The caller holds its lock and has found no blocker (D20). */
export async function markActivated(
  tx: Transaction,
  { id }: AnnouncedChange,
  by: Author & { on: Temporal.PlainDate },
): Promise<void> {
  await rows(
    tx,
    `update changes set status = 'activated', activated_at = $2, activated_on = $3, activated_by = $4 where id = $1`,
    [id, by.at, by.on, by.actor],
  );
}

/** Ends an announced change by withdrawal (D24). The caller holds its lock. */
export async function markWithdrawn(
  tx: Transaction,
  { id }: AnnouncedChange,
  by: Author & { reason: Text },
): Promise<void> {
  await rows(
    tx,
    `update changes set status = 'withdrawn', withdrawn_at = $2, withdrawn_by = $3, withdrawal_reason = $4
     where id = $1`,
    [id, by.at, by.actor, JSON.stringify(by.reason)],
  );
}

/** Raises the change's version and returns the change as it is now. Locks its row. */
export async function raiseVersion(tx: Transaction, id: string, by: number): Promise<Change> {
  const raised = await oneRow<ChangeRow>(tx, 'update changes set version = version + $2 where id = $1 returning *', [
    id,
    by,
  ]);
  return toChange(raised);
}

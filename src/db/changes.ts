import type { Author } from '../domain/author.ts';
import type { AnnouncedChange, Change, ChangeContent } from '../domain/change.ts';
import { companiesOf } from '../domain/effect.ts';
import { nameKey, registrationKey } from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import { CHANGE_COLUMNS, toAnnounced, toChange, toColumns, type AnnouncedRow, type ChangeRow } from './change-row.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** Writes an announced change as it is told (D6), held until `heldUntil` where that is given (D33). */
export async function insertChange(
  tx: Transaction,
  content: ChangeContent,
  hash: string,
  heldUntil: Temporal.Instant | null,
  by: Author,
): Promise<AnnouncedChange> {
  const { subProcessor, kind, terms, regime } = content;
  // A company is announced once while it is new to the register (D6). Of an entry, several elements may change at once.
  const entering = kind === 'addition' || kind === 'replacement' ? subProcessor : null;
  const told = toColumns(content);
  const columns = {
    product_id: content.product,
    kind,
    sub_processor: told.sub_processor && JSON.stringify(told.sub_processor),
    name_key: entering && nameKey(entering.name),
    registration_key: entering && registrationKey(entering),
    companies: companiesOf(content).join(', '),
    effects: JSON.stringify(told.effects),
    elements: JSON.stringify(told.elements),
    contact_persons: JSON.stringify(told.contact_persons),
    objection: regime.objection,
    approval: regime.approval,
    stricter: JSON.stringify(content.stricter),
    wording_only: content.wordingOnly,
    scope: content.scope,
    separation: content.separation && JSON.stringify(content.separation),
    upstream: content.upstream && JSON.stringify(content.upstream),
    children: JSON.stringify(content.children),
    entries: JSON.stringify(content.entries),
    replaces: content.replaces,
    amends: content.amends,
    removes: content.removes,
    supersedes: content.supersedes,
    reason: JSON.stringify(content.reason),
    planned_activation_on: content.plannedActivationOn,
    product_name: content.productName,
    processor: JSON.stringify(content.processor),
    objection_address: JSON.stringify(content.objectionAddress),
    objection_window_days: terms.objectionWindowDays,
    time_zone: terms.timeZone,
    roll_forward: terms.rollForward,
    approval_answer_days: terms.approvalAnswerDays,
    approval_effective_after_hours: terms.approvalEffectiveAfterHours,
    content_hash: hash,
    announced_at: by.at,
    announced_by: by.actor,
    held_until: heldUntil,
    told_since: heldUntil === null ? by.at : null,
  };
  const names = Object.keys(columns);
  const saved = await oneRow<AnnouncedRow>(
    tx,
    `insert into changes as c (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning ${CHANGE_COLUMNS}`,
    Object.values(columns),
  );
  return toAnnounced(saved);
}

/** `isStillTold` of domain/change.ts in SQL, of a row of `changes`. */
export const isStillTold = (change: string) =>
  `(${change}.status = 'announced' or ${change}.status = 'activated' and not ${change}.objection and not ${change}.approval)`;

/** The change, or `null`. */
export async function findChange(db: Queryable, id: string): Promise<Change | null> {
  const found = await row<ChangeRow>(db, `select ${CHANGE_COLUMNS} from changes c where id = $1`, [id]);
  return found && toChange(found);
}

/** The changes with these ids, in no order. */
export async function findChanges(db: Queryable, ids: readonly string[]): Promise<Change[]> {
  return (await rows<ChangeRow>(db, `select ${CHANGE_COLUMNS} from changes c where id = any($1)`, [ids])).map(toChange);
}

/** The changes of a product, or of every product, that have not ended. */
export async function announcedChanges(db: Queryable, product: string | null): Promise<AnnouncedChange[]> {
  const found = await rows<AnnouncedRow>(
    db,
    `select ${CHANGE_COLUMNS} from changes c where ($1::text is null or product_id = $1) and status = 'announced' order by id`,
    [product],
  );
  return found.map(toAnnounced);
}

/** Every change of a product that controllers were told of (D33), ended or not, newest first. */
export async function changesToldOf(db: Queryable, product: string): Promise<Change[]> {
  const found = await rows<ChangeRow>(
    db,
    `select ${CHANGE_COLUMNS} from changes c where product_id = $1 and told_since is not null order by id desc`,
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
  const sql = `update changes c set told_since = $2 where id = $1 returning ${CHANGE_COLUMNS}`;
  return toAnnounced(await oneRow<AnnouncedRow>(tx, sql, [id, now]));
}

/** Records that a second person has confirmed that only words change (D39). The caller holds its lock. */
export async function markWordingConfirmed(tx: Transaction, id: string, { at, actor }: Author): Promise<void> {
  const sql = 'update changes set wording_confirmed_at = $2, wording_confirmed_by = $3 where id = $1';
  await rows(tx, sql, [id, at, actor]);
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
  const raised = await oneRow<ChangeRow>(
    tx,
    `update changes c set version = version + $2 where id = $1 returning ${CHANGE_COLUMNS}`,
    [id, by],
  );
  return toChange(raised);
}

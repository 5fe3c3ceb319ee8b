import type { Author } from '../domain/author.ts';
import type {
  AnnouncedChange,
  Change,
  ChangeAsAnnounced,
  ChangeContent,
  ChangeKind,
  ObjectionAddress,
  Processor,
  Scope,
  Upstream,
} from '../domain/change.ts';
import { companiesOf, type Effect } from '../domain/effect.ts';
import type { ChangeElement, Regime, Worded } from '../domain/regime.ts';
import { nameKey, registrationKey, type SubProcessor } from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

interface RowAsAnnounced {
  id: string;
  product_id: string;
  kind: ChangeKind;
  version: number;
  sub_processor: SubProcessor | null;
  effects: Effect[];
  elements: ChangeElement[];
  objection: boolean;
  approval: boolean;
  stricter: Regime;
  wording_only: Worded[];
  scope: Scope;
  separation: Text | null;
  upstream:
    | (Readonly<Record<'noticeReceivedOn' | 'effectiveOn', string>> &
        Readonly<Record<'objectBy' | 'reference', string | null>>)
    | null;
  children: ChangeContent['children'];
  entries: ChangeContent['entries'];
  amends: string | null;
  removes: string | null;
  approval_answer_days: number;
  approval_effective_after_hours: number;
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
  content_hash: string | null;
  announced_at: Temporal.Instant;
  announced_by: string;
  held_until: Temporal.Instant | null;
  told_since: Temporal.Instant | null;
  wording_confirmed_at: Temporal.Instant | null;
  wording_confirmed_by: string | null;
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
    effects: found.effects,
    elements: found.elements,
    regime: { objection: found.objection, approval: found.approval },
    stricter: found.stricter,
    wordingOnly: found.wording_only,
    scope: found.scope,
    separation: found.separation,
    upstream: found.upstream && toUpstream(found.upstream),
    children: found.children,
    entries: found.entries,
    amends: found.amends,
    removes: found.removes,
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
      approvalAnswerDays: found.approval_answer_days,
      approvalEffectiveAfterHours: found.approval_effective_after_hours,
    },
    contentHash: found.content_hash,
    announcedAt: found.announced_at,
    announcedBy: found.announced_by,
    heldUntil: found.held_until,
    toldSince: found.told_since,
    wordingConfirmed:
      found.wording_confirmed_at === null || found.wording_confirmed_by === null
        ? null
        : { at: found.wording_confirmed_at, by: found.wording_confirmed_by },
  };
}

function toUpstream(found: NonNullable<RowAsAnnounced['upstream']>): Upstream {
  const day = (text: string) => Temporal.PlainDate.from(text);
  return {
    noticeReceivedOn: day(found.noticeReceivedOn),
    objectBy: found.objectBy === null ? null : day(found.objectBy),
    effectiveOn: day(found.effectiveOn),
    reference: found.reference,
  };
}

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
  const columns = {
    product_id: content.product,
    kind,
    sub_processor: subProcessor && JSON.stringify(subProcessor),
    name_key: entering && nameKey(entering.name),
    registration_key: entering && registrationKey(entering),
    companies: companiesOf(content).join(', '),
    effects: JSON.stringify(content.effects),
    elements: JSON.stringify(content.elements),
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
    `insert into changes (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning *`,
    Object.values(columns),
  );
  return toAnnounced(saved);
}

/** `isStillTold` of domain/change.ts in SQL, of a row of `changes`. */
export const isStillTold = (change: string) =>
  `(${change}.status = 'announced' or ${change}.status = 'activated' and not ${change}.objection and not ${change}.approval)`;

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
  const raised = await oneRow<ChangeRow>(tx, 'update changes set version = version + $2 where id = $1 returning *', [
    id,
    by,
  ]);
  return toChange(raised);
}

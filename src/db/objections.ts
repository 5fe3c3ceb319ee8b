import type { Author } from '../domain/author.ts';
import type {
  Objection,
  ObjectionAsReceived,
  ObjectionChannel,
  ObjectionRefusal,
  ObjectionStatus,
  Outcome,
  PendingObjection,
} from '../domain/objection.ts';
import type { WithdrawalRequest } from '../domain/withdrawal.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';
import { endResolved } from './withdrawals.ts';

interface RowAsReceived extends RowOfWithdrawal {
  id: string;
  number: number;
  change_id: string;
  controller_id: string;
  external_id: string;
  channel: ObjectionChannel;
  message_id: string | null;
  from_name: string | null;
  from_email: string | null;
  reasons: string | null;
  received_at: Temporal.Instant;
  recorded_at: Temporal.Instant;
  recorded_by: string;
  l_explanation: string | null;
  l_accepted_at: Temporal.Instant | null;
  l_accepted_by: string;
}

/** Of the latest withdrawal that was asked for; its status is null where there is none. */
interface RowOfWithdrawal {
  w_status: WithdrawalRequest['status'] | null;
  w_email: string;
  w_explanation: string | null;
  w_delay_hours: number;
  w_requested_at: Temporal.Instant;
  w_takes_effect_at: Temporal.Instant | null;
  w_ended_at: Temporal.Instant | null;
  w_ended_by: string | null;
}

/** guards.sql and the table's checks make sure that a resolved objection has a decision, and a rejected one a reason. */
export type ObjectionRow = RowAsReceived &
  (
    | { status: 'pending' }
    | { status: 'rejected'; rejected_for: ObjectionRefusal }
    | {
        status: 'resolved';
        outcome: Outcome;
        explanation: string | null;
        inbound_mail_id: string | null;
        decided_at: Temporal.Instant;
        decided_by: string;
      }
  );

/** The controller's id in the database. `controller` is the external id. */
interface OfController {
  readonly controllerId: string;
}
export type StoredObjection = Objection & OfController;

export const OBJECTIONS = `select o.*, author_in_words(o.recorded_by) as recorded_by, k.external_id, d.outcome, d.explanation, d.inbound_mail_id,
    d.decided_at, author_in_words(d.decided_by) as decided_by,
    w.status as w_status, w.email as w_email, w.explanation as w_explanation, w.delay_hours as w_delay_hours,
    w.requested_at as w_requested_at, withdrawal_due_at(w.id) as w_takes_effect_at, w.ended_at as w_ended_at,
    author_in_words(w.ended_by) as w_ended_by,
    l.explanation as l_explanation, l.decided_at as l_accepted_at, author_in_words(l.decided_by) as l_accepted_by
  from objections o join controllers k on k.id = o.controller_id
    left join lateral (select * from withdrawal_requests where objection_id = o.id order by id desc limit 1) w on true
    left join objection_decisions d on d.objection_id = o.id and d.decision = 'resolved'
    left join objection_decisions l on l.objection_id = o.id and l.decision = 'accepted-late'`;

export function toObjection(found: ObjectionRow): StoredObjection {
  const received = asReceived(found);
  switch (found.status) {
    case 'pending':
      return { ...received, status: found.status };
    case 'rejected':
      return { ...received, status: found.status, rejectedFor: found.rejected_for };
    case 'resolved': {
      const { outcome, explanation, inbound_mail_id: mailId, decided_at: resolvedAt, decided_by: resolvedBy } = found;
      return {
        ...received,
        status: found.status,
        resolution: { outcome, explanation, mailId, resolvedAt, resolvedBy },
      };
    }
  }
}

function asReceived(found: RowAsReceived): ObjectionAsReceived & OfController {
  return {
    id: found.id,
    number: found.number,
    changeId: found.change_id,
    controllerId: found.controller_id,
    controller: found.external_id,
    channel: found.channel,
    messageId: found.message_id,
    from: { name: found.from_name, email: found.from_email },
    reasons: found.reasons,
    receivedAt: found.received_at,
    recordedAt: found.recorded_at,
    recordedBy: found.recorded_by,
    acceptedLate:
      found.l_accepted_at === null
        ? null
        : { explanation: found.l_explanation, acceptedAt: found.l_accepted_at, acceptedBy: found.l_accepted_by },
    withdrawal:
      found.w_status === null
        ? null
        : {
            status: found.w_status,
            email: found.w_email,
            explanation: found.w_explanation,
            delayHours: found.w_delay_hours,
            requestedAt: found.w_requested_at,
            takesEffectAt: found.w_takes_effect_at,
            endedAt: found.w_ended_at,
            endedBy: found.w_ended_by,
          },
  };
}

/** Writes an objection or a rejected attempt, with its text as received (D15, D16, D18). */
export async function insertObjection(
  tx: Transaction,
  objection: Pick<StoredObjection, 'changeId' | 'controllerId' | 'channel' | 'from' | 'reasons' | 'receivedAt'> & {
    /** Why it does not count; `null` for one that is pending. */
    rejectedFor: ObjectionRefusal | null;
    /** The message whose link it came through. */
    messageId?: string;
    /** Of what the page stated, in hexadecimal. */
    statedSha256: string | null;
  },
  by: Author,
): Promise<StoredObjection> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into objections (change_id, controller_id, channel, from_name, from_email, reasons, received_at, recorded_at,
       recorded_by, status, rejected_for, message_id, stated_sha256)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, decode($13, 'hex')) returning id`,
    [
      objection.changeId,
      objection.controllerId,
      objection.channel,
      objection.from.name,
      objection.from.email,
      objection.reasons,
      objection.receivedAt,
      by.at,
      by.actor,
      objection.rejectedFor === null ? 'pending' : 'rejected',
      objection.rejectedFor,
      objection.messageId ?? null,
      objection.statedSha256,
    ],
  );
  return getObjection(tx, saved.id);
}

/** The objection, or `null`. */
export async function findObjection(db: Queryable, id: string): Promise<StoredObjection | null> {
  const found = await row<ObjectionRow>(db, `${OBJECTIONS} where o.id = $1`, [id]);
  return found && toObjection(found);
}

/** The objections with these ids, in the order of their numbers. */
export async function findObjections(db: Queryable, ids: readonly string[]): Promise<StoredObjection[]> {
  if (ids.length === 0) return [];
  return (await rows<ObjectionRow>(db, `${OBJECTIONS} where o.id = any($1) order by o.number`, [ids])).map(toObjection);
}

/** The objection; throws when there is none. */
export async function getObjection(db: Queryable, id: string): Promise<StoredObjection> {
  return toObjection(await oneRow<ObjectionRow>(db, `${OBJECTIONS} where o.id = $1`, [id]));
}

/**
 * The pending objection with the same text that the same contact has made through a link, or `null`. One whose withdrawal waits
 * is another: who objects again then wants an objection that stands.
 */
export async function findSamePending(
  db: Queryable,
  given: Pick<StoredObjection, 'changeId' | 'controllerId' | 'from' | 'reasons'>,
): Promise<StoredObjection | null> {
  const found = await row<ObjectionRow>(
    db,
    `${OBJECTIONS}
     where o.change_id = $1 and o.controller_id = $2 and o.channel = 'link' and o.status = 'pending'
       and o.from_email is not distinct from $3 and o.reasons = $4 and w.status is distinct from 'waiting'
     order by o.id limit 1`,
    [given.changeId, given.controllerId, given.from.email, given.reasons],
  );
  return found && toObjection(found);
}

/** The objections and rejected attempts of one controller about a change, in the order they were recorded; of one status, or all. */
export async function objectionsOfController(
  db: Queryable,
  of: { changeId: string; controllerId: string },
  { status = null, limit }: { status?: ObjectionStatus | null; limit: number },
): Promise<StoredObjection[]> {
  const found = await rows<ObjectionRow>(
    db,
    `${OBJECTIONS}
     where o.change_id = $1 and o.controller_id = $2 and ($3::text is null or o.status = $3) order by o.id limit $4`,
    [of.changeId, of.controllerId, status, limit],
  );
  return found.map(toObjection);
}

interface Decision extends Author {
  readonly explanation: string | null;
  readonly withdrawalRequestId?: string | null;
  readonly inboundMailId?: string | null;
}

async function decide(
  tx: Transaction,
  ids: readonly string[],
  decision: Decision & { kind: 'resolved' | 'accepted-late'; outcome: Outcome | null },
): Promise<void> {
  const { kind, outcome, explanation, withdrawalRequestId = null, inboundMailId = null, at, actor } = decision;
  await rows(
    tx,
    `insert into objection_decisions (objection_id, decision, outcome, explanation, withdrawal_request_id, inbound_mail_id,
       decided_at, decided_by)
     select unnest($1::uuid[]), $2, $3, $4, $5, $6, $7, $8`,
    [ids, kind, outcome, explanation, withdrawalRequestId, inboundMailId, at, actor],
  );
  await rows(tx, 'update objections set status = $2 where id = any($1)', [
    ids,
    kind === 'resolved' ? 'resolved' : 'pending',
  ]);
  if (kind === 'resolved') await endResolved(tx, ids, { carriedOut: withdrawalRequestId !== null, at, actor });
}

/** Resolves a pending objection, on the record (D19). */
export async function markResolved(
  tx: Transaction,
  { id }: PendingObjection,
  decision: Decision & { outcome: Outcome },
): Promise<void> {
  await decide(tx, [id], { ...decision, kind: 'resolved' });
}

/** Makes an attempt that was rejected as late pending, on the record (D16). */
export async function markAcceptedLate(tx: Transaction, id: string, decision: Decision): Promise<void> {
  await decide(tx, [id], { ...decision, kind: 'accepted-late', outcome: null });
}

/** Resolves every pending objection of a withdrawn change as `change-withdrawn` (D24). Returns their ids. */
export async function resolveAsChangeWithdrawn(
  tx: Transaction,
  changeId: string,
  at: Temporal.Instant,
  actor: string,
): Promise<string[]> {
  const pending = await rows<{ id: string }>(
    tx,
    `select id from objections where change_id = $1 and status = 'pending' order by id`,
    [changeId],
  );
  const ids = pending.map(({ id }) => id);
  if (ids.length === 0) return [];
  await decide(tx, ids, { kind: 'resolved', outcome: 'change-withdrawn', explanation: null, at, actor });
  return ids;
}

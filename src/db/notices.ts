import type { BounceEffect, ReportedAction } from '../domain/delivery-report.ts';
import type { MessageKind, SendOutcome } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';
import { findFurtherAttempts, type FurtherAttempts } from './further-attempts.ts';
import { TELLING } from './messages.ts';
import { row, rows, type Queryable } from './postgres.ts';

/** One attempt to send a message. */
export interface RecordedAttempt {
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant;
  readonly outcome: SendOutcome;
  /** What the mail server answered, also where it accepted; `null` where it said nothing. */
  readonly responseCode: number | null;
  readonly response: string | null;
  /** Protocol and cipher of the connection; `null` where it was not encrypted, or there was none. */
  readonly tls: string | null;
  readonly printedDeadline: Temporal.Instant | null;
}

/** What was reported of a message after it was sent. */
export interface RecordedReport {
  readonly id: string;
  readonly action: ReportedAction;
  readonly status: string | null;
  readonly diagnostic: string | null;
  /** The address that it names, a member's where an alias passed the message on; `null` where it names none. */
  readonly recipient: string | null;
  readonly effect: BounceEffect;
  readonly recordedAt: Temporal.Instant;
  readonly recordedBy: string;
  /** The mail that it came in; `null` where a mail provider reported it. */
  readonly mailId: string | null;
}

/** What an officer stated, with evidence: the notice reached its controller (D30). */
export interface RecordedArrival {
  readonly id: string;
  readonly evidence: string;
  readonly recordedAt: Temporal.Instant;
  readonly recordedBy: string;
}

/** A message to one contact, with what became of it. */
export interface MessageOnRecord {
  readonly id: string;
  readonly kind: MessageKind;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  readonly status: 'pending' | 'accepted' | 'failed' | 'cancelled';
  readonly createdAt: Temporal.Instant;
  readonly acceptedAt: Temporal.Instant | null;
  readonly attempts: readonly RecordedAttempt[];
  readonly reports: readonly RecordedReport[];
  readonly arrivals: readonly RecordedArrival[];
}

/** The same, with what came through its link. */
export interface NoticeOnRecord extends MessageOnRecord {
  /** Rejected attempts to object through its link, after so many that they are counted (D15). */
  readonly furtherAttempts: FurtherAttempts;
}

/**
 * The message with its attempts, the reports on it and the statements of its arrival, each in the order in which they happened;
 * `null` for no message.
 */
export async function findNotice(db: Queryable, id: string): Promise<NoticeOnRecord | null> {
  const [notice] = await noticesWith(db, [id]);
  return notice === undefined ? null : { ...notice, furtherAttempts: await findFurtherAttempts(db, id) };
}

/** Every message to a controller about a change, in the order in which they were queued, from after the message `after`. */
export async function listMessagesTo(
  db: Queryable,
  { changeId, controllerId }: { changeId: string; controllerId: string },
  { after, limit }: { after: string | null; limit: number },
): Promise<MessageOnRecord[]> {
  const found = await rows<{ id: string }>(
    db,
    `select id from messages where change_id = $1 and controller_id = $2 and ($3::uuid is null or id > $3) order by id limit $4`,
    [changeId, controllerId, after, limit],
  );
  return noticesWith(
    db,
    found.map(({ id }) => id),
  );
}

async function noticesWith(db: Queryable, ids: readonly string[]): Promise<MessageOnRecord[]> {
  const notices = await rows<Omit<MessageOnRecord, 'attempts' | 'reports' | 'arrivals'>>(
    db,
    // As `listControllersInChange` shows it: of a withdrawn change, one that waits is cancelled (D24).
    `select m.id, m.kind, m.change_id as "changeId", k.external_id as controller, m.email, m.name, m.language,
       case when m.status = 'in-flight' then 'pending'
         when m.status = 'pending' and m.kind in ${TELLING} and c.status = 'withdrawn' then 'cancelled' else m.status end as status,
       m.created_at as "createdAt", m.accepted_at as "acceptedAt"
     from messages m join controllers k on k.id = m.controller_id join changes c on c.id = m.change_id
     where m.id = any($1) order by m.id`,
    [ids],
  );
  const attempts = await rows<RecordedAttempt & OfMessage>(
    db,
    `select message_id as "messageId", started_at as "startedAt", finished_at as "finishedAt", outcome,
       response_code as "responseCode", response, tls, printed_deadline as "printedDeadline"
     from message_attempts where message_id = any($1) order by id`,
    [ids],
  );
  const reports = await rows<RecordedReport & OfMessage>(
    db,
    `select message_id as "messageId", id, action, status, diagnostic, recipient, effect, recorded_at as "recordedAt",
       author_in_words(recorded_by) as "recordedBy", inbound_mail_id as "mailId"
     from bounces where message_id = any($1) order by id`,
    [ids],
  );
  const arrivals = await rows<RecordedArrival & OfMessage>(
    db,
    `select message_id as "messageId", id, evidence, recorded_at as "recordedAt", author_in_words(recorded_by) as "recordedBy"
     from arrival_statements where message_id = any($1) order by id`,
    [ids],
  );
  return notices.map((notice) => ({
    ...notice,
    attempts: partsOf(attempts, notice.id),
    reports: partsOf(reports, notice.id),
    arrivals: partsOf(arrivals, notice.id),
  }));
}

interface OfMessage {
  readonly messageId: string;
}

function partsOf<Part>(parts: readonly (Part & OfMessage)[], id: string): Omit<Part & OfMessage, 'messageId'>[] {
  return parts.filter(({ messageId }) => messageId === id).map(({ messageId: _of, ...part }) => part);
}

/** The mail that a report on a message came in, byte for byte; `null` when there is no such report, or it came in no mail. */
export async function findMailOfReport(
  db: Queryable,
  { messageId, reportId }: { messageId: string; reportId: string },
): Promise<Buffer | null> {
  const found = await row<{ raw: Buffer }>(
    db,
    `select c.raw from bounces b join inbound_mails m on m.id = b.inbound_mail_id join inbound_contents c on c.sha256 = m.sha256
     where b.id = $1 and b.message_id = $2`,
    [reportId, messageId],
  );
  return found && found.raw;
}

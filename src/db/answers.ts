import type { Answer, AnswerAsReceived, AnswerDecision, AnswerStatus, DecidedAnswer } from '../domain/answer.ts';
import type { Author } from '../domain/author.ts';
import type { MailContent, MailSubject } from '../domain/inbound-mail.ts';
import { sortOf, type Sort } from './keyset.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';
import { listSaid, type SaidFilter } from './said-list.ts';

interface RowAsReceived {
  id: string;
  change_id: string;
  controller_id: string;
  external_id: string;
  message_id: string | null;
  from_name: string | null;
  from_email: string | null;
  subject: string;
  text: string;
  quoted: string;
  attachments: MailContent['attachments'];
  received_at: Temporal.Instant;
}

/** guards.sql makes sure that an answer that is not unread has a decision. */
type AnswerRow = RowAsReceived &
  (
    | { status: 'unread' }
    | {
        status: AnswerDecision;
        explanation: string | null;
        objection_id: string | null;
        approval_id: string | null;
        written_by_person: boolean;
        decided_at: Temporal.Instant;
        decided_by: string;
        /** As JSON has them. */
        earlier: (Omit<DecidedAnswer['earlierDecisions'][number], 'decidedAt'> & { decidedAt: string })[];
      }
  );

/** The controller's id in the database. `controller` is the external id. */
interface OfController {
  readonly controllerId: string;
}
export type StoredAnswer = Answer & OfController;

/** The latest decision counts. */
const ANSWERS = `select a.*, m.from_name, m.from_email, m.subject, m.text, m.quoted, m.attachments, k.external_id,
    d.explanation, d.objection_id, d.approval_id, d.written_by_person, d.decided_at, author_in_words(d.decided_by) as decided_by,
    (select coalesce(jsonb_agg(jsonb_build_object('status', e.decision, 'writtenByPerson', e.written_by_person,
        'explanation', e.explanation, 'objectionId', e.objection_id, 'approvalId', e.approval_id,
        'decidedAt', e.decided_at, 'decidedBy', author_in_words(e.decided_by))
        order by e.id), '[]') from answer_decisions e where e.answer_id = a.id and e.id < d.id) as earlier
  from answers a join inbound_mails m on m.id = a.inbound_mail_id join controllers k on k.id = a.controller_id
    left join lateral (select * from answer_decisions where answer_id = a.id order by id desc limit 1) d on true`;

function toAnswer(found: AnswerRow): StoredAnswer {
  const received = asReceived(found);
  if (found.status === 'unread') return { ...received, status: found.status };
  const { status, explanation, objection_id: objectionId, approval_id: approvalId } = found;
  const { written_by_person: writtenByPerson } = found;
  const { decided_at: decidedAt, decided_by: decidedBy } = found;
  return {
    ...received,
    status,
    decision: { writtenByPerson, explanation, objectionId, approvalId, decidedAt, decidedBy },
    earlierDecisions: found.earlier.map((each) => ({ ...each, decidedAt: Temporal.Instant.from(each.decidedAt) })),
  };
}

function asReceived(found: RowAsReceived): AnswerAsReceived & OfController {
  return {
    id: found.id,
    changeId: found.change_id,
    controllerId: found.controller_id,
    controller: found.external_id,
    messageId: found.message_id,
    from: { name: found.from_name, email: found.from_email },
    subject: found.subject,
    text: found.text,
    quoted: found.quoted,
    attachments: found.attachments,
    receivedAt: found.received_at,
  };
}

/** Makes a mail an answer, unread. The caller holds the change's lock (D22). */
export async function insertAnswer(
  tx: Transaction,
  answer: MailSubject & { inboundMailId: string; receivedAt: Temporal.Instant },
): Promise<StoredAnswer> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into answers (inbound_mail_id, message_id, change_id, controller_id, received_at)
     values ($1, $2, $3, $4, $5) returning id`,
    [answer.inboundMailId, answer.messageId, answer.changeId, answer.controllerId, answer.receivedAt],
  );
  return getAnswer(tx, saved.id);
}

/** The answer, or `null`. */
export async function findAnswer(db: Queryable, id: string): Promise<StoredAnswer | null> {
  const found = await row<AnswerRow>(db, `${ANSWERS} where a.id = $1`, [id]);
  return found && toAnswer(found);
}

/** The answer; throws when there is none. */
export async function getAnswer(db: Queryable, id: string): Promise<StoredAnswer> {
  return toAnswer(await oneRow<AnswerRow>(db, `${ANSWERS} where a.id = $1`, [id]));
}

/** Answers in the order in which they came, or the latest first, from after the id `after`. */
export async function listAnswers(
  db: Queryable,
  filter: SaidFilter<AnswerStatus>,
  { sort, after, limit }: { sort: Sort<'received'>; after: string | null; limit: number },
): Promise<StoredAnswer[]> {
  const { isDescending } = sortOf(sort);
  const place = after === null ? null : { key: null, id: after };
  const list = { select: ANSWERS, table: 'a', order: { id: 'a.id' } } as const;
  const found = await listSaid<AnswerRow>(db, list, filter, { isDescending, after: place, limit });
  return found.map(toAnswer);
}

/** The mail that an answer came in, byte for byte; `null` when there is no such answer. */
export async function findMailOfAnswer(db: Queryable, id: string): Promise<Buffer | null> {
  const found = await row<{ raw: Buffer }>(
    db,
    `select c.raw from answers a join inbound_mails m on m.id = a.inbound_mail_id
       join inbound_contents c on c.sha256 = m.sha256
     where a.id = $1`,
    [id],
  );
  return found && found.raw;
}

/** Records what an officer decided about an answer (D17), beside what was decided before. */
export async function decideAnswer(
  tx: Transaction,
  { id }: Pick<Answer, 'id'>,
  decision: Author & {
    readonly decision: AnswerDecision;
    readonly writtenByPerson: boolean;
    readonly explanation: string | null;
    /** The objection, or the approval or refusal, that it becomes. */
    readonly objectionId: string | null;
    readonly approvalId: string | null;
  },
): Promise<void> {
  await rows(
    tx,
    `insert into answer_decisions (answer_id, decision, written_by_person, explanation, objection_id, approval_id, decided_at,
       decided_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      id,
      decision.decision,
      decision.writtenByPerson,
      decision.explanation,
      decision.objectionId,
      decision.approvalId,
      decision.at,
      decision.actor,
    ],
  );
  await rows(tx, 'update answers set status = $2 where id = $1', [id, decision.decision]);
}

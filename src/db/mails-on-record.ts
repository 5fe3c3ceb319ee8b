import type { TakenAs } from '../domain/inbound-mail.ts';
import type { MailOnRecord } from '../domain/mail-on-record.ts';
import { row, rows, type Queryable } from './postgres.ts';

const DECISIONS = `coalesce((
  select jsonb_agg(jsonb_build_object('decision', d.decision, 'explanation', d.explanation, 'changeId', d.change_id,
    'controller', e.external_id, 'decidedAt', to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'decidedBy', author_in_words(d.decided_by)) order by d.id)
  from inbound_mail_decisions d left join controllers e on e.id = d.controller_id where d.inbound_mail_id = m.id), '[]')`;

/** Changes are few and windows are many, so each change is asked for its window of the controller. */
const CHANGES_OF_CANDIDATE = `coalesce((
  select jsonb_agg(jsonb_build_object('id', id, 'subProcessor', companies, 'status', status)
    order by status <> 'announced', id desc)
  from (
    select c.* from changes c cross join lateral (
      select from objection_windows w where w.change_id = c.id and w.external_id = candidate.external_id limit 1) as has_window
    order by c.status <> 'announced', c.id desc limit 20
  ) as newest), '[]')`;

const CANDIDATES = `case when m.change_id is not null then '[]' else coalesce((
  select jsonb_agg(jsonb_build_object('controller', candidate.external_id, 'name', candidate.name,
    'changes', ${CHANGES_OF_CANDIDATE}) order by candidate.external_id)
  from (
    select distinct controller_id from contacts where lower(email) in (lower(m.from_email), lower(m.envelope_from)) limit 20
  ) as known join controllers candidate on candidate.id = known.controller_id), '[]') end`;

const MAILS = `select m.id, m.taken_as as "takenAs", m.known_by as "knownBy", m.change_id as "changeId",
    k.external_id as controller, m.message_id as "messageId", a.id as "answerId", m.sent_to as "sentTo",
    m.envelope_from as "envelopeFrom", jsonb_build_object('name', m.from_name, 'email', m.from_email) as "from",
    coalesce(m.subject, '') as subject, coalesce(m.text, '') as text, coalesce(m.quoted, '') as quoted,
    coalesce(m.attachments, '[]') as attachments, m.received_at as "receivedAt",
    ${DECISIONS} as decisions, ${CANDIDATES} as candidates
  from inbound_mails m left join controllers k on k.id = m.controller_id left join answers a on a.inbound_mail_id = m.id`;

/** The mail, or `null`. */
export async function findMail(db: Queryable, id: string): Promise<MailOnRecord | null> {
  return row<MailOnRecord>(db, `${MAILS} where m.id = $1`, [id]);
}

/**
 * Mails in the order in which they came, from after the id `after`: of a change or of all, of one kind or of all. Those that
 * are not attributed are the ones that wait for an officer.
 */
export async function listMails(
  db: Queryable,
  filter: {
    changeId: string | null;
    /** External id. */
    controller?: string | null;
    takenAs: TakenAs | null;
    isAttributed: boolean | null;
    after: string | null;
    limit: number;
  },
): Promise<MailOnRecord[]> {
  const { changeId, controller = null, takenAs, isAttributed, after, limit } = filter;
  return rows<MailOnRecord>(
    db,
    `${MAILS}
     where ($1::uuid is null or m.change_id = $1) and ($2::text is null or m.taken_as = $2)
       and ($3::boolean is null or case when $3 then m.change_id is not null else m.taken_as = 'unattributed' end)
       and ($4::uuid is null or m.id > $4) and ($6::text is null or k.external_id = $6)
     order by m.id limit $5`,
    [changeId, takenAs, isAttributed, after, limit, controller],
  );
}

/** The mail byte for byte, or `null`. */
export async function findRawMail(db: Queryable, id: string): Promise<Buffer | null> {
  const found = await row<{ raw: Buffer }>(
    db,
    'select c.raw from inbound_mails m join inbound_contents c on c.sha256 = m.sha256 where m.id = $1',
    [id],
  );
  return found && found.raw;
}

import type { Claim } from '../concurrency/leases.ts';
import type { Author } from '../domain/author.ts';
import type { Addressee, InboundMail, MailContent, MailSubject, TakenAs } from '../domain/inbound-mail.ts';
import type { MailDecisionKind } from '../domain/mail-on-record.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** The channel of the NOTIFY that wakes the processes that read mail. */
export const MAILS_CHANNEL = 'varsel_mails';

/** A mail on record that nobody has read. */
export interface UnreadMail extends InboundMail, Claim {
  /** `null` where its recipient's address does not say. */
  readonly about: MailSubject | null;
  /** How many attempts to read it have begun, this one included. They tell one claim from the next: they are the lease's id. */
  readonly readings: number;
}

type AboutColumns = { readonly [Key in keyof MailSubject]: MailSubject[Key] | null };

function aboutIn({ changeId, controllerId, messageId }: AboutColumns): MailSubject | null {
  return changeId === null || controllerId === null ? null : { changeId, controllerId, messageId };
}

/** Keeps a mail byte for byte. One that is there already is kept once. */
export async function insertContent(tx: Transaction, sha256: Buffer, raw: Buffer): Promise<void> {
  await rows(tx, 'insert into inbound_contents (sha256, raw) values ($1, $2) on conflict do nothing', [sha256, raw]);
}

/**
 * Records that a mail came, unread: from this transaction's commit on it blocks its change, or every announced change where
 * its address does not name one (D20). Waits for an activation that is under way, and for nothing else (`guard_mail`). A
 * repeated mail is not recorded again.
 */
export async function insertUnreadMail(
  tx: Transaction,
  addressee: Addressee,
  sha256: Buffer,
  { sentTo, envelopeFrom, remoteAddress, receivedAt }: Omit<InboundMail, 'raw'>,
): Promise<void> {
  await rows(
    tx,
    `with saved as (
       insert into inbound_mails (message_id, change_id, controller_id, sha256, sent_to, envelope_from, remote_address,
         received_at, next_reading_at)
       select m.id, m.change_id, m.controller_id, $1, $2, $3, $4, $5, $5
       from (select $6::uuid as id) as given left join messages m on m.id = given.id
       on conflict do nothing returning id
     )
     select pg_notify('${MAILS_CHANNEL}', '') from saved`,
    [
      sha256,
      sentTo,
      envelopeFrom,
      remoteAddress,
      receivedAt,
      addressee.kind === 'message' ? addressee.messageId : null,
    ],
  );
}

/** How many mails to this address are on record that nobody has attributed, or read. */
export async function countMailsTo(db: Queryable, sentTo: string): Promise<number> {
  const { count } = await oneRow<{ count: number }>(
    db,
    `select count(*)::int as count from inbound_mails
     where sent_to = $1 and (taken_as is null or taken_as in ('unattributed', 'dismissed'))`,
    [sentTo],
  );
  return count;
}

/**
 * Claims the unread mail that has been due longest, until `until`: if its reader dies, it is claimed again from then on.
 * `null` when none is due.
 */
export async function claimUnreadMail(
  db: Queryable,
  { now, until }: { now: Temporal.Instant; until: Temporal.Instant },
): Promise<UnreadMail | null> {
  const claimed = await row<Omit<UnreadMail, 'about'> & AboutColumns>(
    db,
    `with claimed as (
       update inbound_mails set next_reading_at = $2, readings = readings + 1
       where id = (select id from inbound_mails where taken_as is null and next_reading_at <= $1
         order by next_reading_at, id limit 1 for no key update skip locked)
       returning *
     )
     select m.id, c.raw, m.sent_to as "sentTo", m.envelope_from as "envelopeFrom", m.remote_address as "remoteAddress",
       m.received_at as "receivedAt", m.change_id as "changeId", m.controller_id as "controllerId",
       m.message_id as "messageId", m.readings, m.readings::text as "leaseId"
     from claimed m join inbound_contents c on c.sha256 = m.sha256`,
    [now, until],
  );
  if (claimed === null) return null;
  const { changeId, controllerId, messageId, ...mail } = claimed;
  return { ...mail, about: aboutIn({ changeId, controllerId, messageId }) };
}

/** Prolongs the claims of mails that are being read, and returns those that nobody has taken over. */
export async function renewReadings(
  db: Queryable,
  claims: readonly Claim[],
  until: Temporal.Instant,
): Promise<Claim[]> {
  return rows(
    db,
    `update inbound_mails m set next_reading_at = $3 from unnest($1::uuid[], $2::text[]) as held(id, lease_id)
     where m.id = held.id and m.readings::text = held.lease_id and m.taken_as is null
     returning m.id, held.lease_id as "leaseId"`,
    [claims.map(({ id }) => id), claims.map(({ leaseId }) => leaseId), until],
  );
}

/**
 * Puts off the reading of a claimed mail, unless another reader has claimed it since. `readings` is how many attempts count
 * against it.
 */
export async function postponeReading(
  db: Queryable,
  { id, readings: claimed }: Pick<UnreadMail, 'id' | 'readings'>,
  { until, readings }: { until: Temporal.Instant; readings: number },
): Promise<void> {
  await rows(
    db,
    `update inbound_mails set next_reading_at = $2, readings = $3
     where id = $1 and taken_as is null and readings = $4`,
    [id, until, readings, claimed],
  );
}

/** Whether the mail is still unread. Locks it, so that nobody else takes it meanwhile. */
export async function lockUnreadMail(tx: Transaction, id: string): Promise<boolean> {
  const found = await row(tx, 'select from inbound_mails where id = $1 and taken_as is null for no key update', [id]);
  return found !== null;
}

/** Whether an officer has said what a mail is about. */
export async function isAttributedByHand(db: Queryable, id: string): Promise<boolean> {
  const found = await row(
    db,
    `select from inbound_mail_decisions where inbound_mail_id = $1 and decision = 'attributed' limit 1`,
    [id],
  );
  return found !== null;
}

/** Whether the same mail has been taken as this controller's before, for the same message or for one that is not known. */
export async function isRepeated(db: Queryable, id: string, about: MailSubject): Promise<boolean> {
  const found = await row(
    db,
    `select from inbound_mails m join inbound_mails other on other.sha256 = m.sha256 and other.id <> m.id
     where m.id = $1 and other.change_id = $2 and other.controller_id = $3
       and (other.message_id is null or $4::uuid is null or other.message_id = $4)
       and (other.taken_as is distinct from 'repeated') limit 1`,
    [id, about.changeId, about.controllerId, about.messageId],
  );
  return found !== null;
}

/**
 * Records what a mail was taken as, what it is about where its address does not say, and what people are shown of it. From
 * then on it blocks nothing.
 */
export async function markRead(
  tx: Transaction,
  id: string,
  {
    about,
    takenAs,
    knownBy,
    content,
  }: { about: MailSubject | null; takenAs: TakenAs; knownBy: string; content: MailContent },
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `update inbound_mails set change_id = coalesce(change_id, $2), controller_id = coalesce(controller_id, $3),
       message_id = coalesce(message_id, $4), taken_as = $5, known_by = $6,
       from_name = $7, from_email = $8, subject = $9, text = $10, quoted = $11, attachments = $12, judged_at = $13,
       next_reading_at = null
     where id = $1`,
    [
      id,
      about?.changeId ?? null,
      about?.controllerId ?? null,
      about?.messageId ?? null,
      takenAs,
      knownBy,
      content.from.name,
      content.from.email,
      content.subject,
      content.text,
      content.quoted,
      JSON.stringify(content.attachments),
      now,
    ],
  );
}

/** What a mail is taken as and what it is about, locked until the transaction ends; `null` when there is no such mail. */
export async function lockMail(
  tx: Transaction,
  id: string,
): Promise<{ takenAs: TakenAs | null; about: MailSubject | null; isErased: boolean } | null> {
  const found = await row<AboutColumns & { takenAs: TakenAs | null; isErased: boolean }>(
    tx,
    `select taken_as as "takenAs", change_id as "changeId", controller_id as "controllerId", message_id as "messageId",
       sent_to = '[erased]' as "isErased"
     from inbound_mails where id = $1 for no key update`,
    [id],
  );
  return found && { takenAs: found.takenAs, about: aboutIn(found), isErased: found.isErased };
}

/** The mail with the same content that is on record for the same controller and message already, or `null`. */
export async function copyOf(db: Queryable, id: string, about: MailSubject): Promise<string | null> {
  const found = await row<{ id: string }>(
    db,
    `select other.id from inbound_mails m join inbound_mails other on other.sha256 = m.sha256 and other.id <> m.id
     where m.id = $1 and other.change_id = $2 and other.controller_id = $3 and other.message_id is not distinct from $4`,
    [id, about.changeId, about.controllerId, about.messageId],
  );
  return found && found.id;
}

/** Records what an officer decided about a mail (D28). `about` is whose it was found to be, of that decision alone. */
export async function insertMailDecision(
  tx: Transaction,
  id: string,
  decision: { decision: MailDecisionKind; explanation: string | null; about: MailSubject | null },
  by: Author,
): Promise<void> {
  const { about } = decision;
  await rows(
    tx,
    `insert into inbound_mail_decisions
       (inbound_mail_id, decision, explanation, change_id, controller_id, decided_at, decided_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      decision.decision,
      decision.explanation,
      about?.changeId ?? null,
      about?.controllerId ?? null,
      by.at,
      by.actor,
    ],
  );
}

/**
 * Makes a mail unread again, as what an officer has found it to be about, and wakes those who read. From this transaction's
 * commit on it blocks its change (D20). The decision is on record (`guard_mail`).
 */
export async function markUnread(
  tx: Transaction,
  id: string,
  about: MailSubject,
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `with marked as (
       update inbound_mails set change_id = $2, controller_id = $3, message_id = $4, taken_as = null, known_by = null,
         judged_at = null, next_reading_at = $5, readings = 0
       where id = $1 returning id
     )
     select pg_notify('${MAILS_CHANNEL}', '') from marked`,
    [id, about.changeId, about.controllerId, about.messageId, now],
  );
}

/** Marks a mail as what an officer has called it. The decision is on record (`guard_mail`). */
export async function markAs(
  tx: Transaction,
  id: string,
  takenAs: 'answer' | 'dismissed',
  now: Temporal.Instant,
): Promise<void> {
  await rows(tx, 'update inbound_mails set taken_as = $2, judged_at = $3 where id = $1', [id, takenAs, now]);
}

import { row, rows, type Queryable } from './postgres.ts';

/** What is on record of one attempt to send a message, from which its bytes are made again (D50). */
export interface SentMail {
  readonly messageId: string;
  /** Which attempt of its message it was: 1 is the first. */
  readonly attempt: number;
  /** What was composed, and when it was; `null` of an attempt whose process ended before it recorded an outcome. */
  readonly content: {
    /** Of the whole mail, in hexadecimal. */
    readonly mailSha256: string;
    /** By which `formsOf` finds what it was made of. */
    readonly formSha256: string;
    readonly dkim: string | null;
    readonly windowNumber: string | null;
  } | null;
  readonly composedAt: Temporal.Instant;
  readonly email: string;
  readonly contactName: string;
  readonly controllerName: string;
  readonly controllerId: string;
  readonly changeId: string;
  /** Whether something of a person that the mail held has been emptied since (D48). */
  readonly erased: boolean;
}

const SENT = `select m.id as "messageId", a.number::int as attempt, a.started_at as "composedAt", m.email, m.name as "contactName",
    m.controller_name as "controllerName", m.controller_id as "controllerId", m.change_id as "changeId",
    case when a.mail_sha256 is not null then jsonb_build_object('mailSha256', encode(a.mail_sha256, 'hex'),
      'formSha256', encode(a.content_sha256, 'hex'), 'dkim', a.dkim, 'windowNumber', a.window_number::text) end as content,
    c.form = '' or '[erased]' in (m.email, m.name, m.controller_name) or m.email like '%.invalid' or exists (select from sealed_rows s where s.erasure_id is not null
      and (s.table_name, s.row_key) in (('messages', m.id::text), ('message_attempts', a.id::text),
        ('message_contents', a.content_sha256::text), ('changes', m.change_id::text))) as erased
  from messages m
    cross join lateral (select *, row_number() over (order by id) as number from message_attempts where message_id = m.id) a
    left join message_contents c on c.sha256 = a.content_sha256`;

/**
 * One attempt of a message: the one of this number, or the last that composed its mail, or else the last; `null` where there is
 * none.
 */
export async function findSentMail(db: Queryable, messageId: string, attempt?: number): Promise<SentMail | null> {
  return row<SentMail>(
    db,
    `${SENT} where m.id = $1 and ($2::int is null or a.number = $2) order by a.mail_sha256 is not null desc, a.number desc limit 1`,
    [messageId, attempt ?? null],
  );
}

/** The attempts of these messages that composed a mail, of each message the first one first. */
export async function listSentMails(db: Queryable, messageIds: readonly string[]): Promise<SentMail[]> {
  return rows<SentMail>(db, `${SENT} where m.id = any ($1) and a.mail_sha256 is not null order by m.id, a.number`, [
    messageIds,
  ]);
}

/** Forms by their SHA-256 in hexadecimal: pieces and slots as JSON; `''` where one has been emptied. */
export async function formsOf(db: Queryable, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ sha256: string; form: string }>(
    db,
    `select encode(sha256, 'hex') as sha256, form from message_contents
     where sha256 in (select decode(hash, 'hex') from unnest($1::text[]) as wanted(hash))`,
    [hashes],
  );
  return new Map(found.map(({ sha256, form }) => [sha256, form]));
}

/** Keeps a form, once. It is on record before a mail goes out that is made of it. */
export async function keepContent(
  db: Queryable,
  { sha256, text, about }: { readonly sha256: string; readonly text: string; readonly about: string | null },
): Promise<void> {
  await row(
    db,
    `insert into message_contents (sha256, form, about) values (decode($1, 'hex'), $2, $3) on conflict (sha256) do nothing`,
    [sha256, text, about],
  );
}

import { rows, type Queryable } from './postgres.ts';

/** The tables whose state is derived from facts, in the order in which they are verified. */
export const DERIVED_TABLES = [
  'changes',
  'agreements',
  'messages',
  'objections',
  'answers',
  'inbound_mails',
  'approvals',
  'withdrawal_requests',
  'products',
  'api_keys',
] as const;
export type DerivedTable = (typeof DERIVED_TABLES)[number];

/** A column that does not say what follows from the facts on record (D53). Both values are states and times, never persons. */
export interface Difference {
  readonly table: string;
  /** The primary key of the row. */
  readonly key: string;
  readonly column: string;
  readonly found: string | null;
  readonly expected: string | null;
}

/** Of each table: the columns of these rows, as they are and as they follow. A function of the ids in $1. */
const EXPECTED: Readonly<Record<DerivedTable, string>> = {
  // An end is an event; that of a change that nobody was told of (D33) is an act.
  changes: `select c.id::text as key, f.* from changes c
    cross join lateral (select min(at) filter (where type = 'change.announced') as told,
        min(at) filter (where type = 'change.wording-confirmed') as confirmed,
        min(at) filter (where type = case c.scope when 'all' then 'change.activated' else 'change.closed' end) as activated,
        min(at) filter (where type = 'change.withdrawn') as withdrawn from (
      select type, at from events where change_id = c.id
        and type in ('change.announced', 'change.wording-confirmed', 'change.activated', 'change.closed', 'change.withdrawn')
      union all
      select action, at from audit_log
      where subject = c.id::text and action in ('change.wording-confirmed', 'change.withdrawn')) as ends) as e
    cross join lateral (values
      ('status', c.status, case when e.activated is not null then 'activated' when e.withdrawn is not null then 'withdrawn'
        else 'announced' end),
      ('told_since', c.told_since::text, e.told::text),
      ('wording_confirmed_at', c.wording_confirmed_at::text, e.confirmed::text),
      ('activated_at', c.activated_at::text, e.activated::text),
      ('withdrawn_at', c.withdrawn_at::text, e.withdrawn::text)) as f (name, found, expected)
    where c.id::text = any ($1)`,

  // Who ended an agreement is in the audit log, and when (D7, D28).
  agreements: `select a.id::text as key, 'ended_at' as name, a.ended_at::text as found,
      case when a.ended_at is not null then (select at::text from audit_log where ${endOf('a')} and at = a.ended_at limit 1)
        when (select count(*) from audit_log where ${endOf('a')}) > (select count(*) from agreements
          where controller_id = a.controller_id and product_id = a.product_id and ended_at is not null)
        then (select max(at)::text from audit_log where ${endOf('a')}) end as expected
    from agreements a where a.id::text = any ($1)`,

  // D12, D28. A later acceptance of a message that had failed, or was cancelled, counts for its window and stays without a status.
  messages: `select m.id::text as key, f.* from messages m
    cross join lateral (select bool_or(outcome = 'accepted') as accepted, bool_or(outcome <> 'accepted') as otherwise,
        count(*) = 1 and bool_or(outcome = 'failed') as failed,
        bool_or(outcome = 'accepted' and finished_at = m.accepted_at) as dated,
        min(finished_at) filter (where outcome = 'accepted') as first
      from message_attempts where message_id = m.id) as a
    cross join lateral (select exists (select from bounces where message_id = m.id and effect <> 'none') as revoked) as b
    cross join lateral (values
      ('status', m.status, case
        when b.revoked then 'failed'
        when a.accepted and a.otherwise and m.status in ('failed', 'cancelled') then m.status
        when a.accepted then 'accepted'
        when a.failed and m.status in ('pending', 'in-flight') then 'failed'
        when m.status = 'accepted' or m.status = 'failed' and a.otherwise is null then 'pending'
        when m.status = 'cancelled' and m.kind = 'notice' and ${needsNotice('m')} then 'pending'
        else m.status end),
      ('accepted_at', m.accepted_at::text, case when m.accepted_at is null or a.dated then m.accepted_at
        else a.first end::text)) as f (name, found, expected)
    where m.id::text = any ($1)`,

  objections: `select o.id::text as key, 'status' as name, o.status as found, case
      when exists (select from objection_decisions where objection_id = o.id and decision = 'resolved') then 'resolved'
      when o.rejected_for is null or exists (select from objection_decisions where objection_id = o.id
        and decision = 'accepted-late') then 'pending'
      else 'rejected' end as expected
    from objections o where o.id::text = any ($1)`,

  answers: `select a.id::text as key, 'status' as name, a.status as found, coalesce((
      select decision from answer_decisions where answer_id = a.id order by id desc limit 1), 'unread') as expected
    from answers a where a.id::text = any ($1)`,

  // What a program read stands in no fact, but for what followed from it: an answer, a report, what an officer decided.
  inbound_mails: `select m.id::text as key, f.* from inbound_mails m
    left join answers a on a.inbound_mail_id = m.id
    left join lateral (select decision, change_id, controller_id from inbound_mail_decisions where inbound_mail_id = m.id
      order by id desc limit 1) as d on true
    left join lateral (select change_id, controller_id from inbound_mail_decisions where inbound_mail_id = m.id
      and decision = 'attributed' order by id desc limit 1) as whose on true
    cross join lateral (values
      ('taken_as', m.taken_as, case
        when a.id is not null then 'answer'
        when exists (select from bounces where inbound_mail_id = m.id) then 'report'
        when d.decision = 'dismissed' then 'dismissed'
        when m.taken_as in ('answer', 'report') or d.decision = 'attributed' and m.taken_as in ('unattributed', 'dismissed')
          then null
        else m.taken_as end),
      ('change_id', m.change_id::text, coalesce(a.change_id, whose.change_id, m.change_id)::text),
      ('controller_id', m.controller_id::text, coalesce(a.controller_id, whose.controller_id, m.controller_id)::text))
      as f (name, found, expected)
    where m.id::text = any ($1)`,

  // Each step of an approval is an event, which has it as it then was (D42), to the millisecond.
  approvals: `select a.id::text as key, f.* from approvals a
    left join lateral (select data -> 'approval' as said from events where data #>> '{approval,id}' = a.id::text
      order by sequence desc limit 1) as last on true
    left join lateral (select at from events where data #>> '{approval,id}' = a.id::text and type = 'approval.confirmed'
      limit 1) as confirmed on true
    cross join lateral (values
      ('status', a.status, said ->> 'status'),
      ('confirmed_at', a.confirmed_at::text, confirmed.at::text),
      ('effective_at', date_trunc('milliseconds', a.effective_at)::text, (said ->> 'effectiveAt')::timestamptz::text),
      ('ended_at', date_trunc('milliseconds', a.ended_at)::text, (said ->> 'endedAt')::timestamptz::text)) as f (name, found, expected)
    where a.id::text = any ($1)`,

  withdrawal_requests: `select w.id::text as key, 'status' as name, w.status as found, case
      when exists (select from objection_decisions where withdrawal_request_id = w.id) then 'carried-out'
      when w.status in ('stopped', 'lapsed') and (exists (select from objection_decisions where objection_id = w.objection_id
          and decision = 'resolved') or exists (select from messages where objection_id = w.objection_id
            and kind = 'withdrawal-stopped' and created_at = w.ended_at)) then w.status
      when exists (select from objection_decisions where objection_id = w.objection_id and decision = 'resolved') then 'lapsed'
      else 'waiting' end as expected
    from withdrawal_requests w where w.id::text = any ($1)`,

  // D9, D28.
  products: `select p.id as key, f.* from products p
    left join lateral (select * from product_terms where product_id = p.id order by id desc limit 1) as t on true
    cross join lateral (values ('terms',
      ${termsOf('p')}, ${termsOf('t')})) as f (name, found, expected)
    where p.id = any ($1)`,

  // A key that was revoked stays so.
  api_keys: `select k.id::text as key, 'revoked_at' as name, k.revoked_at::text as found, coalesce(k.revoked_at, (
      select min(at) from audit_log where subject = k.id::text and action = 'key.revoked'))::text as expected
    from api_keys k where k.id::text = any ($1)`,
};

/** The act that ended an agreement. */
function endOf(agreement: string): string {
  return `subject = (select external_id from controllers where id = ${agreement}.controller_id) and action = 'agreement.ended'
    and details ->> 'product' = ${agreement}.product_id`;
}

/** Whether a contact of now waits for this notice in vain: nothing has made it needless, and no other took its place (D7, D24, D35). */
function needsNotice(message: string): string {
  return `exists (select from changes where id = ${message}.change_id and status = 'announced')
    and exists (select from objection_windows w where w.change_id = ${message}.change_id
      and w.controller_id = ${message}.controller_id and w.left_at is null and w.created_at <= ${message}.created_at)
    and exists (select from contacts where controller_id = ${message}.controller_id and lower(email) = lower(${message}.email))
    and not exists (select from messages other where other.change_id = ${message}.change_id
      and other.controller_id = ${message}.controller_id and other.id > ${message}.id
      and other.kind in ('notice', 'late-notice') and lower(other.email) = lower(${message}.email))`;
}

function termsOf(of: string): string {
  const columns = [
    'objection_window_days',
    'time_zone',
    'roll_forward',
    'contract_window_days',
    'contract_time_zone',
    'places_need_approval',
    'activities_need_approval',
    'replacements_need_approval',
    'approval_answer_days',
    'approval_effective_after_hours',
    'places',
  ];
  return `jsonb_build_array(${columns.map((column) => `${of}.${column}`).join(', ')})::text`;
}

/** Up to `limit` keys of a table after this one, in order; of windows and entries of the register as well. */
export async function keysAfter(
  db: Queryable,
  table: DerivedTable | 'objection_windows',
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    after === null
      ? `select id from ${table} order by id limit $1`
      : `select id from ${table} where id > $2 order by id limit $1`,
    after === null ? [limit] : [limit, after],
  );
  return found.map(({ id }) => id);
}

/** What does not follow from the facts, of these rows of a table. One statement, so it sees each row with its facts. */
export async function differencesOf(
  db: Queryable,
  table: DerivedTable,
  keys: readonly string[],
): Promise<Difference[]> {
  const found = await rows<Omit<Difference, 'table'>>(
    db,
    `select key, name as column, found, expected from (${EXPECTED[table]}) as columns (key, name, found, expected)
     where found is distinct from expected order by key, name`,
    [keys],
  );
  return found.map((difference) => ({ table, ...difference }));
}

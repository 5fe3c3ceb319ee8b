import { KEPT_FORM_HOURS, type RetentionClass, type RetentionRules } from '../domain/retention.ts';

/** Rows of one table that end in the same way (D51). */
export interface KeptRows {
  readonly table: string;
  readonly class: RetentionClass;
  /** Joined with the row, which is `t`. */
  readonly joins?: string;
  /** SQL: until when the row is kept; null for as long as nothing ends it. `$1` is the time, here and below. */
  readonly until: string;
  /** SQL: further conditions for emptying it. */
  readonly where?: string;
  /** SQL: the change and the controller whose legal hold keeps it; `null` where none does. */
  readonly change?: string;
  readonly controller?: string;
  /** Its rows are no record: they are deleted. */
  readonly isDeleted?: true;
  /** It ends with the rows that it belongs to, and is counted with them. */
  readonly isFollowing?: true;
  /** SQL: the `inbound_mails` that it follows, `m`. */
  readonly follows?: string;
}

/** SQL: what products keep by a rule; of several products, or of none, the longest. */
const longest = (rule: keyof RetentionRules, products = 'null') => `coalesce(kept_longest('${rule}', ${products}),
  kept_longest('${rule}'))`;
const daysAfter = (instant: string, rule: keyof RetentionRules, products?: string) =>
  `${instant} + make_interval(hours => 24 * ${longest(rule, products)})`;
const yearsAfter = (instant: string) => `years_after(${instant}, ${longest('caseYears')}, 'UTC')`;

/** Of a case: what came in or went out after its end is kept as long from its own day. */
function ofCase(table: string, own: string, { of = 't', joins = '', ...rest }: CaseRows = {}): KeptRows {
  return {
    table,
    class: 'case',
    joins: `${joins} join ended_cases() k on k.change_id = ${of}.change_id and k.controller_id = ${of}.controller_id`,
    until: `years_after(greatest(k.ended_at, ${own}), k.kept_years, k.time_zone)`,
    change: `${of}.change_id`,
    controller: `${of}.controller_id`,
    ...rest,
  };
}
interface CaseRows {
  readonly of?: string;
  readonly joins?: string;
  readonly where?: string;
}

const ofMessage = { of: 'm', joins: 'join messages m on m.id = t.message_id' };
const ofObjection = { of: 'o', joins: 'join objections o on o.id = t.objection_id' };
/** Of a mail of which nothing is left. */
const EMPTIED_MAIL = `m.sent_to = '[erased]'`;
/** Of a customer whose every agreement has ended, and which no open change tells anything. */
const OF_A_FORMER_CUSTOMER = (id: string) => ({
  class: 'controller' as const,
  joins: `join (select controller_id, max(ended_at) as ended_at from agreements group by 1
    having bool_and(ended_at is not null)) as a on a.controller_id = ${id}`,
  until: `greatest(${yearsAfter('a.ended_at')}, (select coalesce(until, 'infinity') from kept_because(null, ${id}, $1)))`,
  where: `not exists (select from changes c join objection_windows w on w.change_id = c.id
      where c.status = 'announced' and w.controller_id = ${id})
    and not exists (select from answers where controller_id = ${id} and status = 'unread')
    and not exists (select from inbound_mails where controller_id = ${id} and taken_as is null)`,
  controller: id,
});

/** Of a proposal. */
const CHANGE_OF_SUBJECT = '(select id from changes where id::text = t.subject)';

/** Every row that tells of persons, and when its time ends. In the order in which they are emptied: what follows, after what it follows. */
export const KEPT_ROWS: readonly KeptRows[] = [
  ofCase('messages', 't.created_at', { where: `t.status not in ('pending', 'in-flight')` }),
  ofCase('message_attempts', 't.started_at', ofMessage),
  ofCase('mailed_codes', 't.asked_at', ofMessage),
  ofCase('further_attempts', 't.received_at', ofMessage),
  ofCase('bounces', 't.recorded_at'),
  ofCase('letters', 't.recorded_at'),
  ofCase('arrival_statements', 't.recorded_at'),
  ofCase('objections', 't.recorded_at'),
  ofCase('objection_decisions', 't.decided_at', ofObjection),
  ofCase('withdrawal_requests', 't.requested_at', { ...ofObjection }),
  ofCase('approvals', 't.recorded_at'),
  // As long as what it is the scan of.
  ofCase('scans', 'of.recorded_at', {
    joins: `join (select id, recorded_at from letters union all select id, recorded_at from objections
      union all select id, recorded_at from approvals) as of on of.id = coalesce(t.letter_id, t.objection_id, t.approval_id)`,
  }),
  ofCase('nominations', 't.nominated_at'),
  ofCase('answer_decisions', 't.decided_at', { of: 'a', joins: 'join answers a on a.id = t.answer_id' }),
  ofCase('inbound_mails', 't.received_at', { where: `t.taken_as in ('answer', 'report')` }),
  // What many mails share repeats nobody's words.
  ofCase('message_contents', 'o.recorded_at', {
    of: 'o',
    joins: `join (select id, change_id, controller_id, recorded_at from objections
      union all select id, change_id, controller_id, recorded_at from approvals) as o on o.id = t.about`,
  }),
  {
    table: 'inbound_mails',
    class: 'automatic-mail',
    joins: 'left join changes c on c.id = t.change_id',
    until: daysAfter('coalesce(t.judged_at, t.received_at)', 'automaticMailDays', 'array[c.product_id]'),
    // While its change is open, an officer may call an automatic reply an answer (D17).
    where: `t.taken_as in ('automatic', 'dismissed', 'repeated') and c.status is distinct from 'announced'`,
    change: 't.change_id',
    controller: 't.controller_id',
  },
  {
    table: 'inbound_contents',
    class: 'case',
    until: '$1::timestamptz',
    where: `not exists (select from inbound_mails m where m.sha256 = t.sha256 and not ${EMPTIED_MAIL})`,
    isFollowing: true,
    follows: 'm.sha256 = t.sha256',
  },
  {
    table: 'inbound_mail_decisions',
    class: 'case',
    joins: `join inbound_mails m on m.id = t.inbound_mail_id and ${EMPTIED_MAIL}`,
    until: '$1::timestamptz',
    isFollowing: true,
    follows: 'm.id = t.inbound_mail_id',
  },

  {
    table: 'register_entries',
    class: 'register',
    joins: 'join left_entries() l on l.entry_id = t.entry_id join products p on p.id = t.product_id',
    until: `years_after(l.left_on::timestamp at time zone p.time_zone, (p.retention ->> 'caseYears')::integer, p.time_zone)`,
    where: `not exists (select from changes c
      where t.entry_id in (select entries_of(c)) and held_until(c.id, null, $1) is not null)`,
  },

  {
    table: 'changes',
    class: 'register',
    joins: 'join ended_changes() e on e.change_id = t.id join products p on p.id = t.product_id',
    until: `years_after(e.ended_at, (p.retention ->> 'caseYears')::integer, t.time_zone)`,
    change: 't.id',
  },

  { table: 'controllers', ...OF_A_FORMER_CUSTOMER('t.id') },
  { table: 'contacts', ...OF_A_FORMER_CUSTOMER('t.controller_id'), isDeleted: true },
  {
    table: 'pseudonyms',
    class: 'case',
    until: '$1::timestamptz',
    where: 'address_is_gone(t.controller_id, t.email)',
    isFollowing: true,
  },

  {
    table: 'audit_log',
    class: 'act',
    until: yearsAfter('t.at'),
    change: '(select id from changes where id::text = t.subject)',
    controller: '(select id from controllers where external_id = t.subject)',
  },
  { table: 'proposals', class: 'act', until: yearsAfter('t.expires_at'), change: CHANGE_OF_SUBJECT },
  {
    table: 'proposal_decisions',
    class: 'act',
    joins: 'join proposals p on p.id = t.proposal_id',
    until: yearsAfter('t.decided_at'),
    change: CHANGE_OF_SUBJECT.replaceAll('t.subject', 'p.subject'),
  },
  { table: 'legal_holds', class: 'act', until: yearsAfter('coalesce(t.released_at, t.until)') },

  {
    table: 'webhook_attempts',
    class: 'technical',
    joins: 'join webhooks w on w.id = t.webhook_id',
    until: daysAfter('t.started_at', 'technicalDays', 'w.products'),
  },
  {
    table: 'operator_mails',
    class: 'technical',
    until: daysAfter('t.created_at', 'technicalDays', 'array[t.product_id]'),
    where: `t.status <> 'pending'`,
  },
  {
    table: 'test_notices',
    class: 'technical',
    until: daysAfter('t.created_at', 'technicalDays', 'array[t.product_id]'),
  },
  {
    table: 'api_keys',
    class: 'key',
    until: daysAfter('least(t.revoked_at, t.expires_at)', 'endedKeyDays', 't.products'),
  },
  { table: 'people', class: 'act', until: yearsAfter('t.disabled_at') },
  {
    table: 'sessions',
    class: 'key',
    until: daysAfter('least(t.ended_at, t.expires_at)', 'endedKeyDays'),
    isDeleted: true,
  },
  {
    table: 'kept_forms',
    class: 'stored-response',
    until: `t.kept_at + make_interval(hours => ${KEPT_FORM_HOURS})`,
    isDeleted: true,
  },
  {
    table: 'announcement_drafts',
    class: 'technical',
    until: daysAfter('t.saved_at', 'technicalDays'),
    isDeleted: true,
  },
  {
    table: 'idempotency_keys',
    class: 'stored-response',
    joins: 'left join api_keys k on k.id = t.caller_id',
    until: daysAfter('t.created_at', 'storedResponseDays', 'k.products'),
    isDeleted: true,
  },
];

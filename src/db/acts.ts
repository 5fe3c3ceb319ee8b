import { AUDIT_ACTIONS, type AuditAction } from './audit-log.ts';
import { keyset, sortOf, type Place, type Sort } from './keyset.ts';
import { rows, type Queryable } from './postgres.ts';

const decidedProposals = (
  decision: string,
) => `select d.decided_at, d.decided_by, 'proposal.${decision}', d.proposal_id::text,
    jsonb_build_object('product', p.product_id, 'kind', p.kind, 'made', d.made, 'byOnePerson', d.by_one_person)
    from proposal_decisions d join proposals p on p.id = d.proposal_id where d.decision = '${decision}'`;

/**
 * Acts that have a row of their own, each as `at`, `actor`, `action`, `subject`, `details`. What is done to a change while it is held
 * has no event (D33), and stands in the audit log.
 */
const OWN_ROWS = {
  'change.announced': `select announced_at, announced_by, 'change.announced', id::text,
    jsonb_build_object('product', product_id, 'subProcessor', companies) from changes`,
  'change.wording-confirmed': `select wording_confirmed_at, wording_confirmed_by, 'change.wording-confirmed', id::text,
    jsonb_build_object('product', product_id, 'texts', wording_only) from changes where wording_confirmed_at >= told_since`,
  'change.activated': `select activated_at, activated_by, 'change.activated', id::text,
    jsonb_build_object('product', product_id) from changes where status = 'activated' and scope = 'all'
    union all
    select a.activated_at, a.activated_by, 'change.activated', a.change_id::text,
    jsonb_build_object('product', c.product_id, 'wave', a.number, 'controllers', a.controllers)
    from activations a join changes c on c.id = a.change_id`,
  'change.closed': `select activated_at, activated_by, 'change.closed', id::text,
    jsonb_build_object('product', product_id) from changes where status = 'activated' and scope = 'each'`,
  'change.withdrawn': `select withdrawn_at, withdrawn_by, 'change.withdrawn', id::text,
    jsonb_build_object('product', product_id, 'reason', withdrawal_reason) from changes where status = 'withdrawn' and told_since is not null`,
  'letter.recorded': `select l.recorded_at, l.recorded_by, 'letter.recorded', c.external_id,
    jsonb_build_object('change', l.change_id, 'arrivedOn', l.arrived_on, 'reference', l.reference)
    from letters l join controllers c on c.id = l.controller_id`,
  'scan.added': `select s.added_at, s.added_by, 'scan.added', s.id::text,
    jsonb_build_object('change', s.change_id, 'controller', c.external_id, 'of', coalesce(s.letter_id, s.objection_id, s.approval_id),
      'sha256', encode(s.sha256, 'hex')) from scans s join controllers c on c.id = s.controller_id`,
  'notice.reached': `select recorded_at, recorded_by, 'notice.reached', message_id::text,
    jsonb_build_object('change', change_id, 'evidence', evidence) from arrival_statements`,
  'notice.reported': `select recorded_at, recorded_by, 'notice.reported', message_id::text,
    jsonb_build_object('change', change_id, 'action', action, 'effect', effect) from bounces where inbound_mail_id is null`,
  'objection.recorded': `select recorded_at, recorded_by, 'objection.recorded', id::text,
    jsonb_build_object('change', change_id, 'channel', channel) from objections where channel <> 'link'`,
  'objection.accepted-late': `select decided_at, decided_by, 'objection.accepted-late', objection_id::text,
    jsonb_build_object('explanation', explanation) from objection_decisions where decision = 'accepted-late'`,
  'objection.resolved': `select decided_at, decided_by, 'objection.resolved', objection_id::text,
    jsonb_build_object('outcome', outcome, 'explanation', explanation, 'mail', inbound_mail_id)
    from objection_decisions where decision = 'resolved'`,
  'answer.classified': `select decided_at, decided_by, 'answer.classified', answer_id::text,
    jsonb_build_object('decision', decision, 'explanation', explanation, 'objection', objection_id) from answer_decisions`,
  'legal-hold.placed': `select h.placed_at, h.placed_by, 'legal-hold.placed', h.id::text,
    jsonb_build_object('change', h.change_id, 'controller', c.external_id, 'reason', h.reason, 'until', h.until)
    from legal_holds h left join controllers c on c.id = h.controller_id`,
  'legal-hold.released': `select h.released_at, h.released_by, 'legal-hold.released', h.id::text,
    jsonb_build_object('change', h.change_id, 'controller', c.external_id, 'reason', h.release_reason)
    from legal_holds h left join controllers c on c.id = h.controller_id where h.released_at is not null`,
  'proposal.made': `select proposed_at, proposed_by, 'proposal.made', id::text,
    jsonb_build_object('product', product_id, 'kind', kind, 'subject', subject, 'hash', hash) from proposals`,
  'proposal.approved': decidedProposals('approved'),
  'proposal.rejected': decidedProposals('rejected'),
  'proposal.cancelled': decidedProposals('cancelled'),
  'nomination.rejected': `select n.rejected_at, n.rejected_by, 'nomination.rejected', n.id::text,
    jsonb_build_object('change', n.change_id, 'controller', c.external_id, 'explanation', n.explanation)
    from nominations n join controllers c on c.id = n.controller_id where n.rejected_at is not null`,
  'mail.decided': `select decided_at, decided_by, 'mail.decided', inbound_mail_id::text,
    jsonb_build_object('decision', decision, 'explanation', explanation, 'change', change_id) from inbound_mail_decisions`,
} as const;

/** Every act that is on record with who did it. */
export const ACTIONS = [...new Set([...AUDIT_ACTIONS, ...(Object.keys(OWN_ROWS) as (keyof typeof OWN_ROWS)[])])];

/** An act on record (D28): who did what to what, and when. */
export interface Act {
  readonly id: string;
  readonly at: Temporal.Instant;
  readonly actor: string;
  readonly action: AuditAction | keyof typeof OWN_ROWS;
  /** What it was done to: an id, or a controller's external id. */
  readonly subject: string;
  /** `null` where there are none, and where they are longer than `MAX_DETAILS_LENGTH`. */
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly detailsLeftOut: boolean;
}

export interface ActFilter {
  readonly subject?: string | undefined;
  /** A part of who did it: a name, or the id of a key. */
  readonly actor?: string | undefined;
  readonly action?: Act['action'] | undefined;
  /** Acts from this instant on, and before `to`. */
  readonly from?: Temporal.Instant | undefined;
  readonly to?: Temporal.Instant | undefined;
}

/** Details with more characters than this are left out: those of a first register can have a hundred sub-processors. */
const MAX_DETAILS_LENGTH = 10_000;

const ACTS = `select at, actor, action, subject, details, persons, position::text as own from audit_log
  ${Object.values(OWN_ROWS)
    .map((each) => `union all select *, '{}', '' from (${each}) as own_rows`)
    .join('\n  ')}`;

/** Acts with their places by time, from after `after`. */
export async function listActs(
  db: Queryable,
  { subject, actor, action, from, to }: ActFilter,
  { sort, after, limit }: { sort: Sort<'at'>; after: Place | null; limit: number },
): Promise<(Act & { place: Place })[]> {
  const { isDescending } = sortOf(sort);
  // No act has two rows of the same action, subject and instant, but for those of the log, which have their position.
  const id = `md5(concat_ws(' ', action, subject, own, extract(epoch from at)))::uuid`;
  const order = { id, key: { sql: 'at', type: 'timestamptz' } } as const;
  const { condition, orderBy, placeKey, parameters } = keyset(order, { isDescending, after, first: 7 });
  const found = await rows<Act & { placeKey: string }>(
    db,
    // Who matches is found out once for each author: putting one into words for every act takes ten times as long as the page.
    `with matching as materialized (
       select actor from (select distinct actor from (${ACTS}) as acts offset 0) as authors
       where strpos(lower(author_in_words(actor)), lower($2)) > 0
     )
     select id, at, actor, action, subject, "placeKey", length(details::text) > ${MAX_DETAILS_LENGTH} as "detailsLeftOut",
       case when length(details::text) <= ${MAX_DETAILS_LENGTH} then details end as details
     from (
       select id, at, author_in_words(actor) as actor, action, subject, "placeKey", with_persons(details, persons) as details
       from (
       select *, ${id} as id, ${placeKey} as "placeKey" from (${ACTS}) as acts
       where ($1::text is null or subject = $1)
         and ($2::text is null or actor in (select actor from matching))
         and ($3::text is null or action = $3) and ($4::timestamptz is null or at >= $4)
         and ($5::timestamptz is null or at < $5) and ${condition}
       order by ${orderBy} limit $6
       ) as first
     ) as page
     order by at ${isDescending ? 'desc' : 'asc'}, id ${isDescending ? 'desc' : 'asc'}`,
    [subject ?? null, actor ?? null, action ?? null, from ?? null, to ?? null, limit, ...parameters],
  );
  return found.map(({ placeKey: key, ...act }) => ({ ...act, place: { key, id: act.id } }));
}

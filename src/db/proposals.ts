import type { Author } from '../domain/author.ts';
import { apart, together, type Persons } from '../domain/persons.ts';
import {
  expiryOf,
  isPersonalIn,
  type Outcome,
  type Proposal,
  type ProposalDecision,
  type ProposalKind,
  type ProposalStatus,
} from '../domain/proposal.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';
import { LISTED_IN_WORKLIST, type Waiting } from './worklist.ts';

/** What is proposed, ready to be put on record. */
export interface NewProposal extends Outcome {
  readonly kind: ProposalKind;
  readonly product: string | null;
  readonly subject: string | null;
  /** Of the change, of an announcement and an activation. */
  readonly contentHash: string | null;
  readonly act: unknown;
  readonly hash: string;
}

type ProposalRow = Omit<Proposal, 'act' | 'outcome' | 'decisions'> & {
  readonly content: { readonly act: unknown; readonly outcome: unknown };
  readonly persons: Persons;
  readonly decisions: readonly (Omit<ProposalDecision, 'at'> & { readonly at: string })[] | null;
};

/** Whether nothing is left to do of a row `p` of proposals, because it was done otherwise, or its change has ended. */
const IS_OVERTAKEN = `(case p.kind
    when 'activation' then exists (select from changes c where c.id = p.subject::uuid and c.status <> 'announced')
    when 'invalid' then exists (select from objections o where o.id = p.subject::uuid and o.status <> 'pending')
    else false end)`;

const PROPOSALS = `select p.id, p.kind, p.product_id as product, p.subject, p.content, p.persons, p.hash, p.controllers,
    p.proposed_at as "proposedAt", author_in_words(p.proposed_by) as "proposedBy", p.expires_at as "expiresAt", ${IS_OVERTAKEN} as "isOvertaken", (
      select jsonb_agg(jsonb_build_object('decision', d.decision, 'at', d.decided_at, 'by', author_in_words(d.decided_by),
        'reason', d.reason, 'made', d.made, 'byOnePerson', d.by_one_person) order by d.decided_at, d.decision)
      from proposal_decisions d where d.proposal_id = p.id) as decisions
  from proposals p`;

function toProposal({ content, persons, decisions, ...found }: ProposalRow): Proposal {
  return {
    ...found,
    ...together(content, persons),
    decisions: (decisions ?? []).map(({ at, ...decision }) => ({ ...decision, at: Temporal.Instant.from(at) })),
  };
}

/** Puts a proposal on record, to be decided within its time. Returns its id. */
export async function insertProposal(tx: Transaction, proposed: NewProposal, by: Author): Promise<string> {
  const { kind, act, outcome } = proposed;
  const { facts, persons } = apart({ act, outcome }, isPersonalIn(kind));
  const { id } = await oneRow<{ id: string }>(
    tx,
    `insert into proposals (kind, product_id, subject, content_hash, content, persons, hash, controllers, proposed_at, proposed_by,
       expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
    [
      kind,
      proposed.product,
      proposed.subject,
      proposed.contentHash,
      JSON.stringify(facts),
      JSON.stringify(persons),
      proposed.hash,
      proposed.controllers,
      by.at,
      by.actor,
      expiryOf(by.at),
    ],
  );
  return id;
}

/** The proposal, or `null`. */
export async function findProposal(db: Queryable, id: string): Promise<Proposal | null> {
  const found = await row<ProposalRow>(db, `${PROPOSALS} where p.id = $1`, [id]);
  return found && toProposal(found);
}

/**
 * The newest proposal of exactly this, by its hash, that nobody has decided yet and that has not expired; or `null`. Until the transaction
 * ends, no other one puts the same on record.
 */
export async function lockSameProposal(tx: Transaction, hash: string, now: Temporal.Instant): Promise<Proposal | null> {
  await rows(tx, `select pg_advisory_xact_lock(hashtextextended('proposal of ' || $1, 0))`, [hash]);
  const found = await row<ProposalRow>(
    tx,
    `${PROPOSALS} where p.hash = $1 and p.expires_at > $2
       and not exists (select from proposal_decisions d where d.proposal_id = p.id) order by p.id desc limit 1`,
    [hash, now],
  );
  return found && toProposal(found);
}

/** The proposal, or `null`; no other transaction decides about it meanwhile. Before any other lock: what it does takes those. */
export async function lockProposal(tx: Transaction, id: string): Promise<Proposal | null> {
  await rows(tx, `select pg_advisory_xact_lock(hashtextextended('proposal ' || $1, 0))`, [id]);
  return findProposal(tx, id);
}

/** Who has decided about a proposal, or proposed it, as the record names them: a key stands for its owner. */
export interface Standing {
  /** Who proposed it, as the record names it. */
  readonly proposedBy: string;
  /** Whether the actor is who proposed it, and who approved it: with a key of its own, too. */
  readonly isProposer: boolean;
  readonly isApprover: boolean;
  /** Whether the actor is a person who may approve it, by the roles of now: one may have ended since it was asked for. */
  readonly mayDecide: boolean;
  /** Whether this is a trial, in which one person may do both. */
  readonly isTrial: boolean;
}

/** How who acts stands to a proposal. */
export async function standingOf(db: Queryable, id: string, { actor }: Author): Promise<Standing> {
  return oneRow<Standing>(
    db,
    `select p.proposed_by as "proposedBy", person_behind(p.proposed_by) = person_behind($2) as "isProposer",
       exists (select from proposal_decisions d where d.proposal_id = p.id and d.decision = 'approved'
         and person_behind(d.decided_by) = person_behind($2)) as "isApprover",
       may_approve_proposals($2, p.product_id) as "mayDecide", (select is_trial from installation) as "isTrial"
     from proposals p where p.id = $1`,
    [id, actor],
  );
}

/** Puts a decision on record. The caller holds the proposal's lock. */
export async function insertProposalDecision(
  tx: Transaction,
  id: string,
  decided: Pick<ProposalDecision, 'decision'> & Partial<Pick<ProposalDecision, 'reason' | 'made' | 'byOnePerson'>>,
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into proposal_decisions (proposal_id, decision, decided_at, decided_by, reason, made, by_one_person)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, decided.decision, by.at, by.actor, decided.reason ?? null, decided.made ?? null, decided.byOnePerson ?? false],
  );
}

/** How a row `p` of proposals stands at $1, as `statusOf` says. */
const STATUS = `coalesce((select d.decision from proposal_decisions d where d.proposal_id = p.id
    order by d.decided_at desc, d.decision = 'cancelled' desc limit 1), case when ${IS_OVERTAKEN} then 'superseded' when p.expires_at > $1 then 'pending' else 'expired' end)`;

/** Proposals of these products, the newest first, from after `after`. */
export async function listProposals(
  db: Queryable,
  filter: {
    readonly now: Temporal.Instant;
    readonly product: string | null;
    readonly kind: ProposalKind | null;
    readonly subject: string | null;
    readonly status: ProposalStatus | null;
  },
  after: string | null,
  limit: number,
): Promise<Proposal[]> {
  const { now, product, kind, subject, status } = filter;
  const found = await rows<ProposalRow>(
    db,
    `${PROPOSALS} where ($2::text is null or p.product_id = $2) and ($3::text is null or p.kind = $3)
       and ($4::text is null or p.subject = $4 or p.id in (select proposal_id from proposal_decisions where made = $4)) and ($5::text is null or ${STATUS} = $5)
       and ($6::uuid is null or p.id < $6)
     order by p.id desc limit $7`,
    [now, product, kind, subject, status, after, limit],
  );
  return found.map(toProposal);
}

/** The changes among these whose activation is proposed, and that nobody has decided yet. */
export async function activationsProposed(
  db: Queryable,
  changes: readonly string[],
  now: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  const found = await rows<{ subject: string }>(
    db,
    `select p.subject from proposals p where p.kind = 'activation' and p.subject = any($2) and ${STATUS} = 'pending'`,
    [now, changes],
  );
  return new Set(found.map(({ subject }) => subject));
}

/** Proposals of these products, `null`: of all and for all, that somebody else than who asks has made, and that nobody has decided yet. */
export async function proposalsToDecide(
  db: Queryable,
  products: readonly string[] | null,
  { at, actor }: Author,
): Promise<Waiting<Proposal>> {
  const waiting = await rows<{ id: string; total: number }>(
    db,
    `select p.id, count(*) over ()::int as total from proposals p
     where p.expires_at > $1 and not exists (select from proposal_decisions d where d.proposal_id = p.id) and not ${IS_OVERTAKEN}
       and ($2::text[] is null or p.product_id = any($2)) and person_behind(p.proposed_by) <> person_behind($3)
     order by p.id limit $4`,
    [at, products, actor, LISTED_IN_WORKLIST],
  );
  const ids = waiting.map(({ id }) => id);
  const found = await rows<ProposalRow>(db, `${PROPOSALS} where p.id = any($1) order by p.id`, [ids]);
  return { count: waiting[0]?.total ?? 0, items: found.map(toProposal) };
}

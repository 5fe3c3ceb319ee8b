-- Two pairs of eyes (D60, D61, decision 60): what one person proposes, another one approves. proposals.sql guards them.

-- Whether this is a trial, in which one person may do both. Never in production, which sets it back.
alter table installation add column is_trial boolean not null default false;

-- Which acts on a product need two. An approval that an officer records always does (D42).
alter table products
  add column second_person text[] not null default '{}',
  add constraint products_second_person check (second_person <@ '{announcement,activation,invalid,terms,role}'::text[]);

create table proposals (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('announcement', 'activation', 'invalid', 'approval', 'terms', 'role')),
  -- Null: all products, of a role.
  product_id text references products,
  -- The change, objection, product or person that it is about; null where approving it makes that.
  subject text,
  -- What the change tells, of an announcement and an activation (changes.content_hash).
  content_hash text,
  -- What was asked for (act), and what that would do when it was proposed (outcome), without what is of persons.
  content jsonb not null,
  persons jsonb not null default '{}',
  -- Of both.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  -- How many it concerns; null where it concerns none in numbers.
  controllers integer check (controllers >= 0),
  proposed_at timestamptz not null,
  proposed_by text not null,
  expires_at timestamptz not null check (expires_at > proposed_at),
  xact_id bigint not null default pg_current_xact_id()::text::bigint
);
create index proposals_by_xact on proposals using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create index proposals_of_product on proposals (product_id, id);
create index proposals_about on proposals (subject, id);

-- What was decided about a proposal. Where it was approved and its change is still held, it can be cancelled afterwards.
create table proposal_decisions (
  proposal_id uuid not null references proposals,
  decision text not null check (decision in ('approved', 'rejected', 'cancelled')),
  decided_at timestamptz not null,
  decided_by text not null,
  -- In words; always of what was rejected or cancelled.
  reason text check (reason ~ '[^[:space:]]'),
  -- What came of it, of an approval: the id of the change, wave, objection, approval, product or role.
  made text,
  -- Whether one person proposed and approved it, in a trial.
  by_one_person boolean not null default false,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  primary key (proposal_id, decision),
  check ((decision = 'approved') = (made is not null)),
  check ((decision = 'approved') = (reason is null)),
  check (decision = 'approved' or not by_one_person)
);
create index proposal_decisions_by_xact on proposal_decisions using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create index proposal_decisions_made on proposal_decisions (made) where made is not null;

-- What stood on record at an activation, as the gate saw it (decision 54).
create table gate_facts (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  -- The wave that it let through (D43); null where the change came into force for all.
  activation_id uuid references activations,
  at timestamptz not null,
  facts jsonb not null,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  unique nulls not distinct (change_id, activation_id)
);
create index gate_facts_by_xact on gate_facts using brin (xact_id) with (pages_per_range = 16, autosummarize = on);

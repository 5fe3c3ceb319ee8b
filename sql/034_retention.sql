-- How long what is of persons is kept, and what is held longer (D51, decision 51).

alter table products
  add column retention jsonb not null
    default '{"caseYears": 4, "automaticMailDays": 90, "technicalDays": 90, "storedResponseDays": 7, "endedKeyDays": 365}',
  add constraint products_keep_for_a_time check (
    (retention ->> 'caseYears')::integer between 1 and 30
    and (retention ->> 'automaticMailDays')::integer between 30 and 3650
    and (retention ->> 'technicalDays')::integer between 30 and 3650
    and (retention ->> 'storedResponseDays')::integer between 1 and 90
    and (retention ->> 'endedKeyDays')::integer between 30 and 3650);

-- Nothing of a change, or of a controller, is emptied as long as it is held.
create table legal_holds (
  id uuid primary key default uuidv7(),
  change_id uuid references changes,
  controller_id uuid references controllers,
  reason text not null check (reason ~ '[^[:space:]]'),
  placed_at timestamptz not null,
  placed_by text not null,
  -- Null: until it is released.
  until timestamptz check (until > placed_at),
  released_at timestamptz,
  released_by text,
  release_reason text,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  check (num_nonnulls(change_id, controller_id) = 1),
  check (num_nulls(released_at, released_by, release_reason) in (0, 3))
);
create index legal_holds_by_xact on legal_holds using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create index legal_holds_running on legal_holds (id) where released_at is null;

-- Since when a mail is what it is taken as. Null of mails of before: since they came.
alter table inbound_mails add column judged_at timestamptz;

-- The record by columns, what stands sealed of it, and what of persons has been emptied (decisions 48 and 49).

-- What each column of the record is. sql/columns.sql fills the table.
-- fact: final once written, and sealed. person: the same, of a person, so it can be emptied. moving: has a state, and is not
-- sealed. moving-person: of a person, and not sealed.
create table record_columns (
  table_name text not null,
  column_name text not null,
  part text not null check (part in ('fact', 'person', 'moving', 'moving-person')),
  -- The first version of its table's canonical form that has the column, and the first that no longer has it.
  since smallint not null,
  until smallint check (until > since),
  -- What stands in an emptied column that had a value: its text as PostgreSQL reads it. Null empties it to null.
  emptied text,
  primary key (table_name, column_name, since)
);

-- Each emptying of rows that tell of persons: a fact on record, without their names.
create table erasures (
  id uuid primary key default uuidv7(),
  at timestamptz not null,
  by text not null,
  -- Why: somebody asked for it, or the time to keep it has ended.
  because text not null check (because in ('request', 'retention')),
  rows integer not null check (rows >= 0)
);

-- What is sealed, row by row, in the order of the Merkle tree of its epoch. The key of a row's personal part is here alone.
create table sealed_rows (
  epoch integer not null,
  position bigint not null check (position >= 0),
  table_name text not null,
  -- The columns of its primary key as text, with a space between them.
  row_key text not null,
  version smallint not null,
  hash bytea not null check (octet_length(hash) = 32),
  -- Where the row has a personal part: SHA-256(key || part), which the hash covers. The key is deleted when the part is emptied.
  person_key bytea check (octet_length(person_key) = 32),
  person_hash bytea check (octet_length(person_hash) = 32),
  erasure_id uuid references erasures,
  primary key (epoch, position),
  unique (table_name, row_key),
  check (person_key is null or person_hash is not null),
  check (erasure_id is null or person_key is null)
);

-- The transaction that wrote a row: rows are sealed below the oldest transaction that still runs (decision 16). Rows of before
-- get that of this migration.
do $$
declare
  record_table text;
begin
  foreach record_table in array array['activation_controllers', 'activations', 'agreements', 'answer_decisions', 'answers', 'api_keys',
    'approvals', 'arrival_statements', 'audit_log', 'bounces', 'changes', 'controllers', 'erasures', 'inbound_contents',
    'inbound_mail_decisions', 'inbound_mails', 'letters', 'listed_in_terms', 'mailed_codes', 'message_attempts', 'messages',
    'nominations', 'objection_decisions', 'objection_windows', 'objections', 'product_terms', 'register_entries', 'test_notices',
    'window_restorations', 'withdrawal_requests']
  loop
    execute format('alter table %I add column xact_id bigint not null default pg_current_xact_id()::text::bigint', record_table);
    -- Rows come in the order of their transactions, more or less: a summary of blocks finds them, and costs their writers nothing.
    -- xid8 cannot be summarised, so it is a number.
    execute format('create index %I on %I using brin (xact_id) with (pages_per_range = 16, autosummarize = on)',
      record_table || '_by_xact', record_table);
  end loop;
end $$;

-- A mail whose content has been emptied.
alter table inbound_contents drop constraint inbound_contents_check,
  add constraint inbound_contents_check check (sha256 = sha256(raw) or raw = '');

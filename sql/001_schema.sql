-- The whole record. Rules are cited by their numbers in docs/domain.md.
-- No rule asks the database what time it is (D29): every instant comes from the application's clock.

-- Equality of text in the register's temporal constraints.
create extension if not exists btree_gist;

create table products (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  processor jsonb not null,
  objection_window_days integer not null check (objection_window_days between 1 and 365),
  time_zone text not null,
  roll_forward boolean not null,
  objection_address jsonb not null,
  register_loaded_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table changes (
  id uuid primary key default uuidv7(),
  product_id text not null references products,
  kind text not null check (kind in ('addition', 'replacement')),
  status text not null default 'announced' check (status in ('announced', 'activated', 'withdrawn')),
  version integer not null default 0,
  sub_processor jsonb not null,
  name_key text not null,
  registration_key text,
  replaces uuid,
  supersedes uuid references changes,
  reason jsonb not null,
  planned_activation_on date not null,
  -- The product as it was when the change was announced: later terms do not bind it (D6).
  product_name text not null,
  processor jsonb not null,
  objection_address jsonb not null,
  objection_window_days integer not null,
  time_zone text not null,
  roll_forward boolean not null,
  announced_at timestamptz not null,
  announced_by text not null,
  activated_at timestamptz,
  -- The day that is in the product's time zone. Told and not computed here: PostgreSQL and the application may know
  -- different editions of the time zones, and only one of them can decide (D29).
  activated_on date,
  activated_by text,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawal_reason jsonb,
  -- When change.notified and change.windows-closed were written: each comes once per change.
  notified_event_at timestamptz,
  windows_closed_event_at timestamptz,
  check ((kind = 'replacement') = (replaces is not null)),
  check ((status = 'activated') = (activated_at is not null)),
  check ((status = 'activated') = (activated_on is not null)),
  check (abs(activated_on - (activated_at at time zone 'UTC')::date) <= 1),
  check ((status = 'withdrawn') = (withdrawn_at is not null))
);
create index on changes (product_id, id);
-- D6: at most one announced change per sub-processor, and per replaced entry, and product.
create unique index changes_one_per_name on changes (product_id, name_key) where status = 'announced';
create unique index changes_one_per_registration on changes (product_id, registration_key) where status = 'announced';
create unique index changes_one_per_replaced_entry on changes (replaces) where status = 'announced';

create table register_entries (
  id uuid primary key default uuidv7(),
  product_id text not null references products,
  name text not null,
  name_key text not null,
  registration_number text,
  registration_key text,
  address text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  contact_person jsonb,
  parent_id uuid references register_entries,
  processing jsonb not null,
  personal_data jsonb not null,
  locations jsonb not null,
  -- The days on which it is in the register, half-open (D23).
  active daterange not null check (not isempty(active) and not lower_inf(active)),
  change_id uuid unique references changes,
  -- No company is in a product's register twice on any day.
  unique (product_id, name_key, active without overlaps),
  unique (product_id, registration_key, active without overlaps)
);
alter table changes add foreign key (replaces) references register_entries;

create table controllers (
  id uuid primary key default uuidv7(),
  external_id text not null unique,
  name text not null,
  registration_number text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table contacts (
  id uuid primary key default uuidv7(),
  controller_id uuid not null references controllers,
  position integer not null,
  email text not null,
  name text not null,
  language text not null check (language in ('da', 'en')),
  unique (controller_id, email)
);

-- That a controller has an agreement for a product, from when until when (D7).
create table agreements (
  id uuid primary key default uuidv7(),
  controller_id uuid not null references controllers,
  product_id text not null references products,
  started_at timestamptz not null,
  ended_at timestamptz
);
create unique index agreements_one_running on agreements (product_id, controller_id) where ended_at is null;
create index on agreements (controller_id);

-- The time one controller has to object to one change (D8). A controller that leaves and joins again gets a new one.
create table objection_windows (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  external_id text not null,
  created_at timestamptz not null,
  -- When its first notice was accepted, or its letter arrived; null while it has not been notified.
  notified_at timestamptz,
  -- Exclusive (D9), and the later of what was told and what was computed (D11).
  deadline timestamptz,
  -- When its contacts were reminded, which happens once.
  reminded_at timestamptz,
  -- When its agreement ended, and with it its part in this change (D7).
  left_at timestamptz,
  check ((notified_at is null) = (deadline is null))
);
create unique index objection_windows_one_running on objection_windows (change_id, controller_id) where left_at is null;
create index objection_windows_by_external_id on objection_windows (change_id, external_id);
create index objection_windows_not_notified on objection_windows (change_id, external_id)
  where notified_at is null and left_at is null;
create index objection_windows_by_deadline on objection_windows (change_id, deadline) include (notified_at)
  where left_at is null;

create table objections (
  id uuid primary key default uuidv7(),
  number bigint generated always as identity unique,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  channel text not null check (channel in ('link', 'email', 'letter')),
  from_name text,
  from_email text,
  reasons text check (char_length(reasons) <= 20000),
  received_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  status text not null check (status in ('pending', 'resolved', 'rejected')),
  -- Why the attempt was rejected when it came; stays when it is accepted late (D16).
  rejected_for text check (rejected_for in ('reasons-required', 'window-closed', 'window-not-open', 'change-ended')),
  check (status <> 'rejected' or rejected_for is not null),
  check (status = 'rejected' or reasons ~ '[^[:space:]]')
);
create index on objections (change_id, id);
create index objections_pending on objections (change_id, id) where status = 'pending';
create index on objections (controller_id, change_id);

-- What was decided about an objection, by whom and when (D16, D19).
create table objection_decisions (
  objection_id uuid not null references objections,
  decision text not null check (decision in ('accepted-late', 'resolved')),
  outcome text check (outcome in ('withdrawn', 'accommodated', 'agreement-ended', 'change-withdrawn', 'invalid')),
  explanation text,
  decided_at timestamptz not null,
  decided_by text not null,
  primary key (objection_id, decision),
  check ((decision = 'resolved') = (outcome is not null))
);

-- Every e-mail to a contact. The row is the legal record and the queue at once: a second job row would be a second truth.
create table messages (
  id uuid primary key default uuidv7(),
  kind text not null check (
    kind in (
      'notice', 'reminder', 'deadline-moved',
      'objection-received', 'objection-rejected', 'objection-resolved',
      'change-activated', 'change-withdrawn'
    )
  ),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  objection_id uuid references objections,
  email text not null,
  name text not null,
  language text not null check (language in ('da', 'en')),
  created_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'in-flight', 'accepted', 'failed', 'cancelled')),
  -- Attempts that were charged to this recipient; faults of our own side are recorded and not charged.
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease_id uuid,
  leased_until timestamptz,
  -- When the sender that holds the lease began to send it. Claimed and not begun, it has certainly not been sent.
  begun_at timestamptz,
  -- The latest deadline that an attempt of this notice has told its contact (D11).
  printed_deadline timestamptz,
  accepted_at timestamptz,
  last_error text,
  check ((status = 'accepted') = (accepted_at is not null)),
  check ((status = 'in-flight') = (lease_id is not null))
);
-- Answers to a person go before the bulk of notices.
create index messages_to_send on messages ((kind = 'notice'), next_attempt_at, id) where status = 'pending';
-- Two workers that record outcomes at once may both find that a controller is to be told of a withdrawal.
create unique index messages_one_withdrawal on messages (change_id, controller_id, email) where kind = 'change-withdrawn';
create index messages_in_flight on messages (leased_until) where status = 'in-flight';
create index messages_of_controller on messages (change_id, controller_id);
-- How far a change has come is counted from the indexes alone.
create index messages_notices_by_status on messages (change_id, status) where kind = 'notice';

-- Each attempt with the mail server's answer (D28).
create table message_attempts (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome text not null check (outcome in ('accepted', 'retry', 'failed', 'deferred', 'unknown')),
  response_code integer,
  response text,
  printed_deadline timestamptz
);
create index on message_attempts (message_id);

-- Notices by letter (D13).
create table letters (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  arrived_on date not null,
  reference text not null,
  recorded_at timestamptz not null,
  recorded_by text not null
);

-- position is not commit order: xact_id lets a reader stay below the oldest transaction still running.
create table events (
  id uuid primary key default uuidv7(),
  position bigint generated always as identity unique,
  xact_id xid8 not null default pg_current_xact_id(),
  type text not null,
  product_id text not null references products,
  change_id uuid not null references changes,
  sequence integer not null,
  at timestamptz not null,
  data jsonb not null,
  unique (change_id, sequence)
);

-- Decisions that have no row of their own, with who made them and when (D28).
create table audit_log (
  position bigint primary key generated always as identity,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  details jsonb not null
);

create table api_keys (
  id uuid primary key default uuidv7(),
  name text not null,
  role text not null check (role in ('reader', 'officer', 'admin')),
  -- SHA-256 of the key: 256 random bits need no slow hash.
  hash bytea not null unique,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz
);

-- The first answer to each idempotency key, written in the transaction that did the work.
create table idempotency_keys (
  api_key_id uuid not null references api_keys,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  headers jsonb not null,
  body json not null,
  created_at timestamptz not null,
  primary key (api_key_id, key)
);

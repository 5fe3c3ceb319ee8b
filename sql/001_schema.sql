-- The tables. D numbers are the rules of docs/domain.md. What the database refuses is in 002_guards.sql, how it counts in
-- 003_counts.sql.
-- No statement asks the database for the time (D29): every instant comes from the application's clock.

-- Lets the register's temporal constraints compare text for equality.
create extension if not exists btree_gist;

-- A product, the register that belongs to it, and the terms of its agreements.
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

create table controllers (
  id uuid primary key default uuidv7(),
  external_id text not null unique,
  name text not null,
  registration_number text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- The people at a controller who are notified.
create table contacts (
  id uuid primary key default uuidv7(),
  controller_id uuid not null references controllers,
  position integer not null,
  email text not null,
  name text not null,
  language text not null check (language in ('da', 'en')),
  unique (controller_id, email)
);

-- From when until when a controller has an agreement for a product (D7).
create table agreements (
  id uuid primary key default uuidv7(),
  controller_id uuid not null references controllers,
  product_id text not null references products,
  started_at timestamptz not null,
  ended_at timestamptz
);
create unique index agreements_one_running on agreements (product_id, controller_id) where ended_at is null;
create index on agreements (controller_id);

-- A planned sub-processor, as it was announced, and how it ended.
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
  -- A copy of the product when the change was announced: later terms do not bind the change (D6).
  product_name text not null,
  processor jsonb not null,
  objection_address jsonb not null,
  objection_window_days integer not null,
  time_zone text not null,
  roll_forward boolean not null,
  announced_at timestamptz not null,
  announced_by text not null,
  activated_at timestamptz,
  -- The day of activated_at in the product's time zone. The application computes it: PostgreSQL may have another edition of
  -- the time zones, and only one of the two can decide (D29).
  activated_on date,
  activated_by text,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawal_reason jsonb,
  -- When change.notified and change.windows-closed were written. Each is written once per change.
  notified_event_at timestamptz,
  windows_closed_event_at timestamptz,
  check ((kind = 'replacement') = (replaces is not null)),
  check ((status = 'activated') = (activated_at is not null)),
  check ((status = 'activated') = (activated_on is not null)),
  check (abs(activated_on - (activated_at at time zone 'UTC')::date) <= 1),
  check ((status = 'withdrawn') = (withdrawn_at is not null))
);
create index on changes (product_id, id);
-- D6: a sub-processor has at most one announced change per product, and so does a replaced entry.
create unique index changes_one_per_name on changes (product_id, name_key) where status = 'announced';
create unique index changes_one_per_registration on changes (product_id, registration_key) where status = 'announced';
create unique index changes_one_per_replaced_entry on changes (replaces) where status = 'announced';

-- The sub-processors of a product, each with the days on which it is in the register (D23).
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
  -- Half-open: the last day is the first one without the entry.
  active daterange not null check (not isempty(active) and not lower_inf(active)),
  change_id uuid unique references changes,
  -- No company is in a product's register twice on any day.
  unique (product_id, name_key, active without overlaps),
  unique (product_id, registration_key, active without overlaps)
);
alter table changes add foreign key (replaces) references register_entries;

-- Writing rows for every controller of a change: its window and notices, or the messages about the change's end (D5, D24).
-- The row says how far the writing has come. Steps after the first have transactions of their own.
create table fan_outs (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  kind text not null check (kind in ('notice', 'change-activated', 'change-withdrawn')),
  -- When the announcement, activation or withdrawal was decided. All rows bear this instant, whichever step writes them.
  created_at timestamptz not null,
  -- Steps go by the controllers' ids. All controllers up to this one have their rows.
  reached uuid not null,
  -- Kind 'notice' only: how many controllers have no window yet, and how many notices are not written yet.
  controllers_left integer not null check (controllers_left >= 0),
  notices_left integer not null check (notices_left >= 0),
  finished_at timestamptz,
  -- When the change was withdrawn before the last step. The other rows are never written (D24).
  stopped_at timestamptz,
  unique (change_id, kind),
  check (finished_at is null or (stopped_at is null and controllers_left = 0 and notices_left = 0))
);
create index fan_outs_running on fan_outs (id) where finished_at is null and stopped_at is null;

-- The time that one controller has to object to one change (D8). A controller that leaves and joins again gets a new window.
create table objection_windows (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  external_id text not null,
  created_at timestamptz not null,
  -- When the first notice was accepted or the letter arrived; null while the controller has not been notified.
  notified_at timestamptz,
  -- Exclusive (D9), and the later of the deadline told and the deadline computed (D11).
  deadline timestamptz,
  -- When the contacts were reminded, which happens once.
  reminded_at timestamptz,
  -- When the agreement ended. From then on the controller does not count for the change (D7).
  left_at timestamptz,
  check ((notified_at is null) = (deadline is null))
);
create unique index objection_windows_one_running on objection_windows (change_id, controller_id) where left_at is null;
-- A withdrawal is also told to controllers that have left (D24).
create index objection_windows_left on objection_windows (change_id, controller_id) where left_at is not null;
create index objection_windows_by_external_id on objection_windows (change_id, external_id);
create index objection_windows_not_notified on objection_windows (change_id, external_id)
  where notified_at is null and left_at is null;
create index objection_windows_by_deadline on objection_windows (change_id, deadline) include (notified_at)
  where left_at is null;
create index objection_windows_to_remind on objection_windows (change_id, deadline)
  where left_at is null and reminded_at is null and deadline is not null;
-- PostgreSQL gathers no statistics of these columns. Each start writes them (docs/decisions/020).
alter table objection_windows alter column change_id set statistics 0, alter column left_at set statistics 0;

-- How far each change has come, as a ledger of differences: a count is the sum of its rows, and 003_counts.sql adds the rows.
-- A transaction that changes a count adds a row and waits for nobody; a job folds the rows of a change into few. The ledger
-- can be computed anew from the tables at any time. It has no foreign key, which would lock the change, and no guard.
create table change_counts (
  id bigint primary key generated always as identity,
  change_id uuid not null,
  counted text not null check (counted in ('controllers', 'windows', 'notices-pending', 'notices-accepted',
    'notices-failed', 'objections', 'objections-pending')),
  -- The deadline of windows, and the minute in which notices were accepted.
  at timestamptz,
  amount integer not null
);
create index change_counts_of_change on change_counts (change_id) include (counted, at, amount);

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
  -- Why the attempt was rejected. Stays when the objection is accepted late (D16).
  rejected_for text check (rejected_for in ('reasons-required', 'window-closed', 'window-not-open', 'change-ended')),
  check (status <> 'rejected' or rejected_for is not null),
  check (status = 'rejected' or reasons ~ '[^[:space:]]')
);
create index on objections (change_id, id);
create index objections_pending on objections (change_id, id) where status = 'pending';
create index on objections (controller_id, change_id);

-- What an officer decided about an objection (D16, D19).
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

-- Every e-mail to a contact. The row is the legal record and the queue at once: with a second row for the job, the two could
-- disagree.
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
  -- Attempts charged to this recipient. An attempt that failed by our own fault is recorded and not charged.
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease_id uuid,
  leased_until timestamptz,
  -- The latest deadline that an attempt of this message has told (D11).
  printed_deadline timestamptz,
  accepted_at timestamptz,
  last_error text,
  check ((status = 'accepted') = (accepted_at is not null)),
  check ((status = 'in-flight') = (lease_id is not null))
);
-- Single replies go before everything that goes to all controllers of a change: a receipt (D18) must not wait behind a
-- million notices. The kinds are the BULK_KINDS of domain/message.ts.
create index messages_to_send
  on messages ((kind in ('notice', 'reminder', 'change-activated', 'change-withdrawn')), next_attempt_at, id)
  where status = 'pending';
create index messages_in_flight on messages (leased_until) where status = 'in-flight';
create index messages_of_controller on messages (change_id, controller_id);
-- Two processes that record outcomes at once may both find that a contact is to be told of a withdrawal.
create unique index messages_one_withdrawal on messages (change_id, controller_id, email) where kind = 'change-withdrawn';
-- As of objection_windows.
alter table messages alter column change_id set statistics 0, alter column status set statistics 0;

-- Each attempt to send a message, with the mail server's response (D28).
create table message_attempts (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome text not null check (outcome in ('accepted', 'retry', 'failed', 'deferred', 'unknown')),
  response_code integer,
  response text,
  -- Protocol and cipher; null where the connection was not encrypted, or there was none.
  tls text,
  printed_deadline timestamptz
);
create index on message_attempts (message_id);

-- The token bucket of SMTP_MAX_PER_SECOND, shared by all processes: the moment from which the next token is free. One row, or
-- none while there is no limit.
create table sending_rate (
  singleton boolean primary key default true check (singleton),
  next_at timestamptz not null
);

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

-- Each mail that came in, byte for byte. A mail that comes several times, or for several messages, is stored once.
create table inbound_contents (
  sha256 bytea primary key,
  raw bytea not null,
  check (sha256 = sha256(raw))
);

-- A mail that came in, and the message whose tag its address bears. The same mail for the same message is recorded once.
create table inbound_mails (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  sha256 bytea not null references inbound_contents,
  -- The envelope. The headers are in the content.
  sent_to text not null,
  envelope_from text not null,
  remote_address text not null,
  received_at timestamptz not null,
  taken_as text not null check (taken_as in ('report', 'automatic', 'answer')),
  -- The feature by which it was told what the mail is.
  known_by text not null,
  unique (message_id, sha256)
);

-- What a mail system or mail provider reported of a message that it had accepted (D12).
create table bounces (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  -- The words of RFC 3464.
  action text not null check (action in ('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
  status text,
  diagnostic text,
  -- Null when the report came over the API. The evidence is then stored here.
  inbound_mail_id uuid references inbound_mails,
  evidence json,
  effect text not null check (effect in ('none', 'revoked', 'reopened', 'incident')),
  -- When the notice had been accepted, and the window that closed with it: the rows themselves no longer say so.
  accepted_at timestamptz,
  window_id uuid references objection_windows,
  notified_at timestamptz,
  deadline timestamptz,
  recorded_at timestamptz not null,
  recorded_by text not null,
  check ((inbound_mail_id is null) = (evidence is not null)),
  check (effect = 'none' or action = 'failed' and accepted_at is not null),
  check ((effect in ('reopened', 'incident')) = (window_id is not null)),
  check ((window_id is null) = (notified_at is null) and (window_id is null) = (deadline is null))
);
create index on bounces (message_id);
-- A notice is revoked once, however many reports of it come.
create unique index bounces_one_revocation on bounces (message_id) where effect <> 'none';
create index bounces_incidents on bounces (change_id) where effect = 'incident';

-- What a person wrote back (D17). It may be an objection, so the change is not activated before somebody has read it.
create table answers (
  id uuid primary key default uuidv7(),
  inbound_mail_id uuid not null unique references inbound_mails,
  message_id uuid not null references messages,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  from_name text,
  from_email text,
  subject text not null,
  text text not null,
  -- The part of the text that the sender did not write: the notice, quoted.
  quoted text not null,
  attachments jsonb not null,
  received_at timestamptz not null,
  status text not null default 'unread' check (status in ('unread', 'objection', 'not-an-objection'))
);
create index on answers (change_id, id);
create index answers_unread on answers (change_id, id) where status = 'unread';

-- What an officer decided about an answer.
create table answer_decisions (
  answer_id uuid primary key references answers,
  decision text not null check (decision in ('objection', 'not-an-objection')),
  explanation text,
  objection_id uuid references objections,
  decided_at timestamptz not null,
  decided_by text not null,
  check ((decision = 'objection') = (objection_id is not null)),
  check (decision = 'objection' or explanation is not null)
);

-- What other systems are told. An event about a webhook belongs to no change.
--
-- The order of the feed is (xact_id, position). position alone is not the order of commits. xact_id is the writing
-- transaction's, or that of the change's previous event where that is later: the change's lock orders the two, and their
-- transaction ids need not. A reader stays below the oldest transaction that is still running, so whatever commits later
-- comes after everything that it has read (docs/decisions/016).
create table events (
  id uuid primary key default uuidv7(),
  position bigint generated always as identity unique,
  xact_id xid8 not null default pg_current_xact_id(),
  type text not null,
  product_id text references products,
  change_id uuid references changes,
  sequence integer,
  at timestamptz not null,
  data jsonb not null,
  unique (change_id, sequence),
  check ((change_id is null) = starts_with(type, 'webhook.')),
  check ((change_id is null) = (sequence is null)),
  check (change_id is null or product_id is not null)
);
create index events_in_feed_order on events (xact_id, position);

-- Added to every transaction id of the feed: a database restored from a dump begins anew with its transaction ids.
create table event_feed (
  is_only boolean primary key default true check (is_only),
  xact_offset bigint not null default 0
);
insert into event_feed default values;

-- The endpoints of other systems (Standard Webhooks 1.0.0).
create table webhooks (
  id uuid primary key default uuidv7(),
  url text not null,
  -- Event types, or prefixes of them: change.*
  events text[] not null check (cardinality(events) > 0),
  product_id text references products,
  description text,
  -- The highest number of attempts per second.
  rate_limit integer check (rate_limit between 1 and 1000),
  created_at timestamptz not null,
  created_by text not null,
  -- A secret is derived from APP_SECRET, the id and this version. None is stored.
  secret_version integer not null default 1,
  secret_rotated_at timestamptz,
  -- Until then the previous secret signs as well.
  previous_secret_until timestamptz,
  enabled boolean not null,
  disabled_at timestamptz,
  disabled_because text check (disabled_because in ('by-admin', 'failing', 'gone')),
  -- The health of the endpoint: how its deliveries fare. Replays do not count.
  failures integer not null default 0,
  failing_since timestamptz,
  told_failing_at timestamptz,
  told_ending_at timestamptz,
  -- The endpoint asked us to leave it alone until then.
  paused_until timestamptz,
  -- One process at a time delivers to an endpoint, while its lease holds.
  lease_id uuid,
  leased_until timestamptz,
  served_at timestamptz,
  deleted_at timestamptz,
  deleted_by text,
  check (enabled = (disabled_at is null)),
  check ((disabled_at is null) = (disabled_because is null)),
  check ((failures = 0) = (failing_since is null)),
  check ((lease_id is null) = (leased_until is null)),
  check ((deleted_at is null) = (deleted_by is null))
);

-- A request to deliver past events again. A job works through the feed; after a restart it goes on from reached_….
create table webhook_replays (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references webhooks,
  since timestamptz,
  event_ids uuid[],
  created_at timestamptz not null,
  created_by text not null,
  reached_xact_id xid8 not null default '0',
  reached_position bigint not null default 0,
  finished_at timestamptz,
  check ((since is null) <> (event_ids is null))
);
create index webhook_replays_unfinished on webhook_replays (id) where finished_at is null;
create index on webhook_replays (webhook_id, id);

-- An event that goes to an endpoint. Written with the event itself, or by a replay.
create table webhook_deliveries (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references webhooks,
  event_id uuid not null references events,
  replay_id uuid references webhook_replays,
  created_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'skipped')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  finished_at timestamptz,
  unique nulls not distinct (webhook_id, event_id, replay_id),
  check ((status = 'pending') = (finished_at is null))
);
-- New events go before replayed ones.
create index webhook_deliveries_due on webhook_deliveries (webhook_id, (replay_id is not null), next_attempt_at, id)
  where status = 'pending';
create index webhook_deliveries_failed on webhook_deliveries (webhook_id, finished_at) where status = 'failed';
create index on webhook_deliveries (webhook_id, id);

-- Each attempt to deliver, with the endpoint's response. An attempt without a delivery was a test.
create table webhook_attempts (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references webhooks,
  delivery_id uuid references webhook_deliveries,
  started_at timestamptz not null,
  duration_ms integer not null,
  -- The IP address that was connected to.
  address text,
  status integer,
  error text,
  -- The first 1 KiB of the body.
  response text
);
create index on webhook_attempts (delivery_id);

-- Mails to the company itself, for example that a webhook fails. A queue of their own: messages belong to a change.
create table operator_mails (
  id uuid primary key default uuidv7(),
  kind text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'accepted', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease_id uuid,
  leased_until timestamptz,
  accepted_at timestamptz,
  last_error text,
  check ((status = 'accepted') = (accepted_at is not null))
);
create index operator_mails_due on operator_mails (next_attempt_at) where status = 'pending';

-- Acts that have no row of their own elsewhere: who did them, and when (D28).
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
  -- SHA-256 of the key. 256 random bits need no slow hash.
  hash bytea not null unique,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz
);

-- The stored response of each idempotency key, written in the transaction that did the work.
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

-- Other systems follow along: endpoints, what is delivered to each, and what came of it (Standard Webhooks 1.0.0).

create table webhooks (
  id uuid primary key default uuidv7(),
  url text not null,
  -- Event types, or prefixes of them: change.*
  events text[] not null check (cardinality(events) > 0),
  product_id text references products,
  description text,
  -- Attempts per second at most.
  rate_limit integer check (rate_limit between 1 and 1000),
  created_at timestamptz not null,
  created_by text not null,
  -- Secrets are derived from APP_SECRET, the id and this version: none is stored.
  secret_version integer not null default 1,
  secret_rotated_at timestamptz,
  -- Until then the secret before signs, too.
  previous_secret_until timestamptz,
  enabled boolean not null,
  disabled_at timestamptz,
  disabled_because text check (disabled_because in ('by-admin', 'failing', 'gone')),
  -- How its deliveries fare; replays say nothing of it.
  failures integer not null default 0,
  failing_since timestamptz,
  told_failing_at timestamptz,
  told_ending_at timestamptz,
  -- Its answers ask us to leave it alone until then.
  paused_until timestamptz,
  -- One process at a time delivers to an endpoint, for as long as its lease holds.
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
create trigger never_deleted before delete or truncate on webhooks
  for each statement execute function refuse_change_of_record();

-- An event that is about a webhook belongs to no change.
alter table events alter column change_id drop not null;
alter table events alter column sequence drop not null;
alter table events alter column product_id drop not null;
alter table events add check ((change_id is null) = starts_with(type, 'webhook.'));
alter table events add check ((change_id is null) = (sequence is null));
alter table events add check (change_id is null or product_id is not null);

-- The order of the feed is (xact_id, position). xact_id is the writing transaction's, or the one of the change's last event
-- where that is later: the change's lock orders them, and transaction ids need not. A reader stays below the oldest
-- transaction that still runs, and whatever commits later comes behind what it has read.
create index events_in_feed_order on events (xact_id, position);
-- Added to every transaction id. A database that was dumped and restored counts its transactions from the beginning again.
create table event_feed (
  is_only boolean primary key default true check (is_only),
  xact_offset bigint not null default 0
);
insert into event_feed default values;

-- Events that are to be delivered again. A job works through the feed, and a restart goes on from `reached`.
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

-- An event that goes to an endpoint: written with the event itself, or by a replay.
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
-- What has just happened goes before what is told once more.
create index webhook_deliveries_due on webhook_deliveries (webhook_id, (replay_id is not null), next_attempt_at, id)
  where status = 'pending';
create index webhook_deliveries_failed on webhook_deliveries (webhook_id, finished_at) where status = 'failed';
create index on webhook_deliveries (webhook_id, id);
create trigger never_deleted before delete or truncate on webhook_deliveries
  for each statement execute function refuse_change_of_record();

-- Each attempt with the receiver's answer; one without a delivery was a test.
create table webhook_attempts (
  id uuid primary key default uuidv7(),
  webhook_id uuid not null references webhooks,
  delivery_id uuid references webhook_deliveries,
  started_at timestamptz not null,
  duration_ms integer not null,
  -- The address that was connected to.
  address text,
  status integer,
  error text,
  -- The first 1 KiB of the answer.
  response text
);
create index on webhook_attempts (delivery_id);
create trigger append_only before update or delete or truncate on webhook_attempts
  for each statement execute function refuse_change_of_record();

-- Mails to the company itself: that a webhook fails, for one. Kept and sent like the others, on another queue than the
-- messages to contacts, which belong to a change.
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
create trigger never_deleted before delete or truncate on operator_mails
  for each statement execute function refuse_change_of_record();

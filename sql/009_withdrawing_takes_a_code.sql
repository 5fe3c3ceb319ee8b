-- Withdrawing an objection is the controller's act (D31, docs/decisions/031), and rejected attempts are bounded (D15).

-- guards.sql is applied after this file and has the triggers anew.
drop trigger if exists content_is_final on objections;

alter table messages
  drop constraint messages_kind_check,
  add check (kind in ('notice', 'reminder', 'deadline-moved', 'objection-received', 'objection-rejected', 'objection-resolved',
    'withdrawal-code', 'withdrawal-requested', 'withdrawal-stopped', 'change-activated', 'change-withdrawn'));

-- How long a withdrawal waits after it has been told to every contact, so that one of them can stop it.
alter table products add column withdrawal_delay_hours integer not null default 24
  check (withdrawal_delay_hours between 0 and 720);

-- The message whose link an objection came through.
alter table objections add column message_id uuid references messages;
create index objections_rejected_through on objections (message_id) where status = 'rejected';

-- Rejected attempts through a link after the first ones, which are objections. The latest are kept, each over an older one
-- in its slot, and counted.
create table further_attempts (
  message_id uuid not null references messages,
  slot integer not null check (slot >= 0),
  number integer not null,
  rejected_for text not null check (rejected_for in ('reasons-required', 'window-closed', 'agreement-ended', 'change-ended')),
  from_name text,
  reasons text check (char_length(reasons) <= 20000),
  received_at timestamptz not null,
  primary key (message_id, slot)
);

-- The codes that were mailed to who asked to withdraw an objection, each by the message that carries it. What the code is
-- follows from the message's id and APP_SECRET, and stands nowhere.
create table withdrawal_codes (
  message_id uuid primary key references messages,
  objection_id uuid not null references objections,
  asked_at timestamptz not null,
  asked_by text not null,
  expires_at timestamptz not null,
  wrong_tries integer not null default 0 check (wrong_tries between 0 and 5),
  used_at timestamptz
);
create index on withdrawal_codes (objection_id, message_id);

-- Withdrawals that contacts have asked for with a code. The objection stays pending while one waits.
create table withdrawal_requests (
  id uuid primary key default uuidv7(),
  objection_id uuid not null references objections,
  code_message_id uuid not null unique references withdrawal_codes,
  -- The address whose contact asked.
  email text not null,
  explanation text check (char_length(explanation) <= 5000),
  delay_hours integer not null,
  requested_at timestamptz not null,
  requested_by text not null,
  -- `stopped`: a contact said that it was not them, or who asked is a contact no longer. `lapsed`: the objection was resolved
  -- in another way.
  status text not null default 'waiting' check (status in ('waiting', 'carried-out', 'stopped', 'lapsed')),
  ended_at timestamptz,
  ended_by text,
  check ((status = 'waiting') = (ended_at is null)),
  check ((ended_at is null) = (ended_by is null))
);
create unique index withdrawal_requests_waiting on withdrawal_requests (objection_id) where status = 'waiting';
create index on withdrawal_requests (objection_id, id);

-- What an officer's decision rests on: a mail on record, or the words of its explanation. What was decided before this file
-- stays as it is.
alter table objection_decisions
  add column withdrawal_request_id uuid references withdrawal_requests,
  add column inbound_mail_id uuid references inbound_mails,
  add check (withdrawal_request_id is null or outcome = 'withdrawn'),
  add constraint objection_decisions_evidence check (outcome not in ('withdrawn', 'accommodated', 'invalid')
    or coalesce(explanation, '') ~ '[^[:space:]]' or num_nonnulls(withdrawal_request_id, inbound_mail_id) > 0) not valid;

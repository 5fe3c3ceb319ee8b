-- What controllers answer to a request for their written approval (D41, D42, docs/decisions/044).

-- The files without a number are applied after this file and have the triggers anew.
drop trigger if exists content_is_final on messages;

-- Every approval and refusal that was received. What it says stands; its state moves on.
create table approvals (
  id uuid primary key default uuidv7(),
  -- What people refer to it by.
  number bigint not null unique generated always as identity,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  decision text not null check (decision in ('approval', 'refusal')),
  -- Of what was approved or refused: `content_hash` of its change.
  content_hash text not null,
  channel text not null check (channel in ('link', 'email', 'letter')),
  -- The message whose link it came through.
  message_id uuid references messages,
  -- The answer that an officer found to be it.
  answer_id uuid references answers,
  from_name text,
  from_role text,
  from_email text,
  -- As received; a refusal needs no words.
  statement text check (char_length(statement) <= 20000),
  -- On what an officer rests that the writer may approve for the controller.
  authority text check (char_length(authority) <= 5000),
  received_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  -- An approval: `unconfirmed` until a second person has confirmed the writer's authority, `waiting` while its receipts are on
  -- their way and its hours run, then `effective`. A refusal is `standing`. Both end as `withdrawn`; `stopped` is an approval of
  -- which a contact said "that was not us".
  status text not null check (status in ('unconfirmed', 'waiting', 'effective', 'standing', 'withdrawn', 'stopped')),
  confirmed_at timestamptz,
  confirmed_by text,
  effective_at timestamptz,
  -- When it was told to officers that no receipt of it can arrive.
  receipts_failed_at timestamptz,
  -- Of an effective one whose change is in force for its controller: it was withdrawn afterwards, which changes nothing (D42).
  ended_at timestamptz,
  ended_by text,
  ended_explanation text check (char_length(ended_explanation) <= 5000),
  ended_mail_id uuid references inbound_mails,
  -- The message whose link ended it.
  ended_message_id uuid references messages,
  check ((decision = 'refusal') = (status = 'standing') or status in ('withdrawn', 'stopped')),
  check (decision = 'approval' or num_nonnulls(confirmed_at, effective_at, receipts_failed_at) = 0 and status <> 'stopped'),
  -- An approval says what is approved, and who approves it as what.
  constraint approvals_are_written check (decision = 'refusal' or coalesce(statement, '') ~ '[^[:space:]]'
    and coalesce(from_name, '') ~ '[^[:space:]]'),
  constraint approvals_have_authority check (decision = 'refusal' or channel = 'link' or coalesce(authority, '') ~ '[^[:space:]]'),
  check ((channel = 'link') = (message_id is not null)),
  check (answer_id is null or channel = 'email'),
  check ((confirmed_at is null) = (confirmed_by is null)),
  -- Two persons: who recorded it, and who confirms it.
  constraint approvals_take_two check (confirmed_by <> recorded_by),
  check ((effective_at is null) = (status in ('unconfirmed', 'waiting', 'standing')) or status in ('withdrawn', 'stopped')),
  check (num_nulls(ended_at, ended_by) in (0, 2)),
  check (ended_at is not null or num_nonnulls(ended_explanation, ended_mail_id, ended_message_id) = 0),
  check (status not in ('withdrawn', 'stopped') or ended_at is not null),
  check (status not in ('unconfirmed', 'waiting', 'standing') or ended_at is null),
  constraint approvals_end_with_evidence check (ended_at is null or coalesce(ended_explanation, '') ~ '[^[:space:]]'
    or num_nonnulls(ended_mail_id, ended_message_id) > 0)
);
create index on approvals (change_id, id);
create index on approvals (controller_id, change_id);
create index approvals_waiting on approvals (change_id, id) where status = 'waiting';
create index approvals_unconfirmed on approvals (change_id, id) where status = 'unconfirmed';
create index approvals_by_receipt on approvals (received_at, id);
create index on approvals (answer_id) where answer_id is not null;
create index on approvals (message_id) where message_id is not null;

-- The approval or refusal that a message is about.
alter table messages add column approval_id uuid references approvals;
create index messages_of_approvals on messages (approval_id) where approval_id is not null;

-- How a controller stands: triggers follow its approvals and refusals. `contract`: its agreement lists the change (D46).
alter table objection_windows add column approval text not null default 'none'
  check (approval in ('none', 'unconfirmed', 'waiting', 'approved', 'refused', 'contract'));
alter table change_counts drop constraint change_counts_counted_check,
  add constraint change_counts_counted_check check (counted in ('controllers', 'windows', 'notices-pending', 'notices-accepted',
    'notices-failed', 'notices-cancelled', 'objections', 'objections-pending', 'approval-none', 'approval-unconfirmed',
    'approval-waiting', 'approval-approved', 'approval-refused', 'approval-contract'));
create index objection_windows_unapproved on objection_windows (change_id, external_id)
  where left_at is null and approval in ('none', 'unconfirmed', 'waiting', 'refused');

-- An answer can be an approval or a refusal, too.
alter table answers drop constraint answers_status_check,
  add constraint answers_status_check check (status in ('unread', 'objection', 'not-an-objection', 'approval', 'refusal'));
alter table answer_decisions add column approval_id uuid references approvals,
  drop constraint answer_decisions_decision_check,
  drop constraint answer_decisions_check1,
  drop constraint answer_decisions_check2,
  add constraint answer_decisions_decision_check check (decision in ('objection', 'not-an-objection', 'approval', 'refusal')),
  add constraint answer_decisions_are_explained check (decision <> 'not-an-objection' or explanation is not null),
  add constraint answer_decisions_of_persons check (decision = 'not-an-objection' or written_by_person),
  add constraint answer_decisions_approval check ((decision in ('approval', 'refusal')) = (approval_id is not null));

-- What came through a link proves that a notification arrived (D30).
alter table window_restorations add column approval_id uuid references approvals,
  drop constraint window_restorations_check,
  add constraint window_restorations_check
    check (num_nonnulls(objection_id, answer_id, bounce_id, statement_id, approval_id) = 1);

-- A mail is on record as it came before anybody has read it (docs/decisions/019), and may name no message.

-- guards.sql is applied after this file and has the triggers anew. An older database still has those of its tables as they were.
drop trigger if exists append_only on inbound_mails;

-- What a mail came for, in the order of certainty: a message (its address bears the message's tag), a controller's part in a
-- change (a reference), or neither. `taken_as` is null while nobody has read it: it then blocks the activation of its change,
-- and without a change that of every announced one that it can concern (D20).
alter table inbound_mails
  alter column message_id drop not null,
  alter column taken_as drop not null,
  alter column known_by drop not null,
  add column change_id uuid references changes,
  add column controller_id uuid references controllers,
  -- Of a mail without a change: whose objection address it came to; null: it can concern any product.
  add column product_id text references products,
  -- When the next attempt to read it is due. A claim puts it off, so that a mail whose reader has died is claimed again.
  add column next_reading_at timestamptz,
  add column readings integer not null default 0,
  -- What was read in it.
  add column from_name text,
  add column from_email text,
  add column subject text,
  add column text text,
  add column quoted text,
  add column attachments jsonb,
  drop constraint inbound_mails_taken_as_check,
  drop constraint inbound_mails_message_id_sha256_key;
update inbound_mails i set change_id = m.change_id, controller_id = m.controller_id, subject = '', text = '', quoted = '',
  attachments = '[]' from messages m where m.id = i.message_id;
update inbound_mails i set from_name = a.from_name, from_email = a.from_email, subject = a.subject, text = a.text,
  quoted = a.quoted, attachments = a.attachments from answers a where a.inbound_mail_id = i.id;
alter table inbound_mails
  -- `repeated`: the same mail had come before by another address.
  add check (taken_as in ('report', 'automatic', 'answer', 'unattributed', 'dismissed', 'repeated')),
  add check ((change_id is null) = (controller_id is null)),
  add check (message_id is null or change_id is not null),
  add check ((taken_as is null) = (next_reading_at is not null)),
  add check ((taken_as is null) = (known_by is null)),
  add check (taken_as is null
    or (subject is not null and text is not null and quoted is not null and attachments is not null)),
  add check (taken_as is null or taken_as = 'repeated' or (change_id is null) = (taken_as in ('unattributed', 'dismissed'))),
  -- The same mail for the same message, or for none, is recorded once.
  add unique nulls not distinct (sha256, change_id, controller_id, message_id);
create index inbound_mails_unread on inbound_mails (next_reading_at, id) where taken_as is null;
create index inbound_mails_unattributed on inbound_mails (id) where taken_as = 'unattributed';
create index on inbound_mails (change_id, taken_as, id);

-- What an officer decided about a mail: whose it is, that a person wrote it, or that it is of no concern.
create table inbound_mail_decisions (
  id uuid primary key default uuidv7(),
  inbound_mail_id uuid not null references inbound_mails,
  decision text not null check (decision in ('attributed', 'answer', 'dismissed')),
  explanation text,
  change_id uuid references changes,
  controller_id uuid references controllers,
  decided_at timestamptz not null,
  decided_by text not null,
  check ((decision = 'attributed') = (change_id is not null)),
  check ((change_id is null) = (controller_id is null)),
  check (decision <> 'dismissed' or explanation is not null)
);
create index on inbound_mail_decisions (inbound_mail_id);

-- An answer's words stand in its mail, and an answer known by its reference names no message.
drop trigger if exists content_is_final on answers;
alter table answers
  alter column message_id drop not null,
  drop column from_name, drop column from_email, drop column subject, drop column text, drop column quoted,
  drop column attachments;

-- The number in the reference that messages print, by which a mail or a letter is told to be of this window's controller.
alter table objection_windows add column number bigint generated always as identity;
alter table objection_windows add unique (number);

-- What was sent is kept (decision 50): what makes the bytes of each mail again, and what pages stated to who objected or approved.

-- The form of messages: their pieces, and slots for what differs between them. By its hash, so that thousands share one.
create table message_contents (
  sha256 bytea primary key check (octet_length(sha256) = 32),
  -- JSON of src/mail/form.ts. Emptied where it repeats what somebody wrote.
  form text not null,
  -- The objection or the approval whose words stand in it; null where it holds nobody's.
  about uuid,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  check (sha256 = sha256(convert_to(form, 'UTF8')) or form = '')
);
create index message_contents_by_xact on message_contents using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create index message_contents_about on message_contents (about) where about is not null;

-- The name of the controller as it stands in the message.
alter table messages add column controller_name text;
alter table messages disable trigger user;
update messages m set controller_name = c.name from controllers c where c.id = m.controller_id;
alter table messages enable trigger user;
alter table messages alter column controller_name set not null;

-- Null of attempts whose process ended before it recorded an outcome, and of those before this version.
alter table message_attempts
  add column mail_sha256 bytea check (octet_length(mail_sha256) = 32),
  -- Of message_contents. No foreign key: thousands of attempts would lock one row, and wait for each other.
  add column content_sha256 bytea,
  -- Of the window whose reference stands in the mail.
  add column window_number bigint,
  -- The signature above the mail, with its line end. It holds a name and an address to who guesses them.
  add column dkim text,
  add check ((mail_sha256 is null) = (content_sha256 is null)),
  add check (mail_sha256 is not null or (window_number is null and dkim is null));

-- What pages stated to who objects or answers, word for word, without anybody's name: by its hash, so that all share it.
create table page_statements (
  sha256 bytea primary key check (sha256 = sha256(convert_to(text, 'UTF8'))),
  language text not null check (language in ('da', 'en')),
  text text not null,
  xact_id bigint not null default pg_current_xact_id()::text::bigint
);
create index page_statements_by_xact on page_statements using brin (xact_id) with (pages_per_range = 16, autosummarize = on);

-- Null of what came otherwise than through the page of a link, and of what came before this version.
alter table objections add column stated_sha256 bytea references page_statements;
alter table approvals add column stated_sha256 bytea references page_statements;

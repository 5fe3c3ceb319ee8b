-- What comes back by mail: reports that a notice did not arrive (D12), automatic replies, and written answers (D17).

-- Each mail as it came, byte for byte, once however often and for however many notices it comes.
create table inbound_contents (
  sha256 bytea primary key,
  raw bytea not null,
  check (sha256 = sha256(raw))
);

-- A mail that was taken for the message whose tag it was sent to. The same mail for the same message is one.
create table inbound_mails (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  sha256 bytea not null references inbound_contents,
  -- The envelope: what the mail says of itself is in its content.
  sent_to text not null,
  envelope_from text not null,
  remote_address text not null,
  received_at timestamptz not null,
  taken_as text not null check (taken_as in ('report', 'automatic', 'answer')),
  -- By what it was known.
  known_by text not null,
  unique (message_id, sha256)
);

-- What a mail system or a mail provider reported of a message after it was handed over.
create table bounces (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  -- The words of RFC 3464.
  action text not null check (action in ('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
  status text,
  diagnostic text,
  -- Null for one that was reported over the API, whose evidence stands here.
  inbound_mail_id uuid references inbound_mails,
  evidence json,
  effect text not null check (effect in ('none', 'revoked', 'reopened', 'incident')),
  -- When the notice had been accepted, and the window that closed with it: what the rows say no more.
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

-- What a person wrote back: it may be an objection, so nothing goes on before somebody has read it.
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
  -- The part of the text that is not the sender's: the notice as it was quoted.
  quoted text not null,
  attachments jsonb not null,
  received_at timestamptz not null,
  status text not null default 'unread' check (status in ('unread', 'objection', 'not-an-objection'))
);
create index on answers (change_id, id);
create index answers_unread on answers (change_id, id) where status = 'unread';

-- What an officer found an answer to be, and why.
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

create trigger append_only before update or delete or truncate on inbound_contents
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on inbound_mails
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on bounces
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on answer_decisions
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on answers
  for each statement execute function refuse_change_of_record();
create trigger content_is_final
  before update of id, inbound_mail_id, message_id, change_id, controller_id, from_name, from_email, subject, text, quoted,
    attachments, received_at on answers
  for each statement execute function refuse_change_of_record();

-- An answer begins unread and is something else by a decision on record only.
create function guard_answer() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'unread' then
      raise exception 'an answer is unread until somebody has read it' using errcode = 'restrict_violation';
    end if;
    -- It waits for an activation under way, or the activation waits for it and then sees it (D22).
    perform from changes where id = new.change_id for share;
  elsif new.status is distinct from old.status and (old.status <> 'unread' or not exists (
      select from answer_decisions where answer_id = new.id and decision = new.status)) then
    raise exception 'answer % goes from % to % by a decision on record only', new.id, old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_answer before insert or update on answers for each row execute function guard_answer();

-- D20: nobody has read an answer yet, so it may be an objection. Beside guard_change, with the row locked by now.
create function guard_unread_answers() returns trigger language plpgsql as $$
begin
  if exists (select from answers where change_id = new.id and status = 'unread') then
    raise exception 'change % cannot be activated: an answer is unread (D20)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_unread_answers before update on changes
  for each row when (new.status = 'activated' and old.status = 'announced') execute function guard_unread_answers();

-- D12: of what is final, one thing may still come: a notice that was accepted bounces, on the record.
create function guard_revoked_notice() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['status', 'accepted_at', 'last_error'];
begin
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving
    or not exists (select from bounces where message_id = old.id and effect <> 'none' and accepted_at = old.accepted_at) then
    raise exception 'message % was accepted: only a bounce on record revokes it (D12)', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
drop trigger outcome_is_final on messages;
create trigger outcome_is_final before update on messages
  for each row when (old.status in ('failed', 'cancelled') or old.status = 'accepted' and new.status <> 'failed')
  execute function refuse_change_of_record();
create trigger guard_revoked_notice before update on messages
  for each row when (old.status = 'accepted' and new.status = 'failed') execute function guard_revoked_notice();

-- D12: a window closes again as not notified when its last notice that stood has bounced, and in no other way.
create function guard_reopened_window() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['notified_at', 'deadline', 'reminded_at'];
begin
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving or old.left_at is not null
    or new.deadline is not null or new.reminded_at is not null
    or not exists (select from changes where id = old.change_id and status = 'announced')
    or not exists (select from bounces where window_id = old.id and effect = 'reopened'
      and notified_at = old.notified_at and deadline = old.deadline)
    or exists (select from messages where change_id = old.change_id and controller_id = old.controller_id
      and kind = 'notice' and status = 'accepted' and created_at >= old.created_at)
    or exists (select from letters where change_id = old.change_id and controller_id = old.controller_id
      and recorded_at >= old.created_at) then
    raise exception 'window % is open since % to %: it closes again only when no notice stands, on the record (D8, D12)',
      old.id, old.notified_at, old.deadline using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
drop trigger guard_window on objection_windows;
create trigger guard_window before update on objection_windows
  for each row when (old.notified_at is null or new.notified_at is not null) execute function guard_window();
create trigger guard_reopened_window before update on objection_windows
  for each row when (old.notified_at is not null and new.notified_at is null) execute function guard_reopened_window();

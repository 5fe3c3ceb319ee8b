-- D29. The database's own time: what guards compare with, and what each process measures its clock against. No rule asks for it.

-- Days and months of a trial's offset are counted in UTC.
create or replace function current_instant() returns timestamptz language sql volatile as $$
  select (clock_timestamp() at time zone 'UTC' + clock_offset) at time zone 'UTC' from installation
$$;

-- The latest instant that a record may be dated. A process that decides is within one second of the database's time, and what
-- it dates reaches the database later.
create or replace function latest_instant() returns timestamptz language sql volatile as $$
  select current_instant() + interval '2 seconds'
$$;

-- D51, D52. What is emptied is over by the database's time, whatever the clock of who empties it says.
create or replace function refuse_kept_now(of_table text, keys text[]) returns void language plpgsql as $$
begin
  perform refuse_kept(of_table, keys, latest_instant());
end $$;

-- Nothing has happened yet that is dated later. The code is none of broken constraints: the clock that dated it is ahead, and
-- trying again succeeds once the database's time has come there.
create or replace function refuse_future() returns trigger language plpgsql as $$
begin
  raise exception '% of % is later than the database''s time, %: the clock that it comes from is ahead (D29)', tg_argv[0],
    tg_table_name, current_instant() using errcode = 'object_not_in_prerequisite_state';
end $$;

do $$
declare
  instant text[];
begin
  foreach instant slice 1 in array array[['changes', 'announced_at'], ['changes', 'told_since'], ['changes', 'wording_confirmed_at'], ['changes', 'activated_at'],
    ['changes', 'withdrawn_at'], ['changes', 'notified_event_at'], ['changes', 'deadline_approaching_event_at'],
    ['changes', 'answers_approaching_event_at'],
    ['changes', 'windows_closed_event_at'], ['objection_windows', 'notified_at'], ['messages', 'accepted_at'],
    ['objections', 'received_at'], ['objections', 'recorded_at'], ['answers', 'received_at'],
    ['inbound_mails', 'received_at'], ['letters', 'recorded_at'], ['bounces', 'recorded_at'],
    ['mailed_codes', 'used_at'], ['nominations', 'nominated_at'], ['nominations', 'confirmed_at'], ['nominations', 'rejected_at'],
    ['withdrawal_requests', 'requested_at'], ['withdrawal_requests', 'ended_at'],
    ['activations', 'activated_at'], ['listed_in_terms', 'listed_at'], ['approvals', 'received_at'], ['approvals', 'recorded_at'], ['approvals', 'confirmed_at'],
    ['approvals', 'effective_at'], ['approvals', 'receipts_failed_at'], ['approvals', 'ended_at'], ['proposals', 'proposed_at'], ['proposal_decisions', 'decided_at'],
    ['sessions', 'started_at'], ['scans', 'added_at']]
  loop
    execute format('create or replace trigger %1$I before insert or update of %2$I on %3$I for each row
      when (new.%2$I is not null and new.%2$I > latest_instant()) execute function refuse_future(%2$L)',
      instant[2] || '_is_past', instant[2], instant[1]);
  end loop;
end $$;

-- D33. A hold that lasts by the database's time lasts, whatever the process says that would end it.
create or replace function guard_end_of_hold() returns trigger language plpgsql as $$
begin
  raise exception 'change % is held until %, and the database''s time is % (D29, D33)', new.id, new.held_until,
    current_instant() using errcode = 'object_not_in_prerequisite_state';
end $$;
create or replace trigger guard_end_of_hold before insert or update of told_since on changes
  for each row when (new.told_since is not null and new.held_until > current_instant())
  execute function guard_end_of_hold();

-- D20, D22. A window that is open by the database's time is open, whatever the process says that activates.
create or replace function guard_activation_instant() returns trigger language plpgsql as $$
begin
  if exists (select from objection_windows
    where change_id = new.id and left_at is null and deadline > current_instant()) then
    raise exception 'change % cannot be activated: a window is open by the database''s time, % (D20, D29)', new.id,
      current_instant() using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create or replace trigger guard_activation_instant before update of status on changes
  for each row when (new.status = 'activated' and old.status <> 'activated') execute function guard_activation_instant();

-- D16. Nor is an objection late while its window is open by the database's time. That of a controller that has left closed as it
-- left (D7).
create or replace function guard_late_objection() returns trigger language plpgsql as $$
begin
  if exists (select from objection_windows where change_id = new.change_id and controller_id = new.controller_id
    and least(deadline, left_at) > latest_instant()) then
    raise exception 'an objection of change % is not late: its window is open by the database''s time, % (D16, D29)',
      new.change_id, current_instant() using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create or replace trigger guard_late_objection before insert on objections
  for each row when (new.rejected_for = 'window-closed') execute function guard_late_objection();

-- D31. Nor has a withdrawal waited for its time before that has come by the database's time.
create or replace function guard_withdrawal_instant() returns trigger language plpgsql as $$
begin
  if withdrawal_due_at(new.withdrawal_request_id) > latest_instant() then
    raise exception 'objection % is not withdrawn yet by the database''s time, % (D29, D31)', new.objection_id,
      current_instant() using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create or replace trigger guard_withdrawal_instant before insert on objection_decisions
  for each row when (new.withdrawal_request_id is not null) execute function guard_withdrawal_instant();

-- D28. What somebody does is dated when it is recorded: a day is more than any transaction takes. Of a trial, whose clock is
-- moved, nothing is known. What a mail system or a mail says may be recorded days later.

create or replace function refuse_backdating() returns trigger language plpgsql as $$
begin
  if (select clock_offset = '0' from installation) then
    raise exception '% of % is earlier than the database''s time, %: nothing is recorded as done before (D28)', tg_argv[0],
      tg_table_name, current_instant() using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

do $$
declare
  instant text[];
begin
  foreach instant slice 1 in array array[['changes', 'announced_at'], ['changes', 'told_since'], ['changes', 'activated_at'],
    ['changes', 'withdrawn_at'], ['objections', 'recorded_at'], ['letters', 'recorded_at'], ['arrival_statements', 'recorded_at'],
    ['objection_decisions', 'decided_at'], ['answer_decisions', 'decided_at'], ['inbound_mail_decisions', 'decided_at'],
    ['agreements', 'ended_at'], ['activations', 'activated_at'], ['approvals', 'recorded_at'], ['approvals', 'confirmed_at'],
    ['approvals', 'effective_at'], ['approvals', 'receipts_failed_at'], ['approvals', 'ended_at'], ['proposals', 'proposed_at'], ['proposal_decisions', 'decided_at'],
    ['scans', 'added_at']]
  loop
    execute format('create or replace trigger %1$I before insert or update of %2$I on %3$I for each row
      when (new.%2$I < current_instant() - interval ''1 day'') execute function refuse_backdating(%2$L)',
      instant[2] || '_is_recent', instant[2], instant[1]);
  end loop;
end $$;

-- An import appends hundreds of acts in a statement.
create or replace function guard_audit_log() returns trigger language plpgsql as $$
declare
  earliest constant timestamptz := current_instant() - interval '1 day';
begin
  if exists (select from added where at < earliest) and (select clock_offset = '0' from installation) then
    raise exception 'an act is recorded when it is done, at % (D28)', current_instant()
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger guard_audit_log after insert on audit_log
  referencing new table as added for each statement execute function guard_audit_log();

-- What a change with very many controllers needs: its fan-out in steps, and its counts without counting.

-- What is written for every controller of a change (D5, D24), and how far that has come. Where there are too many for the
-- transaction that began it, steps of their own follow, in the order of the controllers' ids.
create table fan_outs (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  -- What is written: a window and its notices, or the messages of the change's end.
  kind text not null check (kind in ('notice', 'change-activated', 'change-withdrawn')),
  -- When it was decided. What is written says this instant, whichever step writes it.
  created_at timestamptz not null,
  -- Everything is written for the controllers up to this one.
  reached uuid not null,
  -- Of notices: the controllers that have no window yet, and the notices that they get.
  controllers_left integer not null check (controllers_left >= 0),
  notices_left integer not null check (notices_left >= 0),
  finished_at timestamptz,
  -- When the change was withdrawn before all was written: the rest is never written (D24).
  stopped_at timestamptz,
  unique (change_id, kind),
  check (finished_at is null or (stopped_at is null and controllers_left = 0 and notices_left = 0))
);
create index fan_outs_running on fan_outs (id) where finished_at is null and stopped_at is null;

-- D5, D7: a fan-out goes forward only, and that of notices is finished when no controller of the product lacks a window.
create function guard_fan_out() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if coalesce(old.finished_at, old.stopped_at) is not null
      or (new.id, new.change_id, new.kind, new.created_at) is distinct from
        (old.id, old.change_id, old.kind, old.created_at)
      or new.reached < old.reached or new.controllers_left > old.controllers_left then
      raise exception 'fan-out %: it only goes forward, and ends once (D5)', old.id using errcode = 'restrict_violation';
    end if;
    if new.stopped_at is not null and exists (select from changes where id = new.change_id and status = 'announced') then
      raise exception 'fan-out %: its change is announced, and every controller is to be notified (D7)', old.id
        using errcode = 'restrict_violation';
    end if;
  end if;
  -- By two sets, whose cost does not depend on what the planner knows of windows that were written a moment ago.
  if new.kind = 'notice' and new.finished_at is not null and exists (
    select controller_id from agreements
    where product_id = (select product_id from changes where id = new.change_id) and ended_at is null
    except select controller_id from objection_windows where change_id = new.change_id and left_at is null) then
    raise exception 'fan-out %: a controller has no window yet (D5)', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_fan_out before insert or update on fan_outs for each row execute function guard_fan_out();
create trigger never_deleted before delete or truncate on fan_outs
  for each statement execute function refuse_change_of_record();

-- How far each change has come, as a ledger of differences: what is counted is the sum of its rows. Whoever changes a
-- count adds a row and waits for nobody; a job folds the rows of a change into few. It is no record and can be counted anew
-- from the tables at any time: no foreign key, which would lock the change, and no guard.
create table change_counts (
  id bigint primary key generated always as identity,
  change_id uuid not null,
  counted text not null check (counted in ('controllers', 'windows', 'notices-pending', 'notices-accepted',
    'notices-failed', 'objections', 'objections-pending')),
  -- Of windows their deadline, of accepted notices the minute of it.
  at timestamptz,
  amount integer not null
);
create index change_counts_of_change on change_counts (change_id) include (counted, at, amount);

-- What each row of three tables counts for, as it comes (1) or goes (-1).
create function count_windows() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'controllers', null, count(*) from added where left_at is null group by change_id
    union all
    select change_id, 'windows', deadline, count(*) from added
    where left_at is null and deadline is not null group by change_id, deadline;
  else
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'controllers', null, sum(amount)
    from (select 1 as amount, change_id, left_at from added union all select -1, change_id, left_at from removed) moved
    where left_at is null group by change_id having sum(amount) <> 0
    union all
    select change_id, 'windows', deadline, sum(amount)
    from (select 1 as amount, change_id, left_at, deadline from added
      union all select -1, change_id, left_at, deadline from removed) moved
    where left_at is null and deadline is not null group by change_id, deadline having sum(amount) <> 0;
  end if;
  return null;
end $$;

-- A notice in flight is pending. One that is accepted counts for its minute, from which comes how fast they go out.
create function count_notices() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'notices-' || case when status = 'in-flight' then 'pending' else status end,
      date_bin('1 minute', accepted_at, 'epoch'), count(*)
    from added where kind = 'notice' and status <> 'cancelled' group by 1, 2, 3;
  else
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'notices-' || case when status = 'in-flight' then 'pending' else status end,
      date_bin('1 minute', accepted_at, 'epoch'), sum(amount)
    from (select 1 as amount, change_id, kind, status, accepted_at from added
      union all select -1, change_id, kind, status, accepted_at from removed) moved
    where kind = 'notice' and status <> 'cancelled' group by 1, 2, 3 having sum(amount) <> 0;
  end if;
  return null;
end $$;

create function count_objections() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into change_counts (change_id, counted, amount)
    select change_id, 'objections', count(*) from added where status <> 'rejected' group by change_id
    union all
    select change_id, 'objections-pending', count(*) from added where status = 'pending' group by change_id;
  else
    insert into change_counts (change_id, counted, amount)
    select change_id, counted, sum(amount)
    from (select 1 as amount, change_id, status from added union all select -1, change_id, status from removed) moved,
      lateral (values ('objections', status <> 'rejected'), ('objections-pending', status = 'pending')) each (counted, counts)
    where counts group by change_id, counted having sum(amount) <> 0;
  end if;
  return null;
end $$;

-- Nothing is deleted from these tables.
create trigger count_new after insert on objection_windows
  referencing new table as added for each statement execute function count_windows();
create trigger count_moved after update on objection_windows
  referencing new table as added old table as removed for each statement execute function count_windows();
create trigger count_new after insert on messages
  referencing new table as added for each statement execute function count_notices();
create trigger count_moved after update on messages
  referencing new table as added old table as removed for each statement execute function count_notices();
create trigger count_new after insert on objections
  referencing new table as added for each statement execute function count_objections();
create trigger count_moved after update on objections
  referencing new table as added old table as removed for each statement execute function count_objections();

-- What is there already.
insert into change_counts (change_id, counted, at, amount)
select change_id, 'controllers', null, count(*) from objection_windows where left_at is null group by change_id
union all
select change_id, 'windows', deadline, count(*) from objection_windows
where left_at is null and deadline is not null group by change_id, deadline
union all
select change_id, 'notices-' || case when status = 'in-flight' then 'pending' else status end,
  date_bin('1 minute', accepted_at, 'epoch'), count(*)
from messages where kind = 'notice' and status <> 'cancelled' group by 1, 2, 3
union all
select change_id, 'objections', null, count(*) from objections where status <> 'rejected' group by change_id
union all
select change_id, 'objections-pending', null, count(*) from objections where status = 'pending' group by change_id;

-- Windows that were left, beside those that run (objection_windows_one_running): a withdrawal is told to both (D24).
create index objection_windows_left on objection_windows (change_id, controller_id) where left_at is not null;
-- The windows whose controllers may have to be reminded: those that have been are out of the way.
create index objection_windows_to_remind on objection_windows (change_id, deadline)
  where left_at is null and reminded_at is null and deadline is not null;

-- It was there to count from, and every notice moved through it twice.
drop index messages_notices_by_status;

-- As before (D6, D20, D21, D22, D24), and: no activation while controllers have no window yet; each question by an index.
create or replace function guard_change() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['status', 'version', 'activated_at', 'activated_on', 'activated_by', 'withdrawn_at',
    'withdrawn_by', 'withdrawal_reason', 'notified_event_at', 'windows_closed_event_at'];
  ending constant text[] := array['version', 'notified_event_at', 'windows_closed_event_at'];
begin
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving then
    raise exception 'change % is announced: it cannot be altered, only withdrawn and announced anew (D6)', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.status <> 'announced' and to_jsonb(new) - ending is distinct from to_jsonb(old) - ending then
    raise exception 'change % is %: that is final (D24)', old.id, old.status using errcode = 'restrict_violation';
  end if;
  if new.version < old.version then
    raise exception 'change %: its version only rises', old.id using errcode = 'restrict_violation';
  end if;
  if new.status = 'activated' and old.status = 'announced' then
    -- The row is locked by now, and each query below sees what was committed before that (D22).
    if exists (select from objections where change_id = new.id and status = 'pending') then
      raise exception 'change % cannot be activated: an objection is pending (D20)', new.id
        using errcode = 'restrict_violation';
    end if;
    if exists (select from fan_outs where change_id = new.id and kind = 'notice' and finished_at is null) then
      raise exception 'change % cannot be activated: controllers have no window and no notice yet (D5, D20)', new.id
        using errcode = 'restrict_violation';
    end if;
    if exists (select from objection_windows where change_id = new.id and left_at is null and notified_at is null)
      or exists (select from objection_windows
        where change_id = new.id and left_at is null and deadline > new.activated_at) then
      raise exception 'change % cannot be activated: a controller is not notified or its window is open (D20)', new.id
        using errcode = 'restrict_violation';
    end if;
    if new.activated_on is null or new.activated_on < new.planned_activation_on then
      raise exception 'change % cannot be activated: its planned date has not come (D20)', new.id
        using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;

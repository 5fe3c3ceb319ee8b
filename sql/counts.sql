-- Keeps change_counts: a statement that writes windows, notices or objections adds the differences in its transaction. Rows
-- of these tables are never deleted (guards.sql), so inserting and updating are all there is. The functions write as their
-- owner: nobody else writes to the ledger (grants.sql).
--
-- A notified window is counted at its deadline: one without (D40) at none, so it is notified and never open.
--
-- In each function `added` holds the rows after the statement, and `removed` the same rows before it.

-- The day on which a controller was asked that has said nothing: so long it has to answer (D41). Null of every other.
create or replace function asked_on(approval text, notified_at timestamptz, time_zone text) returns timestamptz
language sql stable as $$
  select case when approval = 'none' then date_trunc('day', notified_at, time_zone) end
$$;

-- How controllers stand is counted where a change asks for their approval.
create or replace function count_windows() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'controllers', null, count(*) from added where left_at is null group by change_id
    union all
    select change_id, 'windows', deadline, count(*) from added
    where left_at is null and notified_at is not null group by change_id, deadline
    union all
    select c.id, 'approval-' || w.approval, asked_on(w.approval, w.notified_at, c.time_zone), count(*)
    from added w join changes c on c.id = w.change_id where w.left_at is null and c.approval group by 1, 2, 3;
  else
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'controllers', null, sum(amount)
    from (select 1 as amount, change_id, left_at from added union all select -1, change_id, left_at from removed) moved
    where left_at is null group by change_id having sum(amount) <> 0
    union all
    select change_id, 'windows', deadline, sum(amount)
    from (select 1 as amount, change_id, left_at, notified_at, deadline from added
      union all select -1, change_id, left_at, notified_at, deadline from removed) moved
    where left_at is null and notified_at is not null group by change_id, deadline having sum(amount) <> 0
    union all
    select c.id, 'approval-' || w.approval, asked_on(w.approval, w.notified_at, c.time_zone), sum(w.amount)
    from (select 1 as amount, change_id, left_at, approval, notified_at from added
      union all select -1, change_id, left_at, approval, notified_at from removed) w
      join changes c on c.id = w.change_id
    where w.left_at is null and c.approval group by 1, 2, 3 having sum(w.amount) <> 0;
  end if;
  return null;
end $$;

-- A notice in flight counts as pending. An accepted one is counted by its minute, which gives the rate of sending.
create or replace function count_notices() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'notices-' || case when status = 'in-flight' then 'pending' else status end,
      date_bin('1 minute', accepted_at, 'epoch'), count(*)
    from added where kind = 'notice' group by 1, 2, 3;
  else
    insert into change_counts (change_id, counted, at, amount)
    select change_id, 'notices-' || case when status = 'in-flight' then 'pending' else status end,
      date_bin('1 minute', accepted_at, 'epoch'), sum(amount)
    from (select 1 as amount, change_id, kind, status, accepted_at from added
      union all select -1, change_id, kind, status, accepted_at from removed) moved
    where kind = 'notice' group by 1, 2, 3 having sum(amount) <> 0;
  end if;
  return null;
end $$;

create or replace function count_objections() returns trigger language plpgsql
security definer set search_path from current as $$
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

create or replace trigger count_new after insert on objection_windows
  referencing new table as added for each statement execute function count_windows();
create or replace trigger count_moved after update on objection_windows
  referencing new table as added old table as removed for each statement execute function count_windows();
create or replace trigger count_new after insert on messages
  referencing new table as added for each statement execute function count_notices();
create or replace trigger count_moved after update on messages
  referencing new table as added old table as removed for each statement execute function count_notices();
create or replace trigger count_new after insert on objections
  referencing new table as added for each statement execute function count_objections();
create or replace trigger count_moved after update on objections
  referencing new table as added old table as removed for each statement execute function count_objections();

-- Replaces the rows of changes that have more than `above` rows too many by one for each count. In one statement, so that a
-- reader sees the rows from before or from after it. A second process skips the rows that this one has locked.
create or replace function fold_counts(above integer) returns void language sql
security definer set search_path from current as $$
  with many as (
    select change_id from change_counts
    group by change_id having count(*) - count(distinct (counted, at)) > above
  ), locked as (
    select id from change_counts where change_id in (select change_id from many) for update skip locked
  ), deleted as (
    delete from change_counts where id in (select id from locked) returning change_id, counted, at, amount
  )
  insert into change_counts (change_id, counted, at, amount)
  select change_id, counted, at, sum(amount) from deleted group by change_id, counted, at having sum(amount) <> 0;
$$;

-- Adds to the ledger of a change what its rows have and it has not, and returns that. One statement sees both as of the same
-- moment, and what commits meanwhile adds its own differences, so nobody waits.
create or replace function mend_counts(of_change uuid)
returns table (counted text, at timestamptz, amount bigint) language sql
security definer set search_path from current as $$
  with counted_rows (counted, at, amount) as (
    select 'controllers', null::timestamptz, count(*) from objection_windows
    where change_id = of_change and left_at is null
    union all
    select 'windows', deadline, count(*) from objection_windows
    where change_id = of_change and left_at is null and notified_at is not null group by deadline
    union all
    select 'approval-' || w.approval, asked_on(w.approval, w.notified_at, c.time_zone), count(*)
    from objection_windows w join changes c on c.id = w.change_id
    where w.change_id = of_change and w.left_at is null and c.approval group by 1, 2
    union all
    select 'notices-' || case when status = 'in-flight' then 'pending' else status end,
      date_bin('1 minute', accepted_at, 'epoch'), count(*) from messages
    where change_id = of_change and kind = 'notice' group by 1, 2
    union all
    select 'objections', null, count(*) from objections where change_id = of_change and status <> 'rejected'
    union all
    select 'objections-pending', null, count(*) from objections where change_id = of_change and status = 'pending'
    union all
    select counted, at, -sum(amount) from change_counts where change_id = of_change group by counted, at
  )
  insert into change_counts (change_id, counted, at, amount)
  select of_change, counted, at, sum(amount) from counted_rows group by counted, at having sum(amount) <> 0
  returning counted, at, amount::bigint;
$$;

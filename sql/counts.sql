-- Keeps change_counts: a statement that writes windows, notices or objections adds the differences in its transaction. Rows
-- of these tables are never deleted (guards.sql), so inserting and updating are all there is.
--
-- In each function `added` holds the rows after the statement, and `removed` the same rows before it.

create or replace function count_windows() returns trigger language plpgsql as $$
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

-- A notice in flight counts as pending. An accepted one is counted by its minute, which gives the rate of sending.
create or replace function count_notices() returns trigger language plpgsql as $$
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

create or replace function count_objections() returns trigger language plpgsql as $$
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

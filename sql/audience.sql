-- Keeps audience_members: who would be told of a change of a product, counted anew for the controllers of which a statement writes
-- a contact or an agreement. The trigger writes as its owner: nobody else writes to the table (grants.sql).

create or replace function count_audience(of_controllers uuid[]) returns void language plpgsql as $$
begin
  delete from audience_members where controller_id = any(of_controllers);
  insert into audience_members (product_id, controller_id, da, en, approvers)
  select a.product_id, a.controller_id, count(*) filter (where c.language = 'da'), count(*) filter (where c.language = 'en'),
    count(*) filter (where c.may_approve)
  from agreements a left join contacts c using (controller_id)
  where a.controller_id = any(of_controllers) and a.ended_at is null group by a.product_id, a.controller_id;
end $$;

create or replace function follow_audience() returns trigger language plpgsql
security definer set search_path from current as $$
declare
  moved constant uuid[] := array(select distinct controller_id from touched);
begin
  -- Whoever else writes contacts or agreements of them is waited for, in the order in which commands lock controllers (decision 6).
  -- What counts comes after it, and sees what was committed by then.
  perform from controllers where id = any(moved) order by external_id for no key update;
  perform count_audience(moved);
  return null;
end $$;

-- Contacts first, as who saves a controller writes them.
create or replace trigger follow_audience_added after insert on contacts
  referencing new table as touched for each statement execute function follow_audience();
create or replace trigger follow_audience_moved after update on contacts
  referencing new table as touched for each statement execute function follow_audience();
create or replace trigger follow_audience_removed after delete on contacts
  referencing old table as touched for each statement execute function follow_audience();
create or replace trigger follow_audience_joined after insert on agreements
  referencing new table as touched for each statement execute function follow_audience();
create or replace trigger follow_audience_left after update on agreements
  referencing new table as touched for each statement execute function follow_audience();

-- What was written before, by processes of an older version until this moment: now that both tables have their triggers, nobody
-- writes to them before this is committed.
select count_audience(array(select id from controllers));

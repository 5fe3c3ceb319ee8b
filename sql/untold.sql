-- D35. Keeps objection_windows.contacts_untold: whether a controller was notified of a change, and nobody who is its contact now
-- has been told of it. Whatever decides that is followed by a trigger, so that no way in which contacts change forgets it. The
-- functions write as their owner: the application writes no mark (grants.sql).

-- The contacts of a controller that have been told of a change since its window was written: by a notice of their own that was
-- accepted, and that did not bounce unless something proves that a notification arrived (D30); all of them by a letter (D13),
-- or where an officer states it.
create or replace function told_contacts(of_change uuid, of_controller uuid, since timestamptz) returns setof contacts
language sql stable as $$
  select c.* from contacts c where c.controller_id = of_controller and (
    exists (select from letters l
      where l.change_id = of_change and l.controller_id = of_controller and l.recorded_at >= since)
    or exists (select from arrival_statements s
      where s.change_id = of_change and s.controller_id = of_controller and s.recorded_at >= since)
    or exists (select from messages m
      where m.change_id = of_change and m.controller_id = of_controller and m.kind in ('notice', 'late-notice')
        and lower(m.email) = lower(c.email) and m.created_at >= since
        and case when exists (select from bounces b where b.message_id = m.id and b.action = 'failed')
          then exists (select from bounces b where b.message_id = m.id and b.accepted_at is not null)
            and arrival_is_proved(of_change, of_controller, m.created_at)
          else m.status = 'accepted' end))
$$;

-- Marks the running windows of these controllers for these changes anew, each pair at the same place of the arrays. Waits for an
-- activation under way, as everything that blocks one does (D22); whoever holds the change's lock already does not wait.
create or replace function mark_untold(changes_marked uuid[], controllers_marked uuid[]) returns void language plpgsql
security definer set search_path from current as $$
begin
  if changes_marked is null then
    return;
  end if;
  perform from changes where id = any(changes_marked) order by id for share;
  update objection_windows w set contacts_untold = not w.contacts_untold
  from unnest(changes_marked, controllers_marked) as given(change_id, controller_id)
  where w.change_id = given.change_id and w.controller_id = given.controller_id and w.left_at is null
    and exists (select from changes where id = w.change_id and status = 'announced')
    and w.contacts_untold <> (w.notified_at is not null and not w.by_contract
      -- Who is in a wave keeps no other from the next (D43).
      and not is_in_force(w.change_id, w.controller_id)
      and not exists (select from told_contacts(w.change_id, w.controller_id, w.created_at)));
end $$;

-- A contact is added, removed, or gets another address. A new name or place tells nobody anything, and waits for no change.
create or replace function follow_contacts() returns trigger language plpgsql
security definer set search_path from current as $$
declare
  -- An array, so that a window is looked up for each, whatever number of contacts the plan was made for.
  moved uuid[];
begin
  if tg_op = 'INSERT' then
    moved := array(select distinct controller_id from added);
  elsif tg_op = 'DELETE' then
    moved := array(select distinct controller_id from removed);
  else
    moved := array(select distinct controller_id from added join removed using (id, controller_id)
      where lower(added.email) <> lower(removed.email));
  end if;
  perform mark_untold(array_agg(w.change_id), array_agg(w.controller_id))
  from changes c join objection_windows w on w.change_id = c.id and w.left_at is null
  where c.status = 'announced' and w.controller_id = any(moved);
  return null;
end $$;
create or replace trigger follow_added after insert on contacts
  referencing new table as added for each statement execute function follow_contacts();
create or replace trigger follow_corrected after update on contacts
  referencing old table as removed new table as added for each statement execute function follow_contacts();
create or replace trigger follow_removed after delete on contacts
  referencing old table as removed for each statement execute function follow_contacts();

-- A window opens, also by a notice to who is no contact any more, and closes again as not notified. Nearly every one opens by a
-- notice to a contact of now, which told it: such a window has no mark to get, so it is left out here and locks nothing.
create or replace function follow_windows() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  perform mark_untold(array_agg(added.change_id), array_agg(added.controller_id))
  from added join removed using (id)
  where (added.notified_at is null) <> (removed.notified_at is null)
    and (added.contacts_untold or added.notified_at is not null and not exists (
      select from messages m join contacts c on c.controller_id = m.controller_id and lower(c.email) = lower(m.email)
      where m.change_id = added.change_id and m.controller_id = added.controller_id and m.kind in ('notice', 'late-notice')
        and m.status = 'accepted' and m.created_at >= added.created_at
        and not exists (select from bounces b where b.message_id = m.id and b.action = 'failed')));
  return null;
end $$;
create or replace trigger follow_moved after update on objection_windows
  referencing old table as removed new table as added for each statement execute function follow_windows();

-- A notice was accepted. Only windows that bear the mark can lose it by that, and there are few: their index says whether any.
create or replace function follow_notices() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  if not exists (select from objection_windows where contacts_untold and left_at is null) then
    return null;
  end if;
  perform mark_untold(array_agg(w.change_id), array_agg(w.controller_id))
  from added join objection_windows w on w.change_id = added.change_id and w.controller_id = added.controller_id
  where added.kind in ('notice', 'late-notice') and added.status = 'accepted' and w.contacts_untold and w.left_at is null;
  return null;
end $$;
create or replace trigger follow_accepted after update on messages
  referencing new table as added for each statement execute function follow_notices();

-- A letter, a statement of arrival, a report of a bounce or a delivery, or an objection through a link is on record.
create or replace function follow_records() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  perform mark_untold(array_agg(change_id), array_agg(controller_id)) from added;
  return null;
end $$;
create or replace trigger follow_record after insert on letters
  referencing new table as added for each statement execute function follow_records();
create or replace trigger follow_record after insert on arrival_statements
  referencing new table as added for each statement execute function follow_records();
create or replace trigger follow_record after insert on bounces
  referencing new table as added for each statement execute function follow_records();
create or replace trigger follow_record after insert on objections
  referencing new table as added for each statement execute function follow_records();

-- Or an officer has found that a person at the controller wrote an answer.
create or replace function follow_answer_decisions() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  perform mark_untold(array_agg(a.change_id), array_agg(a.controller_id))
  from added d join answers a on a.id = d.answer_id where d.written_by_person;
  return null;
end $$;
create or replace trigger follow_record after insert on answer_decisions
  referencing new table as added for each statement execute function follow_answer_decisions();

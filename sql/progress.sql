-- How far changes have come (src/db/change-counts.ts), which everything that changes one asks. Planning it takes ten times as long
-- as asking it, so a connection plans it once. The settings are those of src/db/plan-keeping-pool.ts: a plan that was made while a
-- table was small leads by an index all the same (docs/decisions/020).
--
-- - counted and summed: the ledger, added up.
-- - unwritten: what a fan-out has still to write of windows and notices (D5); no row where none is running.
-- - answer_counts: what controllers have written back.
-- - figures: all that is counted, one row for each change. Of a change that has ended no window is open, and of a withdrawn one a
--   notice that waits counts as cancelled and is not pending (D24).
create or replace function progress_of(of_changes uuid[], now timestamptz, rate_since timestamptz, listed integer)
returns table (id uuid, controllers jsonb, notices jsonb, objections jsonb, answers jsonb, "notNotified" text[],
  "listedInTerms" text[], "pendingObjections" uuid[], "unreadAnswers" uuid[], "untoldContacts" jsonb, "unreadMails" bigint,
  "entriesNow" jsonb, activations jsonb, approvals jsonb, "countsDisagree" boolean, "latestDeadline" timestamptz,
  "acceptedLately" bigint, unwritten integer)
language plpgsql stable set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_sort = off set enable_incremental_sort = off as $$
#variable_conflict use_column
begin
  return query
  with counted as (
    select l.change_id, l.counted, l.at, sum(l.amount) as amount from change_counts l
    where l.change_id = any(of_changes) group by l.change_id, l.counted, l.at
  ), summed as (
    select change_id,
      sum(amount) filter (where counted = 'controllers') as with_window,
      sum(amount) filter (where counted = 'windows') as notified,
      sum(amount) filter (where counted = 'windows' and at > progress_of.now) as open,
      max(at) filter (where counted = 'windows' and amount > 0) as latest_deadline,
      sum(amount) filter (where counted = 'notices-accepted') as accepted,
      sum(amount) filter (where counted = 'notices-accepted' and at >= rate_since) as accepted_lately,
      sum(amount) filter (where counted = 'notices-pending') as pending,
      sum(amount) filter (where counted = 'notices-failed') as failed,
      sum(amount) filter (where counted = 'notices-cancelled') as cancelled,
      sum(amount) filter (where counted = 'objections') as objections,
      sum(amount) filter (where counted = 'objections-pending') as objections_pending
    from counted group by change_id
  ), unwritten as (
    select change_id, reached, controllers_left, notices_left from fan_outs
    where change_id = any(of_changes) and kind = 'notice' and finished_at is null and stopped_at is null
  ), answer_counts as (
    select change_id, count(*) as total, count(*) filter (where status = 'unread') as unread from answers
    where change_id = any(of_changes) group by change_id
  ), figures as (
    select c.id, c.product_id, c.status, c.approval, c.scope, c.effects, u.reached,
      coalesce(with_window, 0) as with_window, coalesce(controllers_left, 0) as without_window,
      coalesce(notified, 0) as notified,
      case when c.status = 'announced' then coalesce(open, 0) else 0 end as open,
      latest_deadline,
      coalesce(accepted, 0) as accepted, coalesce(accepted_lately, 0)::bigint as accepted_lately,
      case when c.status = 'withdrawn' then in_flight else coalesce(pending, 0) + coalesce(notices_left, 0) end as pending,
      coalesce(failed, 0) as failed,
      coalesce(cancelled, 0) + case when c.status = 'withdrawn' then coalesce(pending, 0) - in_flight else 0 end as cancelled,
      coalesce(s.objections, 0) as objections, coalesce(objections_pending, 0) as objections_pending,
      coalesce(a.total, 0) as answers, coalesce(a.unread, 0) as answers_unread
    from changes c
      left join summed s on s.change_id = c.id
      left join unwritten u on u.change_id = c.id
      left join answer_counts a on a.change_id = c.id
      left join lateral (select count(*) as in_flight from messages
        where change_id = c.id and kind = 'notice' and status = 'in-flight') sent_now on c.status = 'withdrawn'
    where c.id = any(of_changes)
  )
  select figures.id,
    jsonb_build_object('total', with_window + without_window, 'notified', notified, 'windowsOpen', open),
    jsonb_build_object('total', pending + accepted + failed, 'accepted', accepted, 'pending', pending,
      'failed', failed, 'cancelled', cancelled),
    jsonb_build_object('total', figures.objections, 'pending', objections_pending),
    jsonb_build_object('total', figures.answers, 'unread', answers_unread),
    -- The controllers that are not notified: windows without a notice, then controllers whose window a fan-out has not written yet
    -- (D5). Asked only where the counts say that there are some, because the index still holds the windows that were notified
    -- since the last vacuum.
    case when with_window = notified and reached is null then '{}' else array(
      (select external_id from objection_windows
       where change_id = figures.id and notified_at is null and left_at is null
       order by external_id limit listed)
      union all
      (select k.external_id from agreements a join controllers k on k.id = a.controller_id
       where a.product_id = figures.product_id and a.ended_at is null and a.controller_id > figures.reached
         and not exists (select from objection_windows
           where change_id = figures.id and controller_id = a.controller_id and left_at is null)
       order by a.controller_id limit listed)
      limit listed) end,
    -- The versions of the terms that list the change (D46).
    array(select terms_version from listed_in_terms where change_id = figures.id order by terms_version),
    -- Asked only where the counts say that there are some, as above.
    case when objections_pending = 0 then '{}' else array(
      select o.id from objections o where o.change_id = figures.id and o.status = 'pending' order by o.id limit listed) end,
    array(select a.id from answers a where a.change_id = figures.id and a.status = 'unread' order by a.id limit listed),
    -- The controllers whose contacts are untold (D35), by their mark. Their index has no others, so they are counted as they are.
    (select jsonb_build_object('count', count(*), 'controllers',
        coalesce(jsonb_agg(external_id) filter (where place <= listed), '[]'))
      from (select external_id, row_number() over (order by external_id) as place from objection_windows
        where change_id = figures.id and contacts_untold and left_at is null) as untold),
    -- Mails that nobody has read and that can concern the change. Few at any time, and mostly not for long.
    (select count(*) from inbound_mails where taken_as is null and (change_id = figures.id or change_id is null)),
    -- The entries and parents that the effects of the change name, as they are in the register now. An addition under no parent names
    -- none, and reads nothing. What its own waves have made is as it shall be.
    case when figures.status = 'announced' then coalesce((
        select jsonb_agg(facts_of(e) || jsonb_build_object('id', e.entry_id))
        from (select named.id::uuid as id from jsonb_array_elements(figures.effects) as effect,
            lateral (values (effect ->> 'entry'), (effect #>> '{to,company,parentId}')) as named(id)
          where named.id is not null group by 1) as entries
          join register_entries e on e.entry_id = entries.id and upper_inf(e.active) and figures.id <> all(e.valid_for)), '[]')
      else '[]' end,
    (select jsonb_build_object('count', count(*), 'controllers', coalesce(sum(w.controllers), 0))
      from activations w where w.change_id = figures.id),
    -- How the controllers stand, by the ledger and the rows behind it; null of a change that asks for no approval. Of a hundred
    -- approvals that wait, and no more, it is said when the last takes effect.
    case when figures.approval then jsonb_build_object(
      'forEach', figures.scope = 'each',
      'total', with_window + without_window,
      'states', (select coalesce(jsonb_agg(jsonb_build_object('state', substr(counted, 10), 'askedOn', at, 'count', amount)), '[]')
        from counted where change_id = figures.id and counted like 'approval-%' and amount <> 0),
      'missing', array(select external_id from objection_windows
        where change_id = figures.id and left_at is null and approval in ('none', 'refused')
        order by external_id limit listed),
      'unconfirmed', array(select p.id from approvals p
        where p.change_id = figures.id and p.status = 'unconfirmed' order by p.id limit listed),
      'waitingUntil', (select case when count(*) <= 100 and bool_and(due is not null) then max(due) end
        from (select approval_due_at(p.id) as due from approvals p
          where p.change_id = figures.id and p.status = 'waiting' limit 101) as waiting),
      'ready', case when figures.scope = 'each' and figures.status = 'announced' then (select count(*) from objection_windows w
        where w.change_id = figures.id and is_to_activate(w)) else 0 end) end,
    -- Whether the ledger hides a blocker of D20 that the rows have. Asked only where the ledger says that nothing blocks: by then the
    -- windows have been closed for a while, and each index is asked for one row.
    case when figures.status = 'announced' and reached is null
        and with_window <= notified and open <= 0 and objections_pending <= 0
      then exists (select from objections o where o.change_id = figures.id and o.status = 'pending')
        or exists (select from objection_windows
          where change_id = figures.id and left_at is null and deadline > progress_of.now)
        or exists (select from objection_windows where change_id = figures.id and left_at is null and notified_at is null)
      else false end
    -- Or says that everybody has approved, and a row says otherwise (D41).
    or case when figures.status = 'announced' and figures.approval and figures.scope = 'all'
        and reached is null and with_window <= (select coalesce(sum(amount), 0) from counted
          where change_id = figures.id and counted in ('approval-approved', 'approval-contract'))
      then exists (select from objection_windows where change_id = figures.id and left_at is null
        and approval in ('none', 'unconfirmed', 'waiting', 'refused'))
      else false end,
    latest_deadline, accepted_lately,
    case when reached is null then 0 else without_window end
  from figures;
end $$;

-- Written approvals and refusals (D41, D42): how a controller stands by them, and what the database refuses.
--
--   D28        what was received stays as it was written; its state  guard_approval
--              moves on, and is never dated later or days before
--   D41, D42   it is of an announced change that asks, by who may,   guard_new_approval
--              of what was announced
--   D42        a second person confirms what an officer recorded,    guard_approval
--              and no approval takes effect before its time
--   D20, D41   a change is activated for all with the approval of    guard_approved_activation
--              each, and over no refusal

-- How a controller stands by what it has said since its window was written: a refusal of any contact stands over an approval.
-- Who has said nothing has approved where its agreement lists the change (D46).
create or replace function approval_of(of_change uuid, of_controller uuid, since timestamptz, by_contract boolean) returns text
language sql stable as $$
  select case
      when bool_or(status = 'standing') then 'refused'
      when bool_or(status = 'effective') then 'approved'
      when by_contract then 'contract'
      when bool_or(status = 'waiting') then 'waiting'
      when bool_or(status = 'unconfirmed') then 'unconfirmed'
      else 'none' end
  from approvals where controller_id = of_controller and change_id = of_change and recorded_at >= since
$$;

-- When an approval that waits takes effect: so many hours after the first of its receipts was accepted. One that bounced does not
-- count. Null as long as none has stood.
create or replace function approval_due_at(of_approval uuid) returns timestamptz language sql stable as $$
  select min(m.accepted_at) + make_interval(hours => c.approval_effective_after_hours)
  from approvals a join changes c on c.id = a.change_id
    join messages m on m.approval_id = a.id and m.kind = 'approval-received' and m.status = 'accepted'
      and not exists (select from bounces where message_id = m.id and action = 'failed')
  where a.id = of_approval and a.status = 'waiting' group by c.id
$$;

-- The agreement for a product that a controller had at a moment, or had had last. Their ids are in the order in which they began.
create or replace function agreement_at(of_product text, of_controller uuid, moment timestamptz) returns uuid language sql stable as $$
  select id from agreements where product_id = of_product and controller_id = of_controller and started_at <= moment
  order by id desc limit 1
$$;

-- The wave of a change that a controller was in by that agreement; null where it was in none (D43).
create or replace function wave_of(of_change uuid, of_controller uuid, moment timestamptz) returns uuid language sql stable as $$
  select m.activation_id from activation_controllers m join changes c on c.id = m.change_id
  where m.change_id = of_change and m.controller_id = of_controller
    and m.agreement_id = agreement_at(c.product_id, of_controller, moment)
$$;

-- Whether a change is in force for a controller by the agreement that it has, or had at a moment: what it says then stays on record,
-- and changes nothing (D42).
create or replace function is_in_force(of_change uuid, of_controller uuid, moment timestamptz default 'infinity') returns boolean
language sql stable as $$
  select exists (select from changes where id = of_change and status = 'activated' and scope = 'all')
    or wave_of(of_change, of_controller, moment) is not null
$$;

-- Whether the controller of a window has approved its change, and is in no wave of it yet by the agreement that it has (D43).
create or replace function is_to_activate(w objection_windows) returns boolean language sql stable as $$
  select w.left_at is null and w.approval in ('approved', 'contract') and not is_in_force(w.change_id, w.controller_id)
$$;

-- The mark on the windows follows. The function writes as its owner: the application writes no mark (grants.sql).
create or replace function follow_approvals() returns trigger language plpgsql
security definer set search_path from current as $$
begin
  update objection_windows w set approval = stands.approval
  from (select distinct change_id, controller_id from added) given, objection_windows own,
    lateral (select approval_of(own.change_id, own.controller_id, own.created_at, own.by_contract) as approval) stands
  where own.change_id = given.change_id and own.controller_id = given.controller_id and own.left_at is null
    and w.id = own.id and w.approval <> stands.approval;
  return null;
end $$;
create or replace function stand_window() returns trigger language plpgsql as $$
begin
  new.approval := approval_of(new.change_id, new.controller_id, new.created_at, new.by_contract);
  return new;
end $$;
create or replace trigger stand_window before insert or update of by_contract on objection_windows
  for each row execute function stand_window();
create or replace trigger follow_new after insert on approvals
  referencing new table as added for each statement execute function follow_approvals();
create or replace trigger follow_moved after update on approvals
  referencing new table as added for each statement execute function follow_approvals();

create or replace trigger never_deleted before delete or truncate on approvals
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final
  before update of id, number, change_id, controller_id, decision, content_hash, channel, message_id, answer_id, from_name,
    from_role, from_email, statement, authority, received_at, recorded_at, recorded_by, stated_sha256
  on approvals
  for each statement execute function refuse_change_of_record();
create or replace trigger approval_is_final before update of approval_id on messages
  for each statement execute function refuse_change_of_record();

-- A change that is announced asks for it; what is approved is what was announced; and who approves through a link may.
create or replace function guard_new_approval() returns trigger language plpgsql as $$
begin
  -- The lock waits for an activation under way (D22).
  perform from changes where id = new.change_id for share;
  if not exists (select from changes c join objection_windows w on w.change_id = c.id
      and w.controller_id = new.controller_id and w.left_at is null
    where c.id = new.change_id and c.status = 'announced' and c.approval and c.content_hash = new.content_hash
      and (new.channel = 'link' or new.received_at between
        (case new.decision when 'approval' then w.created_at else c.announced_at end) and new.recorded_at))
    or is_in_force(new.change_id, new.controller_id) then
    raise exception 'an approval or refusal is of an announced change that asks its controller, of what it says, and received since (D41)'
      using errcode = 'restrict_violation';
  end if;
  if new.status <> (case when new.decision = 'refusal' then 'standing' when new.channel = 'link' then 'waiting'
      else 'unconfirmed' end) or num_nonnulls(new.confirmed_at, new.receipts_failed_at) > 0 then
    raise exception 'an approval begins unconfirmed, or waits for its receipts (D42)' using errcode = 'restrict_violation';
  end if;
  if new.message_id is not null and not exists (select from messages
      where id = new.message_id and change_id = new.change_id and controller_id = new.controller_id)
    or new.answer_id is not null and not exists (select from answers
      where id = new.answer_id and change_id = new.change_id and controller_id = new.controller_id)
    or new.decision = 'approval' and new.channel = 'link' and not exists (select from contacts
      where controller_id = new.controller_id and lower(email) = lower(new.from_email) and may_approve) then
    raise exception 'an approval or refusal comes from its controller, and an approval through a link from who may approve (D42)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_new_approval before insert on approvals
  for each row execute function guard_new_approval();

-- Its state moves on step by step, each by who may take it. After the end of a change only the record of an effective one does.
create or replace function guard_approval() returns trigger language plpgsql as $$
declare
  in_force boolean;
  fits boolean;
begin
  if is_erasing() then
    return new;
  end if;
  perform from changes where id = new.change_id for share;
  in_force := is_in_force(new.change_id, new.controller_id, old.recorded_at);
  fits := old.ended_at is null
    and (new.receipts_failed_at is not distinct from old.receipts_failed_at
      or old.receipts_failed_at is null and approval_due_at(old.id) is null and not exists (select from messages
        where approval_id = old.id and kind = 'approval-received' and status in ('pending', 'in-flight')))
    and ((new.confirmed_at, new.confirmed_by) is not distinct from (old.confirmed_at, old.confirmed_by)
      or old.status = 'unconfirmed' and new.status = 'waiting' and new.confirmed_at >= old.recorded_at - order_tolerance()
        and person_behind(new.confirmed_by) <> person_behind(old.recorded_by))
    and case
      when old.status = new.status then
        new.ended_at is null and new.status = 'waiting' or old.status = 'effective' and new.ended_at is not null and in_force
      when old.status = 'unconfirmed' and new.status = 'waiting' then new.confirmed_at is not null
      when old.status = 'waiting' and new.status = 'effective' then approval_due_at(old.id) <= new.effective_at
        and (old.channel <> 'link' or exists (select from contacts
          where controller_id = old.controller_id and lower(email) = lower(old.from_email) and may_approve))
      when new.status = 'withdrawn' then true
      when new.status = 'stopped' then new.ended_message_id is not null
      else false
    end
    and (old.status = new.status
      or not in_force and exists (select from changes where id = new.change_id and status = 'announced'));
  if not coalesce(fits, false) then
    raise exception '% % is % and does not become %: a second person confirms it, it takes effect after its receipts, and it ends once, before the change is in force (D42)',
      old.decision, old.number, old.status, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_approval before update on approvals for each row execute function guard_approval();

-- A message about an approval goes to its controller.
create or replace function guard_approval_message() returns trigger language plpgsql as $$
begin
  if not exists (select from approvals
    where id = new.approval_id and change_id = new.change_id and controller_id = new.controller_id) then
    raise exception 'a message about an approval is to its controller (D42)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_approval_message before insert on messages
  for each row when (new.approval_id is not null) execute function guard_approval_message();

-- An answer becomes the approval or refusal that was recorded of it. Classified anew, it is none that has not ended.
create or replace function guard_answer_approval() returns trigger language plpgsql as $$
begin
  if new.approval_id is not null and not exists (select from approvals
      where id = new.approval_id and answer_id = new.answer_id and decision = new.decision)
    or exists (select from approvals
      where answer_id = new.answer_id and ended_at is null and id is distinct from new.approval_id) then
    raise exception 'answer % becomes the approval or refusal that was recorded of it, or none (D17, D42)', new.answer_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_answer_approval before insert on answer_decisions
  for each row execute function guard_answer_approval();

-- D20, D41. The database refuses an activation for all over one controller without its own approval of what was announced. The
-- row is locked by now, and what was committed before that is seen (D22).
create or replace function guard_approved_activation() returns trigger language plpgsql as $$
begin
  if exists (
      select controller_id from objection_windows where change_id = new.id and left_at is null and not by_contract
      except
      select a.controller_id from approvals a join objection_windows w on w.change_id = a.change_id
        and w.controller_id = a.controller_id and w.left_at is null and w.created_at <= a.recorded_at
      where a.change_id = new.id and a.status = 'effective' and a.content_hash = new.content_hash)
    or exists (select from approvals a join objection_windows w on w.change_id = a.change_id
        and w.controller_id = a.controller_id and w.left_at is null and w.created_at <= a.recorded_at
      where a.change_id = new.id and a.status = 'standing') then
    raise exception 'change % cannot be activated: a controller has not approved it (D20, D41)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_approved_activation before update of status on changes
  for each row when (new.status = 'activated' and old.status = 'announced' and new.approval and new.scope = 'all')
  execute function guard_approved_activation();

-- D42. An approval through a link takes a code that was mailed to who approves, and says what was typed when it was asked for.
create or replace function guard_approval_code() returns trigger language plpgsql as $$
begin
  if not exists (select from mailed_codes c join messages m on m.id = c.message_id
    where m.kind = 'approval-code' and m.approval_id is null and m.change_id = new.change_id
      and m.controller_id = new.controller_id and lower(m.email) = lower(new.from_email) and c.used_at = new.recorded_at
      and c.approving ->> 'statedSha256' is not distinct from encode(new.stated_sha256, 'hex')
      and c.approving - 'statedSha256' = jsonb_build_object('contentHash', new.content_hash, 'name', new.from_name, 'role', new.from_role,
        'statement', new.statement)) then
    raise exception 'an approval through a link takes a code that was mailed to who approves (D42)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_approval_code before insert on approvals
  for each row when (new.decision = 'approval' and new.channel = 'link') execute function guard_approval_code();

-- Who is named as one who may approve, is so by a contact of its own controller, and is confirmed once.
create or replace function guard_nomination() returns trigger language plpgsql as $$
begin
  if is_erasing() then
    return new;
  end if;
  if tg_op = 'INSERT' and (num_nonnulls(new.confirmed_at, new.rejected_at) > 0 or not exists (select from messages
      where id = new.message_id and change_id = new.change_id and controller_id = new.controller_id))
    or tg_op = 'UPDATE' and num_nonnulls(old.confirmed_at, old.rejected_at) > 0 then
    raise exception 'a nomination is made by a contact of its controller, and is confirmed or rejected once (D42)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_nomination before insert or update on nominations
  for each row execute function guard_nomination();
create or replace trigger content_is_final
  before update of id, change_id, controller_id, message_id, email, name, role, nominated_at, nominated_by on nominations
  for each statement execute function refuse_change_of_record();
create or replace trigger never_deleted before delete or truncate on nominations
  for each statement execute function refuse_change_of_record();

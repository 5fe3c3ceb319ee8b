-- What the database itself refuses, so that no way around the application breaks a hard rule. What must be on record before
-- something counts stands in records.sql. By rule of docs/domain.md:
--
--   D28               records stay as they were written              append_only, never_deleted, content_is_final,
--                                                                    end_is_final, outcome_is_final
--   D20, D21, D39     a change begins as announced, and needs what   guard_new_change
--                     its elements need
--   D6, D20–D22, D24  it keeps what it announced, ends once, and is  guard_change
--                     activated only without a blocker
--   D39               that only words change is confirmed by a      guard_wording, guard_wording_of_wave
--                     second person
--   D21, D23, D43     the register changes by activation             guard_register, guard_new_version,
--                                                                    guard_product
--   D43               a wave is of those who have approved           guard_wave, guard_wave_controllers,
--                                                                    guard_whole_wave
--   D5, D7            every controller gets a window                 guard_fan_out
--   D33               but nobody is told of a change that is held    guard_hold
--   D7, D8, D11       a window is not shortened                      guard_window, guard_new_windows
--   D12, D30          except that its last notice bounced, and       guard_reopened_window, guard_revoked_notice
--                     nothing proves that any arrived
--   D14–D19, D22      an objection moves on by decisions             guard_objection
--   D31               it is withdrawn by its controller's act        guard_withdrawn, guard_mailed_code,
--                                                                    guard_withdrawal_request
--   D15               further attempts are counted                   guard_further_attempt
--   D17, D20, D22     an answer moves on by decisions                guard_answer
--   D17, D20, D22     a mail blocks until it has been read           guard_mail
--   D20, D35          a controller blocks, none of whose contacts    guard_change, untold.sql
--                     of now has been told
--   D40               controllers object to what they have time to    refuse_unread, refuse_blocked, guard_objection
--                     object to

-- D28. Records stay as they were written.

create or replace function refuse_change_of_record() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and is_erasing() then
    return case when tg_level = 'ROW' then new end;
  end if;
  raise exception '% of % refused: records are append-only (D28)', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;

do $$
declare
  record_table text;
begin
  -- Written once.
  foreach record_table in array array['objection_decisions', 'message_contents', 'page_statements', 'message_attempts', 'letters', 'inbound_contents',
    'inbound_mail_decisions', 'bounces', 'answer_decisions', 'arrival_statements', 'window_restorations', 'events', 'webhook_attempts', 'audit_log', 'product_terms',
    'test_notices', 'listed_in_terms', 'activations', 'activation_controllers', 'erasures', 'verifications', 'sealed_rows', 'seal_keys', 'seal_epochs', 'checkpoints', 'seal_tiles',
    'gate_facts', 'checkpoint_timestamps', 'proposals', 'proposal_decisions', 'scans']
  loop
    execute format('create or replace trigger append_only before update or delete or truncate on %I
      for each statement execute function refuse_change_of_record()', record_table);
  end loop;
  -- Their state moves on, and they are never removed.
  foreach record_table in array array['products', 'controllers', 'agreements', 'changes', 'register_entries', 'fan_outs',
    'objection_windows', 'objections', 'further_attempts', 'mailed_codes', 'withdrawal_requests', 'messages', 'inbound_mails', 'answers', 'webhooks', 'webhook_deliveries', 'operator_mails', 'api_keys', 'people', 'person_roles']
  loop
    execute format('create or replace trigger never_deleted before delete or truncate on %I
      for each statement execute function refuse_change_of_record()', record_table);
  end loop;
end $$;

-- Columns that are never assigned again. A trigger on columns costs nothing where none of them is assigned.
create or replace trigger content_is_final before update of id, external_id, external_id_key on controllers
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final before update of id, controller_id on contacts
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final
  before update of id, change_id, controller_id, external_id, created_at on objection_windows
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final
  before update of id, number, change_id, controller_id, message_id, channel, from_name, from_email, reasons, received_at,
    recorded_at, recorded_by, rejected_for, stated_sha256 on objections
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final
  before update of id, kind, change_id, controller_id, objection_id, controller_name, email, name, language, created_at
  on messages
  for each statement execute function refuse_change_of_record();
create or replace trigger content_is_final
  before update of id, inbound_mail_id, message_id, change_id, controller_id, received_at on answers
  for each statement execute function refuse_change_of_record();

create or replace trigger content_is_final
  before update of id, sha256, sent_to, envelope_from, remote_address, received_at on inbound_mails
  for each statement execute function refuse_change_of_record();

-- An agreement that has ended stays as it is (D7). Until then it may be put on other terms.
create or replace trigger end_is_final before update on agreements
  for each row when (old.ended_at is not null or new.ended_at is null and new.terms_version is not distinct from old.terms_version
    or (new.controller_id, new.product_id, new.started_at)
      is distinct from (old.controller_id, old.product_id, old.started_at))
  execute function refuse_change_of_record();

-- A message that has an outcome keeps it. The exception is guard_revoked_notice.
create or replace trigger outcome_is_final before update on messages
  for each row when (old.status in ('failed', 'cancelled') or old.status = 'accepted' and new.status <> 'failed')
  execute function refuse_change_of_record();

-- D6, D20, D21, D22, D24. A change keeps what it announced, ends once, and is activated only when nothing blocks it.

create or replace function guard_new_change() returns trigger language plpgsql as $$
begin
  if new.status <> 'announced' then
    raise exception 'a change begins as announced (D20, D21)' using errcode = 'restrict_violation';
  end if;
  if exists (select from (
      select element -> 'regime' as regime from jsonb_array_elements(new.elements) as element
      union all select new.stricter) as needed
    having bool_or((regime ->> 'objection')::boolean) <> new.objection
      or bool_or((regime ->> 'approval')::boolean) <> new.approval) then
    raise exception 'a change needs what one of its elements needs, or what was asked for besides (D39)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_new_change before insert on changes for each row execute function guard_new_change();

-- The row of the change is locked by now, and each query below sees what was committed before that (D22). Each has an index. What
-- controllers are not asked for stands in no way (D40): of a change that only informs nothing that they have written, and of one that
-- has no time to object not that they could not be reached.

create or replace function refuse_unread(change changes) returns void language plpgsql as $$
begin
  if exists (select from objections where change_id = change.id and status = 'pending') then
    raise exception 'change % cannot be activated: an objection is pending (D20)', change.id
      using errcode = 'restrict_violation';
  end if;
  if not change.objection and not change.approval then
    return;
  end if;
  if exists (select from answers where change_id = change.id and status = 'unread') then
    raise exception 'change % cannot be activated: an answer is unread (D20)', change.id
      using errcode = 'restrict_violation';
  end if;
  if exists (select from inbound_mails where taken_as is null and (change_id = change.id or change_id is null)) then
    raise exception 'change % cannot be activated: a mail that came in has not been read (D20)', change.id
      using errcode = 'restrict_violation';
  end if;
end $$;

create or replace function refuse_blocked(change changes, at timestamptz, on_day date) returns void language plpgsql as $$
begin
  perform refuse_unread(change);
  if exists (select from fan_outs where change_id = change.id and kind = 'notice' and finished_at is null) then
    raise exception 'change % cannot be activated: controllers have no window and no notice yet (D5, D20)', change.id
      using errcode = 'restrict_violation';
  end if;
  if change.objection then
    if exists (select from objection_windows where change_id = change.id and left_at is null and notified_at is null)
      or exists (select from objection_windows
        where change_id = change.id and left_at is null and deadline > at) then
      raise exception 'change % cannot be activated: a controller is not notified or its window is open (D20)', change.id
        using errcode = 'restrict_violation';
    end if;
    if exists (select from objection_windows where change_id = change.id and left_at is null and contacts_untold) then
      raise exception 'change % cannot be activated: no present contact of a controller has been told of it (D20, D35)', change.id
        using errcode = 'restrict_violation';
    end if;
  end if;
  if on_day is null or on_day < change.planned_activation_on then
    raise exception 'change % cannot be activated: its planned date has not come (D20)', change.id
      using errcode = 'restrict_violation';
  end if;
  if on_day < (change.upstream ->> 'effectiveOn')::date then
    raise exception 'change % cannot be activated: upstream it is not effective (D45)', change.id
      using errcode = 'restrict_violation';
  end if;
end $$;

create or replace function guard_change() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['status', 'version', 'activated_at', 'activated_on', 'activated_by', 'withdrawn_at',
    'withdrawn_by', 'withdrawal_reason', 'told_since', 'wording_confirmed_at', 'wording_confirmed_by', 'notified_event_at', 'deadline_approaching_event_at', 'answers_approaching_event_at',
    'windows_closed_event_at'];
  moving_after_the_end constant text[] := array['version', 'notified_event_at', 'deadline_approaching_event_at', 'answers_approaching_event_at',
    'windows_closed_event_at'];
begin
  if is_erasing() then
    return new;
  end if;
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving then
    raise exception 'change % is announced: it cannot be altered, only withdrawn and announced anew (D6)', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.status <> 'announced'
    and to_jsonb(new) - moving_after_the_end is distinct from to_jsonb(old) - moving_after_the_end then
    raise exception 'change % is %: that is final (D24)', old.id, old.status using errcode = 'restrict_violation';
  end if;
  if new.version < old.version then
    raise exception 'change %: its version only rises', old.id using errcode = 'restrict_violation';
  end if;
  if new.status = 'activated' and old.status = 'announced' then
    if new.scope = 'all' then
      perform refuse_blocked(new, new.activated_at, new.activated_on);
    else
      perform refuse_unread(new);
      if not exists (select from activations where change_id = new.id) then
        raise exception 'change % is activated for nobody: it can be withdrawn (D43)', new.id
          using errcode = 'restrict_violation';
      end if;
    end if;
  end if;
  if new.status = 'withdrawn' and exists (select from activations where change_id = new.id) then
    raise exception 'change % is activated for some: it is closed, and not withdrawn (D43)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_change before update on changes for each row execute function guard_change();

-- D39, D57. That only words change is confirmed once, by somebody else than announced it. Until then the change is not activated, for
-- nobody.

create or replace function guard_wording() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or old.wording_confirmed_at is null then
    if new.wording_confirmed_at is not null and (tg_op = 'INSERT' or new.status <> 'announced'
      or cardinality(new.wording_only) = 0 or person_behind(new.wording_confirmed_by) = person_behind(new.announced_by)) then
      raise exception 'change %: a second person confirms of an open change that only words change (D39)', new.id
        using errcode = 'restrict_violation';
    end if;
  elsif (new.wording_confirmed_at, new.wording_confirmed_by)
    is distinct from (old.wording_confirmed_at, old.wording_confirmed_by) then
    raise exception 'change %: its wording is confirmed for good (D39)', new.id using errcode = 'restrict_violation';
  end if;
  if new.status = 'activated' and cardinality(new.wording_only) > 0 and new.wording_confirmed_at is null then
    raise exception 'change % cannot be activated: its wording is not confirmed (D39)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_wording before insert or update on changes
  for each row when (new.wording_confirmed_at is not null or cardinality(new.wording_only) > 0) execute function guard_wording();

create or replace function guard_wording_of_wave() returns trigger language plpgsql as $$
begin
  if exists (select from changes
    where id = new.change_id and cardinality(wording_only) > 0 and wording_confirmed_at is null) then
    raise exception 'change % has no wave: its wording is not confirmed (D39)', new.change_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_wording_of_wave before insert on activations
  for each row execute function guard_wording_of_wave();

-- D21, D23. After its first loading the register changes by activation only.

create or replace function guard_product() returns trigger language plpgsql as $$
begin
  raise exception 'the register of % is loaded once (D21)', old.id using errcode = 'restrict_violation';
end $$;
create or replace trigger guard_product before update of register_loaded_at on products
  for each row when (old.register_loaded_at is not null) execute function guard_product();

-- What a row of the register says of its company, and what it says once the elements of a change are applied. Places have no order.

create or replace function facts_of(entry register_entries) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', entry.name, 'registrationNumber', entry.registration_number, 'address', entry.address,
    'country', entry.country, 'contactPerson', entry.contact_person, 'parentId', entry.parent_id,
    'processing', entry.processing, 'personalData', entry.personal_data, 'locations', entry.locations);
$$;

create or replace function amended_facts(facts jsonb, elements jsonb, entry uuid) returns jsonb language sql immutable as $$
  with changed as (
    select element ->> 'element' as name, element -> 'from' as before, element -> 'to' as after
    from jsonb_array_elements(elements) as element where (element ->> 'entry')::uuid = entry
  ), places as (
    select place from jsonb_array_elements(facts -> 'locations') as place
    where not exists (select from changed where name in ('place', 'transferBasis') and before = place)
    union select after from changed where name in ('place', 'transferBasis') and after <> 'null'
  )
  select facts
    || coalesce((select jsonb_object_agg(name, after) from changed where name not in ('company', 'place', 'transferBasis')), '{}')
    || jsonb_build_object('locations', coalesce((select jsonb_agg(place order by place) from places), '[]'));
$$;

-- What a change makes of an entry. A parent that it replaces is the company that takes its place (D47); before that is in the register
-- it is nobody, which fits nothing.

create or replace function facts_after(facts jsonb, change changes, entry uuid) returns jsonb language sql stable as $$
  select case when amended ->> 'parentId' = change.replaces::text then amended || jsonb_build_object('parentId',
      coalesce((select id::text from register_entries where change_id = change.id and entry_id = id), 'nobody'))
    else amended end
  from amended_facts(facts, change.elements, entry) as amended
$$;

-- Whether a change came into force on a day: for everybody, or for its first wave.

create or replace function began(change changes, on_day date) returns boolean language plpgsql stable as $$
begin
  return case change.scope when 'all' then change.status = 'activated' and change.activated_on = on_day
    else exists (select from activations where change_id = change.id and number = 1 and activated_on = on_day) end;
end $$;

create or replace function guard_new_version() returns trigger language plpgsql as $$
declare
  change changes%rowtype;
  told jsonb;
  fits boolean;
begin
  if not upper_inf(new.active) then
    raise exception 'an entry enters the register without an end (D23)' using errcode = 'restrict_violation';
  end if;
  if new.change_id is null then
    if exists (select from products where id = new.product_id and register_loaded_at is not null) then
      raise exception 'the register of % is loaded: only an activated change adds to it (D21)', new.product_id
        using errcode = 'restrict_violation';
    end if;
    if new.entry_id <> new.id or new.valid_for || new.ended_for <> '{}' then
      raise exception 'a first register has one version of each entry, for everybody (D43)'
        using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  select * into change from changes where id = new.change_id and product_id = new.product_id;
  told := with_persons(to_jsonb(change), change.contact_persons);
  change.effects := told -> 'effects';
  change.elements := told -> 'elements';
  if began(change, lower(new.active)) is not true then
    raise exception 'change % is not activated on %: it adds nothing to the register (D21)', new.change_id,
      lower(new.active) using errcode = 'restrict_violation';
  end if;
  if new.entry_id = new.id then
    fits := new.ended_for = '{}'
      and new.valid_for = case change.scope when 'all' then '{}' else array[change.id] end
      and exists (select from jsonb_array_elements(change.effects) as effect
        where effect ->> 'act' in ('enters', 'replaces') and effect -> 'to' -> 'company' = facts_of(new));
  else
    fits := exists (select from jsonb_array_elements(change.effects) as effect
        where effect ->> 'act' = 'amends' and (effect ->> 'entry')::uuid = new.entry_id)
      and exists (select from register_entries before where before.entry_id = new.entry_id
        and case change.scope
          when 'all' then (isempty(before.active) or upper(before.active) = lower(new.active))
            and (before.valid_for, before.ended_for) = (new.valid_for, new.ended_for)
          else upper_inf(before.active) and change.id = any(before.ended_for)
            and new.valid_for = before.valid_for || change.id
            and new.ended_for = array_remove(before.ended_for, change.id) end
        and facts_after(facts_of(before), change, new.entry_id) = amended_facts(facts_of(new), '[]', new.entry_id));
  end if;
  if not fits then
    raise exception 'change % does not make entry % what it would be (D21, D43)', new.change_id, new.entry_id
      using errcode = 'restrict_violation';
  end if;
  if exists (select from register_entries other where other.entry_id = new.entry_id and other.active && new.active
    and not (other.ended_for && new.valid_for or new.ended_for && other.valid_for)) then
    raise exception 'entry % would have two versions for one controller (D43)', new.entry_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_new_version before insert on register_entries
  for each row execute function guard_new_version();

create or replace function guard_register() returns trigger language plpgsql as $$
declare
  ends_on constant date := case when isempty(new.active) then lower(old.active) else upper(new.active) end;
begin
  if is_erasing() then
    return new;
  end if;
  if to_jsonb(new) - array['active', 'ended_for'] is distinct from to_jsonb(old) - array['active', 'ended_for']
    or not upper_inf(old.active) or lower(new.active) <> lower(old.active)
    or not exists (select from changes c
      where c.product_id = old.product_id
        and exists (select from jsonb_array_elements(c.effects) as effect where (effect ->> 'entry')::uuid = old.entry_id)
        -- What a change has made of an entry it does not end.
        and not exists (select from register_entries made where made.entry_id = old.entry_id and made.change_id = c.id)
        and case c.scope
          when 'all' then new.ended_for = old.ended_for and began(c, ends_on)
          else new.active = old.active and new.ended_for = old.ended_for || c.id
            and c.id <> all(old.valid_for || old.ended_for)
            and exists (select from activations where change_id = c.id) end) then
    raise exception 'register entry % leaves, or gets other facts, only by the activation of a change to it (D21, D43)', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_register before update on register_entries
  for each row execute function guard_register();

-- D43. A wave is of a change of scope `each` that nothing blocks, and of controllers that have approved it as it is.

create or replace function guard_wave() returns trigger language plpgsql as $$
declare
  change changes%rowtype;
begin
  select * into change from changes where id = new.change_id;
  if change.scope <> 'each' or change.status <> 'announced'
    or new.number <> (select count(*) + 1 from activations where change_id = new.change_id) then
    raise exception 'change % is %, for %: it has no wave % (D43)', change.id, change.status, change.scope, new.number
      using errcode = 'restrict_violation';
  end if;
  perform refuse_blocked(change, new.activated_at, new.activated_on);
  return new;
end $$;
create or replace trigger guard_wave before insert on activations for each row execute function guard_wave();

create or replace function guard_wave_controllers() returns trigger language plpgsql as $$
begin
  if exists (select from added c join activations a on a.id = c.activation_id
    where (c.change_id, c.activated_on) is distinct from (a.change_id, a.activated_on)) then
    raise exception 'a controller is in a wave from its day on (D43)' using errcode = 'restrict_violation';
  end if;
  if exists (select from added c where not exists (
    select from objection_windows w join changes on changes.id = w.change_id
      join agreements g on g.id = c.agreement_id and g.controller_id = w.controller_id and g.product_id = changes.product_id
    where w.change_id = c.change_id and w.controller_id = c.controller_id and w.left_at is null and g.ended_at is null
      and (w.approval = 'contract' or exists (select from approvals a
        where a.change_id = c.change_id and a.controller_id = c.controller_id and a.status = 'effective'
          and a.content_hash = changes.content_hash and a.recorded_at >= w.created_at))
      and not exists (select from approvals a
        where a.change_id = c.change_id and a.controller_id = c.controller_id and a.status = 'standing'
          and a.recorded_at >= w.created_at))) then
    raise exception 'a controller is in a wave only by its running agreement, with an effective approval of the change as it is (D43)'
      using errcode = 'restrict_violation';
  end if;
  if exists (select from activations a where a.id in (select activation_id from added)
    and a.controllers <> (select count(*) from activation_controllers where activation_id = a.id)) then
    raise exception 'a wave has the controllers that it began with (D43)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger guard_wave_controllers after insert on activation_controllers
  referencing new table as added for each statement execute function guard_wave_controllers();

create or replace function guard_whole_wave() returns trigger language plpgsql as $$
begin
  if new.controllers <> (select count(*) from activation_controllers where activation_id = new.id) then
    raise exception 'wave % of change % has not its controllers (D43)', new.number, new.change_id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_whole_wave on activations;
create constraint trigger guard_whole_wave after insert on activations deferrable initially deferred
  for each row execute function guard_whole_wave();

-- D5, D7. A fan-out only goes forward, and one of notices is finished when every controller of the product has a window.

create or replace function guard_fan_out() returns trigger language plpgsql as $$
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
  -- The difference of two sets costs the same whatever the planner knows of windows written a moment ago.
  if new.kind = 'notice' and new.finished_at is not null and exists (
    select controller_id from agreements
    where product_id = (select product_id from changes where id = new.change_id) and ended_at is null
    except select controller_id from objection_windows where change_id = new.change_id and left_at is null) then
    raise exception 'fan-out %: a controller has no window yet (D5)', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_fan_out before insert or update on fan_outs for each row execute function guard_fan_out();

-- D33. Nobody is told of a change that is held: nothing is written for its controllers, and it has no event.

create or replace function guard_hold() returns trigger language plpgsql as $$
begin
  if exists (select from changes where id in (select change_id from added) and told_since is null) then
    raise exception '%: nobody is told of a change that is held (D33)', tg_table_name using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

do $$
declare
  telling text;
begin
  foreach telling in array array['fan_outs', 'objection_windows', 'messages', 'events'] loop
    execute format('create or replace trigger guard_hold after insert on %I
      referencing new table as added for each statement execute function guard_hold()', telling);
  end loop;
end $$;

-- D7, D8, D11. A window opens once, and its deadline is never taken back.

-- A window belongs to an announced change. The lock waits for an activation that is under way.
create or replace function guard_new_windows() returns trigger language plpgsql as $$
begin
  perform from changes where id in (select change_id from added) order by id for share;
  if exists (select from changes where id in (select change_id from added) and status <> 'announced') then
    raise exception 'a window opens for an announced change only (D7)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger guard_new_windows after insert on objection_windows
  referencing new table as added for each statement execute function guard_new_windows();

create or replace function guard_window() returns trigger language plpgsql as $$
begin
  if old.left_at is not null then
    raise exception 'window %: its controller has left (D7)', old.id using errcode = 'restrict_violation';
  end if;
  if new.left_at is not null and exists (select from agreements a join changes c on c.product_id = a.product_id
    where c.id = new.change_id and a.controller_id = new.controller_id and a.ended_at is null) then
    raise exception 'window %: its controller has a running agreement and counts (D7)', old.id
      using errcode = 'restrict_violation';
  end if;
  if old.notified_at is not null
    and (new.notified_at is distinct from old.notified_at or (new.deadline is null) <> (old.deadline is null)
      or new.deadline < old.deadline) then
    raise exception 'window % is open since % to %: it is not restarted or shortened (D8, D11)', old.id,
      old.notified_at, old.deadline using errcode = 'restrict_violation';
  end if;
  if old.notified_at is null and exists (select from bounces where window_id = old.id and effect = 'reopened'
    and notified_at = new.notified_at and deadline > new.deadline) then
    raise exception 'window % stands again: it is not shorter than it stood (D11, D30)', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_window before update on objection_windows
  for each row when (old.notified_at is null or new.notified_at is not null) execute function guard_window();

-- D12, D30. A notice that was accepted is revoked by a bounce on record. A window closes again as not notified when its last
-- standing notice has bounced and nothing proves that any arrived, and in no other way.

-- D30. Whether it is proved that a notification sent since then arrived at a controller: by an attempt to object through a
-- link, an answer that an officer found a person to have written, an officer's statement, or the report that a notice was
-- delivered to a member of an alias for whom it has not failed. The delivery to the alias itself proves nothing: it is reported
-- when the alias has passed the message on. `failed_message` and `failed_recipient` are of a failure that is being recorded,
-- and has no row yet; one that names no recipient is of all of them.
create or replace function arrival_is_proved(of_change uuid, of_controller uuid, since timestamptz,
  failed_message uuid default null, failed_recipient text default null) returns boolean language sql stable as $$
  select exists (select from objections
      where controller_id = of_controller and change_id = of_change and channel = 'link' and recorded_at >= since)
    or exists (select from answers a join answer_decisions d on d.answer_id = a.id
      where a.controller_id = of_controller and a.change_id = of_change and a.received_at >= since and d.written_by_person)
    or exists (select from arrival_statements
      where controller_id = of_controller and change_id = of_change and recorded_at >= since)
    or exists (select from approvals
      where controller_id = of_controller and change_id = of_change and channel = 'link' and recorded_at >= since)
    or exists (select from messages m join bounces delivered on delivered.message_id = m.id
      where m.change_id = of_change and m.controller_id = of_controller and m.kind = 'notice' and m.created_at >= since
        and delivered.action = 'delivered' and lower(delivered.recipient) <> lower(m.email)
        and (m.id is distinct from failed_message or lower(delivered.recipient) <> lower(failed_recipient))
        and not exists (select from bounces failed where failed.message_id = m.id and failed.action = 'failed'
          and lower(coalesce(failed.recipient, delivered.recipient)) = lower(delivered.recipient)))
$$;

create or replace function guard_revoked_notice() returns trigger language plpgsql as $$
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
create or replace trigger guard_revoked_notice before update on messages
  for each row when (old.status = 'accepted' and new.status = 'failed') execute function guard_revoked_notice();

create or replace function guard_reopened_window() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['notified_at', 'deadline', 'reminded_at', 'answer_reminded_at'];
begin
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving or old.left_at is not null
    or num_nonnulls(new.deadline, new.reminded_at, new.answer_reminded_at) > 0
    or not exists (select from changes where id = old.change_id and status = 'announced')
    or is_in_force(old.change_id, old.controller_id)
    or not exists (select from bounces where window_id = old.id and effect = 'reopened'
      and notified_at = old.notified_at and deadline is not distinct from old.deadline)
    or exists (select from messages where change_id = old.change_id and controller_id = old.controller_id
      and kind = 'notice' and status = 'accepted' and created_at >= old.created_at)
    or exists (select from letters where change_id = old.change_id and controller_id = old.controller_id
      and recorded_at >= old.created_at)
    or arrival_is_proved(old.change_id, old.controller_id, old.created_at) then
    raise exception 'window % is open since % to %: it closes again only when no notice stands, on the record (D8, D12)',
      old.id, old.notified_at, old.deadline using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_reopened_window before update on objection_windows
  for each row when (old.notified_at is not null and new.notified_at is null and not old.by_contract) execute function guard_reopened_window();

-- D14, D16, D18, D19, D22. A pending objection belongs to an announced change, and moves on by a decision on record.

create or replace function guard_objection() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.status = 'resolved' then
    raise exception 'an objection is not resolved before it is pending (D18)' using errcode = 'restrict_violation';
  end if;
  if new.status = 'pending' and (tg_op = 'INSERT' or old.status <> 'pending') then
    perform from changes where id = new.change_id for share;
    if not exists (select from changes where id = new.change_id and status = 'announced') then
      raise exception 'change % has ended: no objection can be pending (D22)', new.change_id
        using errcode = 'restrict_violation';
    end if;
    if not exists (select from changes where id = new.change_id and objection) then
      raise exception 'change % has no time to object: no objection to it can be pending (D40)', new.change_id
        using errcode = 'restrict_violation';
    end if;
  end if;
  if tg_op = 'UPDATE' and new.status is distinct from old.status then
    if not exists (select from objection_decisions where objection_id = new.id and (
        (decision = 'resolved' and old.status = 'pending' and new.status = 'resolved')
        or (decision = 'accepted-late' and old.status = 'rejected' and old.rejected_for = 'window-closed'
          and new.status = 'pending'))) then
      raise exception 'objection % goes from % to % by a decision on record only (D19)', new.id, old.status, new.status
        using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;
create or replace trigger guard_objection before insert or update on objections for each row execute function guard_objection();

-- D31. An objection is withdrawn by its controller's act on record: a request with a code that was mailed to one of its
-- contacts, told to all of them and not stopped since; or by an officer's decision with its evidence, which a check demands.

-- When a withdrawal that waits takes effect: so many hours after the last of the mails that tell it was accepted. Null as long
-- as one of them is on its way, and where none has stood.
create or replace function withdrawal_due_at(request uuid) returns timestamptz language sql stable as $$
  select max(told.accepted_at) + make_interval(hours => r.delay_hours)
  from withdrawal_requests r join objections o on o.id = r.objection_id
    join messages m on m.change_id = o.change_id and m.controller_id = o.controller_id and m.kind = 'withdrawal-requested'
      and m.objection_id = o.id and m.created_at >= r.requested_at
    left join lateral (select m.accepted_at where m.status = 'accepted'
      and not exists (select from bounces where message_id = m.id and action = 'failed')) as told on true
  where r.id = request and r.status = 'waiting'
  group by r.id
  having bool_and(m.status not in ('pending', 'in-flight'))
$$;

create or replace function guard_withdrawn() returns trigger language plpgsql as $$
begin
  if not exists (select from withdrawal_requests
    where id = new.withdrawal_request_id and objection_id = new.objection_id and withdrawal_due_at(id) <= new.decided_at) then
    raise exception 'objection %: no withdrawal of its controller is due (D31)', new.objection_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_withdrawn before insert on objection_decisions
  for each row when (new.withdrawal_request_id is not null) execute function guard_withdrawn();

create or replace function guard_mailed_code() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['wrong_tries', 'used_at'];
begin
  if is_erasing() then
    return new;
  end if;
  if to_jsonb(new) - moving is distinct from to_jsonb(old) - moving or new.wrong_tries < old.wrong_tries
    or old.used_at is not null or new.used_at >= new.expires_at then
    raise exception 'code of message %: it is tried a few times, and used once within its time (D31, D42)', old.message_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_mailed_code before update on mailed_codes
  for each row execute function guard_mailed_code();

create or replace function guard_withdrawal_request() returns trigger language plpgsql as $$
declare
  moving constant text[] := array['status', 'ended_at', 'ended_by'];
begin
  if is_erasing() then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if new.status <> 'waiting' or not exists (select from mailed_codes c join messages m on m.id = c.message_id
        join objections o on o.id = m.objection_id
      where c.message_id = new.code_message_id and o.id = new.objection_id and c.used_at = new.requested_at
        and m.kind = 'withdrawal-code' and m.email = new.email and o.status = 'pending') then
      raise exception 'objection %: a withdrawal begins with a code that was mailed to its controller (D31)', new.objection_id
        using errcode = 'restrict_violation';
    end if;
  elsif to_jsonb(new) - moving is distinct from to_jsonb(old) - moving or old.status <> 'waiting'
    or (new.status = 'carried-out') <> exists (select from objection_decisions where withdrawal_request_id = old.id) then
    raise exception 'withdrawal %: it ends once, and is carried out by a decision on record (D31)', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_withdrawal_request before insert or update on withdrawal_requests
  for each row execute function guard_withdrawal_request();

-- D15. Further attempts through a link are counted, and only written over by later ones.
create or replace function guard_further_attempt() returns trigger language plpgsql as $$
begin
  if is_erasing() then
    return new;
  end if;
  if (new.message_id, new.slot) is distinct from (old.message_id, old.slot) or new.number <= old.number then
    raise exception 'attempt % through message %: only a later one takes its place (D15)', old.number, old.message_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_further_attempt before update on further_attempts
  for each row execute function guard_further_attempt();

-- D17, D20, D22. An answer begins unread, and moves on by a decision on record.

create or replace function guard_answer() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'unread' then
      raise exception 'an answer is unread until somebody has read it' using errcode = 'restrict_violation';
    end if;
    -- Either the answer waits for an activation under way, or the activation waits for the answer and then sees it (D22).
    perform from changes where id = new.change_id for share;
  elsif new.status is distinct from old.status and new.status is distinct from (
      select decision from answer_decisions where answer_id = new.id order by id desc limit 1) then
    raise exception 'answer % goes from % to % by a decision on record only', new.id, old.status, new.status
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_answer before insert or update on answers for each row execute function guard_answer();

-- D17, D20, D22. A mail begins unread. What was read in it stands, but for what an officer decides.

create or replace function guard_mail() returns trigger language plpgsql as $$
begin
  if is_erasing() then
    return new;
  end if;
  if tg_op = 'INSERT' and new.taken_as is not null then
    raise exception 'a mail is unread until it has been read' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'UPDATE' then
    if old.taken_as is not null and new is distinct from old and not exists (
      select from inbound_mail_decisions where inbound_mail_id = new.id and (
        (decision = 'attributed' and old.taken_as in ('unattributed', 'dismissed') and new.taken_as is null
          and (change_id, controller_id) = (new.change_id, new.controller_id))
        or (decision = 'dismissed' and old.taken_as = 'unattributed' and new.taken_as = 'dismissed')
        or (decision = 'answer' and old.taken_as = 'automatic' and new.taken_as = 'answer'))) then
      raise exception 'mail % has been read: it is taken anew by a decision on record only', new.id
        using errcode = 'restrict_violation';
    end if;
    -- Which message a report is about may be found when it is read.
    if old.change_id is not null
      and ((new.change_id, new.controller_id) is distinct from (old.change_id, old.controller_id)
        or new.message_id is distinct from old.message_id and (old.message_id is not null or old.taken_as is not null)) then
      raise exception 'mail %: what it is about stands', new.id using errcode = 'restrict_violation';
    end if;
  end if;
  if new.taken_as is null and (tg_op = 'INSERT' or old.taken_as is not null) then
    -- Either the mail waits for an activation under way, or the activation waits for the mail and then sees it (D22). A key
    -- share waits for nobody else, so a mail never waits for another one to be judged.
    perform from changes where id = new.change_id or new.change_id is null and status = 'announced'
    order by id for key share;
  end if;
  return new;
end $$;
create or replace trigger guard_mail before insert or update on inbound_mails
  for each row execute function guard_mail();

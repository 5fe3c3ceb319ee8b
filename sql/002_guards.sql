-- The database repeats the hard rules, so that no way around the application breaks them.

create function refuse_change_of_record() returns trigger language plpgsql as $$
begin
  raise exception '% of % refused: records are append-only (D28)', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;

-- What is written once and never touched again.
create trigger append_only before update or delete or truncate on message_attempts
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on objection_decisions
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on letters
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on events
  for each statement execute function refuse_change_of_record();
create trigger append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_change_of_record();

-- What moves on but is never removed, and whose content never changes. A trigger on the columns costs nothing where
-- they are not assigned.
create trigger never_deleted before delete or truncate on changes
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on register_entries
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on objection_windows
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on objections
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on messages
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on agreements
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on controllers
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on products
  for each statement execute function refuse_change_of_record();
create trigger never_deleted before delete or truncate on api_keys
  for each statement execute function refuse_change_of_record();

create trigger content_is_final
  before update of id, change_id, controller_id, external_id, created_at on objection_windows
  for each statement execute function refuse_change_of_record();
create trigger content_is_final
  before update of id, number, change_id, controller_id, channel, from_name, from_email, reasons, received_at,
    recorded_at, recorded_by, rejected_for on objections
  for each statement execute function refuse_change_of_record();
create trigger content_is_final
  before update of id, kind, change_id, controller_id, objection_id, email, name, language, created_at on messages
  for each statement execute function refuse_change_of_record();
create trigger outcome_is_final before update on messages
  for each row when (old.status in ('accepted', 'failed', 'cancelled'))
  execute function refuse_change_of_record();
create trigger end_is_final before update on agreements
  for each row when (old.ended_at is not null or new.ended_at is null
    or (new.controller_id, new.product_id, new.started_at)
      is distinct from (old.controller_id, old.product_id, old.started_at))
  execute function refuse_change_of_record();
create trigger content_is_final before update of id, external_id on controllers
  for each statement execute function refuse_change_of_record();

-- D6, D20, D21, D22, D24: a change keeps what was announced, ends once, and is activated only when nothing blocks it.
create function guard_change() returns trigger language plpgsql as $$
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
    if exists (select from objection_windows
      where change_id = new.id and left_at is null and (deadline is null or deadline > new.activated_at)) then
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
create trigger guard_change before update on changes for each row execute function guard_change();

create function guard_new_change() returns trigger language plpgsql as $$
begin
  if new.status <> 'announced' then
    raise exception 'a change begins as announced (D20, D21)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_new_change before insert on changes for each row execute function guard_new_change();

-- D21: the register changes by activation only, after its first loading.
create function guard_register() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.change_id is null then
      if exists (select from products where id = new.product_id and register_loaded_at is not null) then
        raise exception 'the register of % is loaded: only an activated change adds to it (D21)', new.product_id
          using errcode = 'restrict_violation';
      end if;
    elsif not exists (select from changes
      where id = new.change_id and product_id = new.product_id and status = 'activated'
        and activated_on = lower(new.active)) then
      raise exception 'change % is not activated on %: it adds nothing to the register (D21)', new.change_id,
        lower(new.active) using errcode = 'restrict_violation';
    end if;
    if not upper_inf(new.active) then
      raise exception 'an entry enters the register without an end (D23)' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if to_jsonb(new) - 'active' is distinct from to_jsonb(old) - 'active' or not upper_inf(old.active)
    or lower(new.active) <> lower(old.active)
    or not exists (select from changes where replaces = old.id and status = 'activated'
      and activated_on = upper(new.active)) then
    raise exception 'register entry % leaves only by the activation of its replacement (D21)', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_register before insert or update on register_entries
  for each row execute function guard_register();
create function guard_product() returns trigger language plpgsql as $$
begin
  raise exception 'the register of % is loaded once (D21)', old.id using errcode = 'restrict_violation';
end $$;
create trigger guard_product before update of register_loaded_at on products
  for each row when (old.register_loaded_at is not null) execute function guard_product();

-- D8, D11: a window opens once, and its deadline is never taken back.
create function guard_window() returns trigger language plpgsql as $$
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
    and (new.notified_at is distinct from old.notified_at or new.deadline is null or new.deadline < old.deadline) then
    raise exception 'window % is open since % to %: it is not restarted or shortened (D8, D11)', old.id,
      old.notified_at, old.deadline using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard_window before update on objection_windows for each row execute function guard_window();

-- A window belongs to an announced change, also when it is activated at this moment: the lock waits for that.
create function guard_new_windows() returns trigger language plpgsql as $$
begin
  perform from changes where id in (select change_id from added) order by id for share;
  if exists (select from changes where id in (select change_id from added) and status <> 'announced') then
    raise exception 'a window opens for an announced change only (D7)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger guard_new_windows after insert on objection_windows
  referencing new table as added for each statement execute function guard_new_windows();

-- D14, D16, D19, D22: a pending objection belongs to an announced change; it leaves that state by a decision on record.
create function guard_objection() returns trigger language plpgsql as $$
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
create trigger guard_objection before insert or update on objections for each row execute function guard_objection();

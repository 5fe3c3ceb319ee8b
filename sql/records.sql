-- What must be on record before something counts, and what follows what. Guards like those of guards.sql, by rule of
-- docs/domain.md:
--
--   D4, D6         a change is announced on its product's terms        guard_announcement
--   D9, D28        which are those that it was told last, on record    guard_terms
--   D5, D20        and activated when its fan-out has ended            guard_activation_after_fan_out
--   D7             who joins gets its window for each announced change guard_joining, agreement_begins
--   D46            or one by contract, because its agreement lists it   guard_by_contract, guard_terms_version, guard_listing
--   D7             who leaves has ended its agreement, on record       guard_left_window, guard_agreement_end
--   D8, D12, D13, D30  a window opens by what arrived                  guard_opened_window
--   D8             it is written closed                                window_begins
--   D9, D40        it opens with its whole time, if it has any         guard_opened_window
--   D28            a message has the outcome of an attempt             guard_message_outcomes, outcome_comes_later
--   D50            and what was sent in it can be made again           guard_kept_content
--   D13            a letter arrived between announcement and record    guard_letter
--   D66            a scan is of the change and the controller of what   guard_scan
--                  it is the scan of
--   D16, D17       an objection that an officer records came before    guard_objection_dates
--   D17, D19       a decision has who, when, and an outcome that fits  guard_objection_decision, guard_answer_decision,
--                                                                      guard_mail_decision
--   D54            what the gate saw is of an activation             guard_gate_facts
--   D24, D28, D33  a change says of its end what happened, once, and   guard_end_of_change, milestone_is_final,
--                  since when its controllers are told                 telling_is_final
--   D28            an event has its place in the feed                  guard_event_place
--   D28            a key keeps what it may, a revoked one stays so     key_is_final, revocation_is_final
--   D56            a person and a role keep what they are, an end is   person_is_final, role_is_final, end_of_role_is_final
--                  final
--   D58            a person is who the provider has called so          identity_is_final

-- The clocks of two processes may differ by this much (D29), so that what one writes may seem to come before its cause.
create or replace function order_tolerance() returns interval language sql immutable
return interval '1 minute';

-- Two programs may know a different offset of a time zone for one day. By less than this.
create or replace function offset_tolerance() returns interval language sql immutable
return interval '3 hours';

-- D4, D6, D40. A change is announced on the terms that its product has, with its whole windows before the planned day.

create or replace function guard_announcement() returns trigger language plpgsql as $$
begin
  if not exists (select from products where id = new.product_id
    and (objection_window_days, time_zone, roll_forward, approval_answer_days, approval_effective_after_hours)
      = (new.objection_window_days, new.time_zone, new.roll_forward, new.approval_answer_days,
        new.approval_effective_after_hours)) then
    raise exception 'a change is announced on the terms of its product (D6)' using errcode = 'restrict_violation';
  end if;
  if new.planned_activation_on < (coalesce(new.held_until, new.announced_at) at time zone new.time_zone)::date
      + (case when new.objection then new.objection_window_days + 1 else 0 end) then
    raise exception 'a change is planned for a day after the windows that open with it, or from the day that it is told (D4, D40)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_announcement before insert on changes
  for each row execute function guard_announcement();

-- D9, D28. A product has the terms of its last row in product_terms, when the transaction ends.

create or replace function guard_terms() returns trigger language plpgsql as $$
declare
  told product_terms%rowtype;
begin
  select * into told from product_terms where product_id = new.id order by id desc limit 1;
  if (told.objection_window_days, told.time_zone, told.roll_forward, told.contract_window_days, told.contract_time_zone,
      told.places_need_approval, told.activities_need_approval, told.replacements_need_approval, told.approval_answer_days,
      told.approval_effective_after_hours, told.places)
    is distinct from (select (objection_window_days, time_zone, roll_forward, contract_window_days, contract_time_zone,
      places_need_approval, activities_need_approval, replacements_need_approval, approval_answer_days,
      approval_effective_after_hours, places) from products where id = new.id) then
    raise exception 'product % has the terms that are on record (D9, D28)', new.id using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_terms on products;
create constraint trigger guard_terms after insert or update on products deferrable initially deferred
  for each row execute function guard_terms();

-- D5, D20. A change that nobody wrote windows for has no open one. Its fan-out says that all are written.

create or replace function guard_activation_after_fan_out() returns trigger language plpgsql as $$
begin
  if not exists (select from fan_outs where change_id = new.id and kind = 'notice' and finished_at is not null) then
    raise exception 'change % cannot be activated: controllers have no window and no notice yet (D5, D20)', new.id
      using errcode = 'restrict_violation';
  end if;
  if new.activated_at < new.announced_at then
    raise exception 'change % is not activated before it was announced', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_activation_after_fan_out before update of status on changes
  for each row when (old.status = 'announced' and new.status = 'activated')
  execute function guard_activation_after_fan_out();

-- D24, D28. What is said of a change's end is said by its end. Each milestone is told once.

create or replace function guard_end_of_change() returns trigger language plpgsql as $$
begin
  raise exception 'change % is %: nothing is said of another end (D24)', new.id, new.status
    using errcode = 'restrict_violation';
end $$;
create or replace trigger guard_end_of_change
  before update of activated_by, withdrawn_by, withdrawal_reason on changes
  for each row when ((new.status = 'activated') <> (new.activated_by is not null)
    or (new.status = 'withdrawn') <> (new.withdrawn_by is not null)
    or (new.status = 'withdrawn') <> (new.withdrawal_reason is not null))
  execute function guard_end_of_change();

create or replace trigger milestone_is_final
  before update of notified_event_at, deadline_approaching_event_at, answers_approaching_event_at, windows_closed_event_at on changes
  for each row when (old.notified_event_at is not null and old.notified_event_at is distinct from new.notified_event_at
    or old.deadline_approaching_event_at is not null
      and old.deadline_approaching_event_at is distinct from new.deadline_approaching_event_at
    or old.answers_approaching_event_at is not null
      and old.answers_approaching_event_at is distinct from new.answers_approaching_event_at
    or old.windows_closed_event_at is not null
      and old.windows_closed_event_at is distinct from new.windows_closed_event_at)
  execute function refuse_change_of_record();

-- D33. Controllers begin to be told of a change once.
create or replace trigger telling_is_final before update of told_since on changes
  for each row when (old.told_since is not null and old.told_since is distinct from new.told_since)
  execute function refuse_change_of_record();

-- D7. Who joins has a window for each announced change, when the transaction ends, or a fan-out has still to write it. Of one
-- that is held nobody has one (D33).

create or replace function guard_joining() returns trigger language plpgsql as $$
begin
  -- Waits for an announcement under way, which holds this lock alone and does not see this agreement.
  perform from products where id = new.product_id for share;
  if exists (select from changes c where c.product_id = new.product_id and c.status = 'announced' and c.told_since is not null
      and not exists (select from objection_windows w
        where w.change_id = c.id and w.controller_id = new.controller_id and w.left_at is null)
      and not exists (select from fan_outs f where f.change_id = c.id and f.kind = 'notice' and f.finished_at is null
        and f.reached < new.controller_id))
    and exists (select from agreements where id = new.id and ended_at is null) then
    raise exception 'controller % joins without a window for an announced change (D7)', new.controller_id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger agreement_begins before insert on agreements
  for each row when (new.ended_at is not null) execute function refuse_change_of_record();
drop trigger if exists guard_joining on agreements;
create constraint trigger guard_joining after insert on agreements deferrable initially deferred
  for each row execute function guard_joining();

-- D7, D28. An agreement ends after it began, and who ended it is on record when the transaction ends.

create or replace function guard_agreement_end() returns trigger language plpgsql as $$
begin
  if new.ended_at is null then
    return null;
  end if;
  if new.ended_at < new.started_at or not exists (select from audit_log
    where subject = (select external_id from controllers where id = new.controller_id) and action = 'agreement.ended'
      and at = new.ended_at and details ->> 'product' = new.product_id) then
    raise exception 'agreement % ends after it began, with who ended it on record (D7, D28)', new.id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_agreement_end on agreements;
create constraint trigger guard_agreement_end after update on agreements deferrable initially deferred
  for each row execute function guard_agreement_end();

create or replace function guard_left_window() returns trigger language plpgsql as $$
begin
  if not exists (select from agreements a join changes c on c.product_id = a.product_id
    where c.id = new.change_id and c.status = 'announced' and a.controller_id = new.controller_id
      and a.ended_at = new.left_at) then
    raise exception 'window %: its controller has ended no agreement at %, and counts (D7)', new.id, new.left_at
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_left_window before update of left_at on objection_windows
  for each row when (old.left_at is null and new.left_at is not null) execute function guard_left_window();

-- D46. A change is listed in terms while it is announced.

create or replace function guard_listing() returns trigger language plpgsql as $$
begin
  perform from changes where id = new.change_id for share;
  if not exists (select from changes where id = new.change_id and status = 'announced') then
    raise exception 'change % has ended: that terms list it means nothing (D46)', new.change_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_listing before insert on listed_in_terms for each row execute function guard_listing();

-- D46. Who has approved a change by contract has an agreement that began since the change was announced, on terms that list it.
-- It is so from the beginning of its window. Where its agreement is put on other terms, it is asked after all.

create or replace function is_approved_by_contract(of_change uuid, of_controller uuid) returns boolean language sql stable as $$
  select exists (select from changes c
    join agreements a on a.product_id = c.product_id and a.controller_id = of_controller and a.ended_at is null
    join listed_in_terms l on l.change_id = c.id and l.terms_version = a.terms_version
    where c.id = of_change and a.started_at > c.announced_at)
$$;

create or replace function guard_by_contract() returns trigger language plpgsql as $$
begin
  if new.by_contract and tg_op = 'UPDATE'
    or new.by_contract <> is_approved_by_contract(new.change_id, new.controller_id) then
    raise exception 'window %: it is by contract where the agreement began on terms that list the change (D46)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_new_by_contract before insert on objection_windows
  for each row when (new.by_contract) execute function guard_by_contract();
create or replace trigger guard_by_contract before update on objection_windows
  for each row when (old.by_contract <> new.by_contract) execute function guard_by_contract();

create or replace function guard_terms_version() returns trigger language plpgsql as $$
begin
  if exists (select from objection_windows w join changes c on c.id = w.change_id
    where c.product_id = new.product_id and c.status = 'announced' and w.controller_id = new.controller_id
      and w.left_at is null and w.by_contract and not is_approved_by_contract(c.id, w.controller_id)
      -- What is in force for it is not asked about any more.
      and not is_in_force(c.id, w.controller_id)) then
    raise exception 'agreement %: a controller that is asked about no change has terms that list it (D46)', new.id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_terms_version on agreements;
create constraint trigger guard_terms_version after update on agreements deferrable initially deferred
  for each row when (old.terms_version is distinct from new.terms_version) execute function guard_terms_version();

-- D8, D9, D12, D13, D30. A window is written closed. It opens when an attempt on record was accepted, by a letter on record,
-- or again by a restoration on record, and never with less than its days.

create or replace trigger window_begins before insert on objection_windows
  for each row when (new.notified_at is not null and not new.by_contract or new.left_at is not null
    or new.reminded_at is not null or new.answer_reminded_at is not null or new.contacts_untold
    or new.approval not in ('none', 'contract'))
  execute function refuse_change_of_record();

create or replace function guard_opened_window() returns trigger language plpgsql as $$
declare
  terms record;
begin
  select time_zone, objection_window_days as days, objection into terms from changes where id = new.change_id;
  if (new.deadline is null) = terms.objection then
    raise exception 'window % has a deadline where its change has time to object, and none where not (D40)', new.id
      using errcode = 'restrict_violation';
  end if;
  if (new.deadline at time zone terms.time_zone + offset_tolerance())::date
    <= (new.notified_at at time zone terms.time_zone)::date + terms.days then
    raise exception 'window % has % days, the day of the notification not counted (D9)', new.id, terms.days
      using errcode = 'restrict_violation';
  end if;
  if not exists (select from messages m join message_attempts a on a.message_id = m.id
      where m.change_id = new.change_id and m.controller_id = new.controller_id and m.kind = 'notice'
        and a.outcome = 'accepted' and a.finished_at = new.notified_at
        and not exists (select from bounces where message_id = m.id and effect <> 'none'))
    and not exists (select from letters
      where change_id = new.change_id and controller_id = new.controller_id and recorded_at >= new.created_at
        and arrived_on = (new.notified_at at time zone terms.time_zone + offset_tolerance())::date)
    and not exists (select from window_restorations
      where window_id = new.id and notified_at = new.notified_at and deadline is not distinct from new.deadline
        and arrival_is_proved(new.change_id, new.controller_id, new.created_at)) then
    raise exception 'window % opens by a notice that was accepted, or by a letter, on record (D8, D13)', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_opened_window before update of notified_at on objection_windows
  for each row when (old.notified_at is null and new.notified_at is not null) execute function guard_opened_window();

-- D28. A message waits at first, and has the outcome of an attempt on record. After the statement, which may write both.

create or replace trigger outcome_comes_later before insert on messages
  for each row when (new.status <> 'pending') execute function refuse_change_of_record();

create or replace function guard_message_outcomes() returns trigger language plpgsql as $$
begin
  if exists (select from added m where m.status in ('accepted', 'failed') and not exists (
      select from message_attempts a where a.message_id = m.id
        and (m.status = 'failed' or a.outcome = 'accepted' and a.finished_at = m.accepted_at))) then
    raise exception 'a message has the outcome of an attempt on record (D28)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger guard_message_outcomes after update on messages
  referencing new table as added for each statement execute function guard_message_outcomes();

-- D50. What an attempt sent can be made again. Once for the rows of a statement, and without locking what they share.

create or replace function guard_kept_content() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct content_sha256 as sha256 from added) a
      where a.sha256 is not null and not exists (select from message_contents c where c.sha256 = a.sha256)) then
    raise exception 'an attempt is recorded when the form of its mail is on record (D50)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create or replace trigger guard_kept_content after insert on message_attempts
  referencing new table as added for each statement execute function guard_kept_content();

-- D13. A letter arrived between the announcement and its record.

create or replace function guard_letter() returns trigger language plpgsql as $$
begin
  if not exists (select from changes where id = new.change_id
    and new.arrived_on between (announced_at at time zone time_zone)::date
      and (new.recorded_at at time zone time_zone + offset_tolerance())::date) then
    raise exception 'a letter arrived from the day of its announcement to that of its record (D13)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_letter before insert on letters for each row execute function guard_letter();

-- D66. A scan is of the case that what it is the scan of belongs to.

create or replace function guard_scan() returns trigger language plpgsql as $$
begin
  if not exists (select from letters where id = new.letter_id and (change_id, controller_id) = (new.change_id, new.controller_id))
    and not exists (select from objections where id = new.objection_id and (change_id, controller_id) = (new.change_id, new.controller_id))
    and not exists (select from approvals where id = new.approval_id and (change_id, controller_id) = (new.change_id, new.controller_id))
  then
    raise exception 'a scan is of the change and the controller of what it is the scan of (D66)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_scan before insert on scans for each row execute function guard_scan();

-- D16, D17. What an officer records was received from the announcement on, and before it was recorded. What comes through a
-- link is never refused over a clock.

create or replace function guard_objection_dates() returns trigger language plpgsql as $$
begin
  if new.received_at > new.recorded_at
    or new.received_at < (select announced_at from changes where id = new.change_id) then
    raise exception 'an objection is received from the announcement on, and before it is recorded (D17)'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_objection_dates before insert on objections
  for each row when (new.channel <> 'link') execute function guard_objection_dates();

-- D16, D17, D19. A decision has who and when, and an outcome that fits.

create or replace function refuse_undated_decision(by text, at timestamptz, since timestamptz) returns void
language plpgsql as $$
begin
  if by !~ '[^[:space:]]' or at < since - order_tolerance() then
    raise exception 'a decision has who made it, and when, which is after what it is about (D19, D28)'
      using errcode = 'restrict_violation';
  end if;
end $$;

create or replace function guard_objection_decision() returns trigger language plpgsql as $$
declare
  decided objections%rowtype;
  fits boolean;
begin
  select * into decided from objections where id = new.objection_id;
  perform refuse_undated_decision(new.decided_by, new.decided_at, decided.recorded_at);
  fits := case new.decision
      when 'resolved' then decided.status = 'pending'
      else decided.status = 'rejected' and decided.rejected_for = 'window-closed'
    end and case new.outcome
      when 'change-withdrawn' then
        exists (select from changes where id = decided.change_id and status = 'withdrawn')
      when 'agreement-ended' then not exists (select from agreements a join changes c on c.product_id = a.product_id
        where c.id = decided.change_id and a.controller_id = decided.controller_id and a.ended_at is null)
      else true
    end;
  if not fits then
    raise exception 'objection % is % and cannot be decided as % % (D16, D19)', new.objection_id, decided.status,
      new.decision, new.outcome using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_objection_decision before insert on objection_decisions
  for each row execute function guard_objection_decision();

create or replace function guard_answer_decision() returns trigger language plpgsql as $$
declare
  decided answers%rowtype;
begin
  select * into decided from answers where id = new.answer_id;
  perform refuse_undated_decision(new.decided_by, new.decided_at, decided.received_at);
  if new.objection_id is not null and not exists (select from objections
    where id = new.objection_id and (change_id, controller_id) = (decided.change_id, decided.controller_id)) then
    raise exception 'answer % is %, and becomes an objection of its controller to its change, or none (D17)',
      new.answer_id, decided.status using errcode = 'restrict_violation';
  end if;
  if decided.status <> 'unread' and (decided.status = new.decision or new.explanation is null
    or not exists (select from changes where id = decided.change_id and status = 'announced')
    or exists (select from answer_decisions d join objections o on o.id = d.objection_id
      where d.answer_id = new.answer_id and o.status = 'pending')) then
    raise exception 'answer % is %: it is classified anew as something else, for a reason, while its change is announced and no objection of it is pending (D17)',
      new.answer_id, decided.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_answer_decision before insert on answer_decisions
  for each row execute function guard_answer_decision();

create or replace function guard_mail_decision() returns trigger language plpgsql as $$
begin
  perform refuse_undated_decision(new.decided_by, new.decided_at,
    (select received_at from inbound_mails where id = new.inbound_mail_id));
  return new;
end $$;
create or replace trigger guard_mail_decision before insert on inbound_mail_decisions
  for each row execute function guard_mail_decision();

-- D54. What the gate saw is of an activation on record, of when it was.

create or replace function guard_gate_facts() returns trigger language plpgsql as $$
begin
  if not exists (select from changes
      where id = new.change_id and scope = 'all' and activated_at = new.at and new.activation_id is null)
    and not exists (select from activations
      where (id, change_id, activated_at) = (new.activation_id, new.change_id, new.at)) then
    raise exception 'the gate of change % saw nothing at %: no activation is on record (D54)', new.change_id, new.at
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_gate_facts before insert on gate_facts
  for each row execute function guard_gate_facts();

-- D28. An event has the place of its transaction in the feed, or that of its change's event before it (docs/decisions/016). A
-- later one would keep readers waiting until the database's transactions have come there.

create or replace function guard_event_place() returns trigger language plpgsql as $$
begin
  if new.xact_id > (select (pg_current_xact_id()::text::bigint + xact_offset)::text::xid8 from event_feed)
    and not exists (select from events where change_id = new.change_id and xact_id = new.xact_id) then
    raise exception 'an event has the place of its transaction in the feed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_event_place before insert on events for each row execute function guard_event_place();

-- D28. A key keeps what it was made with, and a revoked one stays so.

create or replace trigger key_is_final
  before update of id, name, role, scopes, products, hash, created_at, created_by, expires_at on api_keys
  for each statement execute function refuse_change_of_record();
create or replace trigger revocation_is_final before update of revoked_at, revoked_by on api_keys
  for each row when (old.revoked_at is not null) execute function refuse_change_of_record();

-- D56. Who a person is stays on record, and so does a role that has ended.
create or replace trigger person_is_final before update of id, name, email, created_at, created_by on people
  for each statement execute function refuse_change_of_record();
create or replace trigger role_is_final before update of id, person_id, role, product_id, source, given_at, given_by on person_roles
  for each statement execute function refuse_change_of_record();
create or replace trigger end_of_role_is_final before update of ended_at, ended_by on person_roles
  for each row when (old.ended_at is not null) execute function refuse_change_of_record();

-- D58. Whoever became another's person would act in its name.
create or replace trigger identity_is_final before update of issuer, subject on people
  for each row when (old.issuer is not null and (old.issuer, old.subject) is distinct from (new.issuer, new.subject))
  execute function refuse_change_of_record();

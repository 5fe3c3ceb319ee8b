-- Two pairs of eyes (D60, D61): what the database refuses of proposals, and of acts that need one.
--
--   D60   a proposal has its time, and an author                 guard_proposal
--   D60   it is decided once, while it has not expired; by       guard_proposal_decision
--         another person who may, or cancelled by its proposer
--   D57   nobody approves a role that they do not have           guard_proposal_decision
--   D61   what was approved was done                             guard_approved_proposal
--   D61   what takes two was approved                            guard_second_person, guard_second_person_of_product,
--                                                            guard_second_person_of_role

-- Whether a person has one of these roles for a product, null for all of them, and it has not ended.
create or replace function has_one_of_roles(actor text, roles text[], of_product text) returns boolean language sql stable as $$
  select exists (select from people p join person_roles r on r.person_id = p.id
    where actor = 'person ' || p.id and p.disabled_at is null and r.ended_at is null and r.role = any (roles)
      and (r.product_id is null or r.product_id = of_product))
$$;

-- Whether a person may approve for a product.
create or replace function may_approve_proposals(actor text, of_product text) returns boolean language sql stable as $$
  select has_one_of_roles(actor, '{approver,admin}', of_product)
$$;

create or replace function guard_proposal() returns trigger language plpgsql as $$
begin
  if new.expires_at <> new.proposed_at + interval '168 hours' then
    raise exception 'a proposal can be approved for seven days (D60)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_proposal before insert on proposals for each row execute function guard_proposal();

create or replace function guard_proposal_decision() returns trigger language plpgsql as $$
declare
  proposed proposals%rowtype;
  is_one boolean;
begin
  -- Of two decisions at once, one is first and the other sees it.
  perform pg_advisory_xact_lock(hashtextextended('proposal ' || new.proposal_id, 0));
  select * into proposed from proposals where id = new.proposal_id;
  if new.decided_at < proposed.proposed_at - order_tolerance() then
    raise exception 'proposal % is not decided before it was made (D28)', new.proposal_id using errcode = 'restrict_violation';
  end if;
  if new.decision = 'cancelled' and exists (select from proposal_decisions d
    where d.proposal_id = new.proposal_id and d.decision = 'approved') then
    -- Either of the two stops what nobody was told of (D33).
    if not exists (select from proposal_decisions d join changes c on c.id::text = d.made
      where d.proposal_id = new.proposal_id and d.decision = 'approved' and proposed.kind = 'announcement'
        and c.status = 'withdrawn' and c.told_since is null and c.withdrawn_at = new.decided_at
        and person_behind(new.decided_by) in (person_behind(proposed.proposed_by), person_behind(d.decided_by)))
      or exists (select from proposal_decisions d where d.proposal_id = new.proposal_id and d.decision <> 'approved') then
      raise exception 'proposal % is cancelled by either of the two, with its change, while that is held (D60)', new.proposal_id
        using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if new.decided_at >= proposed.expires_at
    or exists (select from proposal_decisions where proposal_id = new.proposal_id) then
    raise exception 'proposal % has expired or was decided (D60)', new.proposal_id using errcode = 'restrict_violation';
  end if;
  is_one := person_behind(new.decided_by) = person_behind(proposed.proposed_by);
  if new.decision = 'cancelled' then
    if not is_one then
      raise exception 'proposal % is cancelled by who proposed it (D60)', new.proposal_id using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if not may_approve_proposals(new.decided_by, proposed.product_id) then
    raise exception 'proposal % is decided by a person who may approve (D60)', new.proposal_id using errcode = 'restrict_violation';
  end if;
  -- Each role but the highest is within that of an approver.
  if new.decision = 'approved' and proposed.content #>> '{act,role}' = 'admin'
    and not has_one_of_roles(new.decided_by, '{admin}', proposed.product_id) then
    raise exception 'proposal % gives more than who approves it has (D57)', new.proposal_id using errcode = 'restrict_violation';
  end if;
  if new.decision = 'approved' and is_one <> new.by_one_person
    or new.by_one_person and not (select is_trial from installation) then
    raise exception 'proposal % is approved by another person than proposed it; in a trial by one, which is on record (D60)',
      new.proposal_id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_proposal_decision before insert on proposal_decisions
  for each row execute function guard_proposal_decision();

-- Whether somebody has approved, at that moment, what this act made.
create or replace function was_approved(of_kind text, made_id text, at timestamptz, of_subject text default null, of_hash text default null)
returns boolean language sql stable as $$
  select exists (select from proposal_decisions d join proposals p on p.id = d.proposal_id
    where d.made = made_id and d.decision = 'approved' and d.decided_at = at and p.kind = of_kind
      and (of_subject is null or p.subject = of_subject) and (of_hash is null or p.content_hash = of_hash))
$$;

-- What was approved was done in the same transaction, as it was proposed.
create or replace function guard_approved_proposal() returns trigger language plpgsql as $$
declare
  proposed proposals%rowtype;
begin
  select * into proposed from proposals where id = new.proposal_id;
  if not coalesce(case proposed.kind
    when 'announcement' then (select c.product_id = proposed.product_id and c.content_hash = proposed.content_hash
      and c.announced_at = new.decided_at from changes c where c.id::text = new.made)
    when 'activation' then (select c.content_hash is not distinct from proposed.content_hash
      and (new.made = proposed.subject and c.scope = 'all' and c.activated_at = new.decided_at
        or exists (select from activations a where a.id::text = new.made and a.change_id = c.id and a.activated_at = new.decided_at))
      from changes c where c.id::text = proposed.subject)
    when 'invalid' then new.made = proposed.subject and (select d.decided_at = new.decided_at from objection_decisions d
      where d.objection_id::text = new.made and d.decision = 'resolved' and d.outcome = 'invalid')
    when 'approval' then (select a.change_id::text = proposed.subject and a.recorded_at = new.decided_at
      and a.confirmed_at = new.decided_at from approvals a where a.id::text = new.made)
    when 'terms' then new.made = proposed.product_id and (select p.updated_at = new.decided_at from products p where p.id = new.made)
    when 'role' then (select r.given_at = new.decided_at and r.product_id is not distinct from proposed.product_id
        and r.role = proposed.content #>> '{act,role}'
      from person_roles r where r.id::text = new.made and r.person_id::text = proposed.subject)
    end, false) then
    raise exception 'proposal % was approved, and what it proposes was not done (D61)', new.proposal_id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_approved_proposal on proposal_decisions;
create constraint trigger guard_approved_proposal after insert on proposal_decisions deferrable initially deferred
  for each row when (new.decision = 'approved') execute function guard_approved_proposal();

-- Whether an act on a product needs two.
create or replace function needs_second_person(of_product text, act text) returns boolean language sql stable as $$
  select act = any (second_person) from products where id = of_product
$$;

create or replace function guard_second_person() returns trigger language plpgsql as $$
declare
  change changes%rowtype;
  act text;
  is_approved boolean;
begin
  case tg_table_name
    when 'changes' then
      change := new;
      act := case tg_op when 'INSERT' then 'announcement' else 'activation' end;
      is_approved := case tg_op when 'INSERT' then was_approved('announcement', new.id::text, new.announced_at, null, new.content_hash)
        else was_approved('activation', new.id::text, new.activated_at, new.id::text, new.content_hash) end;
    when 'activations' then
      select * into change from changes where id = new.change_id;
      act := 'activation';
      is_approved := was_approved('activation', new.id::text, new.activated_at, change.id::text, change.content_hash);
    else
      select c.* into change from objections o join changes c on c.id = o.change_id where o.id = new.objection_id;
      act := 'invalid';
      is_approved := was_approved('invalid', new.objection_id::text, new.decided_at, new.objection_id::text);
  end case;
  if needs_second_person(change.product_id, act) and not is_approved then
    raise exception '% of product % takes two: another person approves what one proposes (D61)', act, change.product_id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_second_person_announces on changes;
create constraint trigger guard_second_person_announces after insert on changes deferrable initially deferred
  for each row execute function guard_second_person();
drop trigger if exists guard_second_person_activates on changes;
create constraint trigger guard_second_person_activates after update on changes deferrable initially deferred
  for each row when (old.status = 'announced' and new.status = 'activated' and new.scope = 'all') execute function guard_second_person();
drop trigger if exists guard_second_person on activations;
create constraint trigger guard_second_person after insert on activations deferrable initially deferred
  for each row execute function guard_second_person();
drop trigger if exists guard_second_person on objection_decisions;
create constraint trigger guard_second_person after insert on objection_decisions deferrable initially deferred
  for each row when (new.outcome = 'invalid') execute function guard_second_person();

-- Where terms take two, nothing of the product is changed by one. Nobody takes an act off those that need two alone.
create or replace function guard_second_person_of_product() returns trigger language plpgsql as $$
begin
  if not was_approved('terms', new.id, new.updated_at) then
    raise exception 'product % is changed by two: another person approves what one proposes (D61)', new.id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_second_person_of_product on products;
create constraint trigger guard_second_person_of_product after update on products deferrable initially deferred
  for each row when (not (old.second_person <@ new.second_person)
    or 'terms' = any (old.second_person)
      and to_jsonb(old) - '{updated_at,register_loaded_at}'::text[] <> to_jsonb(new) - '{updated_at,register_loaded_at}'::text[])
  execute function guard_second_person_of_product();

-- Where a product asks two for roles, one that may do more than read is given by two: for that product, or for all. What the identity
-- provider says is its own.
create or replace function guard_second_person_of_role() returns trigger language plpgsql as $$
begin
  if exists (select from products where 'role' = any (second_person) and (new.product_id is null or id = new.product_id))
    and not was_approved('role', new.id::text, new.given_at, new.person_id::text) then
    raise exception 'a role of % takes two: another person approves what one proposes (D61)', coalesce(new.product_id, 'all products')
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
drop trigger if exists guard_second_person_of_role on person_roles;
create constraint trigger guard_second_person_of_role after insert on person_roles deferrable initially deferred
  for each row when (new.source = 'given' and new.role <> 'reader') execute function guard_second_person_of_role();

-- What the database refuses about people of the company and their roles (decision 57). By rule of docs/domain.md:
--
--   D57   who is disabled stays so                        guard_person
--   D57   the last administrator stays                    keep_an_administrator

create or replace function guard_person() returns trigger language plpgsql as $$
begin
  if old.disabled_at is not null and (new.disabled_at, new.disabled_by) is distinct from (old.disabled_at, old.disabled_by) then
    raise exception 'a person who was disabled stays so (D57)' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create or replace trigger guard_person before update of disabled_at, disabled_by on people
  for each row execute function guard_person();

-- Administrators who can act: of all products, not disabled, and signed in at least once. An invitation that nobody has used may
-- have gone astray.
create or replace function acting_administrators() returns setof uuid language sql stable as $$
  select p.id from people p
  where p.disabled_at is null and exists (select from sessions where person_id = p.id)
    and exists (select from person_roles where person_id = p.id and role = 'admin' and product_id is null and ended_at is null)
$$;

-- Waits for whoever else takes a role away or disables somebody: two administrators cannot remove each other.
create or replace function lock_administrators() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('administrators', 0))
$$;

-- Of a row that made somebody an administrator until now. What the identity provider takes away is its word, and is not refused.
create or replace function keep_an_administrator() returns trigger language plpgsql as $$
declare
  person constant uuid := to_jsonb(new) ->> case tg_table_name when 'people' then 'id' else 'person_id' end;
  was_administrator constant boolean := exists (select from sessions where person_id = person)
    and case tg_table_name
      when 'people' then exists (select from person_roles
        where person_id = person and role = 'admin' and product_id is null and ended_at is null)
      else exists (select from people where id = person and disabled_at is null) end;
begin
  perform lock_administrators();
  if was_administrator and not exists (select from acting_administrators()) then
    raise exception 'the last administrator stays (D57)' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

create or replace trigger keep_an_administrator after update of ended_at on person_roles
  for each row when (old.ended_at is null and new.ended_at is not null and new.source = 'given' and new.role = 'admin'
    and new.product_id is null)
  execute function keep_an_administrator();
create or replace trigger keep_an_administrator after update of disabled_at on people
  for each row when (old.disabled_at is null and new.disabled_at is not null)
  execute function keep_an_administrator();

-- Who stands behind an author, also as it is shown in words: the person itself; of a key, the person whose it is, or who made it or
-- the key that made it (D57). A key that no person made stands for itself.
create or replace function person_behind(author text) returns text language sql stable as $$
  with recursive named (who) as (
    select coalesce(substring(author from '\m((?:key|person) [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)?$'), author)
  ), behind (who) as (
    select who from named
    union
    select coalesce('person ' || k.owner_id, k.created_by) from behind b join api_keys k on b.who = 'key ' || k.id
  )
  select coalesce((select who from behind where who like 'person %'), (select who from named))
$$;

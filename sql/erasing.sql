-- How what is of persons is emptied (decision 48): by empty_rows, which is the only way past the guards of what was written.
--
--   D48            nothing but what is of persons is emptied         only_persons_are_emptied
--   D28, D48       guards of what was written let it through         is_erasing, in each that it meets

-- Whether empty_rows is at work. The setting alone is not enough: anybody may set it, and the function runs as its owner.
create or replace function is_erasing() returns boolean language sql stable as $$
  select current_setting('varsel.erasing', true) = 'on'
    and pg_has_role(current_user, (select relowner from pg_class where oid = 'erasures'::regclass), 'usage')
$$;

-- As empty_rows, also what is kept. It is the owner's alone, so that nobody empties anything by the password of the application.
create or replace function empty_rows_anyway(of_erasure uuid, of_table text, keys text[], instead jsonb default '{}')
returns integer language plpgsql as $$
declare
  assignments text;
  emptied integer;
begin
  select string_agg(format('%1$I = case when t.%1$I is not null then %2$L::%3$s end', c.column_name,
      coalesce(instead ->> c.column_name, c.emptied), format_type(a.atttypid, null)), ', ')
    into assignments
  from record_columns c join pg_attribute a on a.attrelid = of_table::regclass and a.attname = c.column_name
  where c.table_name = of_table and c.until is null and c.part in ('person', 'moving-person')
    and a.attgenerated = '';
  if assignments is null then
    raise exception 'nothing of persons is kept in %', of_table using errcode = 'invalid_parameter_value';
  end if;
  -- Seals that are being made are waited for, and no others are begun: their keys are seen below.
  perform pg_advisory_xact_lock_shared(hashtextextended('seal-rows', 0));
  perform set_config('varsel.erasing', 'on', true);
  execute format('update %I t set %s from unnest($1) as given(row_key) where %s', of_table, assignments,
    has_key(of_table, 'given.row_key')) using keys;
  get diagnostics emptied = row_count;
  update sealed_rows set person_key = null, erasure_id = of_erasure
  where table_name = of_table and row_key = any (keys) and person_key is not null;
  perform set_config('varsel.erasing', 'off', true);
  return emptied;
end $$;
revoke execute on function empty_rows_anyway(uuid, text, text[], jsonb) from public;

-- An expression on a row t: whether its time ends by itself, whatever becomes of its cases (D51).
create or replace function ends_by_itself(of_table text) returns text language sql immutable as $$
  select case of_table
    when 'inbound_mails' then $ends$t.taken_as in ('automatic', 'dismissed', 'repeated')
      and not exists (select from changes where id = t.change_id and status = 'announced')
      and held_until(t.change_id, t.controller_id, $5) is null$ends$
    when 'inbound_contents' then $ends$not exists (select from inbound_mails where sha256 = t.sha256 and sent_to <> '[erased]')$ends$
    when 'inbound_mail_decisions' then $ends$exists (select from inbound_mails where id = t.inbound_mail_id and sent_to = '[erased]')$ends$
    when 'audit_log' then $ends$(t.xact_id = pg_current_xact_id()::text::bigint
      or years_after(t.at, kept_longest('caseYears'), 'UTC') <= $5
        and held_until(null, (select id from controllers where external_id = t.subject), $5) is null)$ends$
    else 'false'
  end
$$;

-- Refuses rows that are needed, that a legal hold keeps, or whose case is not over then (D51, D52).
create or replace function refuse_kept(of_table text, keys text[], now timestamptz) returns void language plpgsql as $$
declare
  kept record;
begin
  execute format(
    'with given as materialized (
       select %1$s as key, %2$s as need, c.change_id, c.controller_id
       from %3$I t join unnest($1) as asked (row_key) on %5$s left join lateral (%4$s) as c (change_id, controller_id) on true
       where not coalesce(%6$s, false))
     select given.key, coalesce(given.need, cases.because) as because from given left join (
       select own.change_id, own.controller_id, k.because
       from (select distinct change_id, controller_id from given) as own
         cross join lateral kept_because(own.change_id, own.controller_id, $5) as k) as cases
       on (cases.change_id, cases.controller_id) is not distinct from (given.change_id, given.controller_id)
     where coalesce(given.need, cases.because) is not null limit 1',
    key_expression(of_table), need_expression(of_table), of_table, cases_query(of_table), has_key(of_table, 'asked.row_key'),
    ends_by_itself(of_table))
  into kept using keys, null, null, null, now;
  if kept.key is not null then
    raise exception '% % is kept: % (D51)', of_table, kept.key, kept.because using errcode = 'restrict_violation';
  end if;
end $$;

-- Empties what is of persons in these rows of one table, deletes the keys of their seals, and returns how many rows there were.
-- `keys` are as in sealed_rows. `instead` has what shall stand in a column instead of what record_columns says: a pseudonym.
-- Refuses a table that holds nothing of persons, and what is kept.
create or replace function empty_rows(of_erasure uuid, of_table text, keys text[], instead jsonb default '{}') returns integer
language plpgsql security definer set search_path from current as $$
begin
  perform refuse_kept_now(of_table, keys);
  return empty_rows_anyway(of_erasure, of_table, keys, instead);
end $$;

-- What stands instead of a person of a controller, by its address, in any case of letters: "Kontakt 2 hos Havneby Kommune", under the
-- names of the columns that it can stand in. It is the same whenever it is asked, also of a pseudonym. A controller that has been
-- emptied is named by its external id.
create or replace function pseudonym_of(of_controller uuid, address text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  domain constant text := format('@%s.invalid', of_controller);
  place integer := substring(lower(address) from format('^kontakt-(\d+)@%s\.invalid$', of_controller))::integer;
  pseudonym text;
begin
  while place is null loop
    select number into place from pseudonyms where controller_id = of_controller and email = lower(address);
    if place is null then
      insert into pseudonyms (controller_id, number, email)
      select of_controller, 1 + coalesce(max(number), 0), lower(address) from pseudonyms where controller_id = of_controller
      on conflict do nothing;
    end if;
  end loop;
  select format('Kontakt %s hos %s', place, coalesce(nullif(name, '[erased]'), external_id)) into strict pseudonym
  from controllers where id = of_controller;
  return jsonb_build_object('name', pseudonym, 'email', format('kontakt-%s%s', place, domain),
    'from_name', pseudonym, 'from_email', format('kontakt-%s%s', place, domain));
end $$;

-- A query on a row t: the controller and the address of the person whom the row is of, where its name stands in it. Null where rows
-- of a table are of no such person.
create or replace function person_query(of_table text) returns text language sql immutable as $$
  select case of_table
    when 'messages' then 'select t.controller_id, t.email'
    when 'nominations' then 'select t.controller_id, t.email'
    when 'inbound_mails' then 'select t.controller_id, t.from_email as email'
    when 'objections' then 'select t.controller_id, coalesce(t.from_email, (select email from messages where id = t.message_id)) as email'
    when 'approvals' then 'select t.controller_id, coalesce(t.from_email, (select email from messages where id = t.message_id)) as email'
    when 'further_attempts' then 'select m.controller_id, m.email from messages m where m.id = t.message_id'
    when 'withdrawal_requests' then 'select o.controller_id, t.email from objections o where o.id = t.objection_id'
  end
$$;

-- Empties rows as empty_rows does. Where a row is of a person of a controller, its pseudonym stands in it. With a controller itself,
-- pseudonyms that name it are made anew. Returns how many of these rows there were.
create or replace function empty_persons(of_erasure uuid, of_table text, keys text[]) returns integer language plpgsql as $$
declare
  emptied integer := 0;
  of_person record;
  named record;
begin
  if person_query(of_table) is null then
    emptied := empty_rows(of_erasure, of_table, keys);
    for named in select unnest('{messages,nominations,inbound_mails,objections,approvals,further_attempts}'::text[]) as name
      where of_table = 'controllers'
    loop
      execute format('select empty_persons($1, %L, array_agg(%s)) from %I t cross join lateral (%s) as p (controller_id, email)
        where p.controller_id = any ($2::uuid[]) and p.email like ''kontakt-%%.invalid'' having count(*) > 0',
        named.name, key_expression(named.name), named.name, person_query(named.name)) using of_erasure, keys;
    end loop;
    return emptied;
  end if;
  for of_person in execute format(
    'select p.controller_id, lower(p.email) as email, array_agg(%s) as keys
     from unnest($1) as given(row_key) join %I t on %s left join lateral (%s) as p (controller_id, email) on true group by 1, 2',
    key_expression(of_table), of_table, has_key(of_table, 'given.row_key'), person_query(of_table)) using keys
  loop
    emptied := emptied + empty_rows(of_erasure, of_table, of_person.keys,
      case when of_person.controller_id is null or of_person.email is null or of_person.email = '[erased]' then '{}'
        else pseudonym_of(of_person.controller_id, of_person.email) end);
  end loop;
  return emptied;
end $$;

create or replace function only_persons_are_emptied() returns trigger language plpgsql as $$
declare
  persons constant text[] := (select array_agg(column_name) from record_columns
    where table_name = tg_table_name and part in ('person', 'moving-person'));
begin
  if to_jsonb(new) - persons is distinct from to_jsonb(old) - persons then
    raise exception '% keeps all but what is of persons (D48)', tg_table_name using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

do $$
declare
  record_table text;
begin
  for record_table in select distinct table_name from record_columns where part in ('person', 'moving-person')
  loop
    execute format('create or replace trigger only_persons_are_emptied before update on %I for each row
      when (current_setting(''varsel.erasing'', true) = ''on'') execute function only_persons_are_emptied()', record_table);
  end loop;
end $$;

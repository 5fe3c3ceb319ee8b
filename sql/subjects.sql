-- What is on record of one person, and what of that is kept for now (D52, decision 52). A person is known by its address. Where the
-- record has its full name with that address, the name finds texts about it, too: in what is of the same controllers, or of none.

-- A regular expression that finds any of these texts where each stands by itself, in any case of letters; null for none.
create or replace function finds_any(texts text[]) returns text language sql immutable as $$
  select '(?<![[:alnum:]._%+-])(' || string_agg(regexp_replace(each, '([][\\.*+?^$(){}|])', '\\\1', 'g'), '|')
    || ')(?![[:alnum:]-]|\.[[:alnum:]])'
  from unnest(texts) as each
$$;

-- The full names that the record has with an address.
create or replace function names_of(address text) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct name), '{}') from (
    select name from contacts where lower(email) = lower(address)
    union all select name from messages where lower(email) = lower(address)
    union all select name from nominations where lower(email) = lower(address)
    union all select name from test_notices where lower(email) = lower(address)
    union all select name from people where lower(email) = lower(address)
    union all select from_name from inbound_mails where lower(from_email) = lower(address)
    union all select a.from_name from approvals a left join messages m on m.id = a.message_id
      where lower(coalesce(a.from_email, m.email)) = lower(address)
    union all select o.from_name from objections o left join messages m on m.id = o.message_id
      where lower(coalesce(o.from_email, m.email)) = lower(address)) as known
  where name ~ '\S\s+\S' and not tells_of_nobody(name)
$$;

-- A query on a row t: the cases that it belongs to, each a change of one controller. Of what belongs to all cases of a change, or of
-- a controller, one of the two is null.
create or replace function cases_query(of_table text) returns text language sql immutable as $$
  select case
    when of_table = any ('{messages,objections,approvals,nominations,bounces,letters,arrival_statements,inbound_mails,
        inbound_mail_decisions,scans}')
      then 'select t.change_id, t.controller_id'
    when of_table = any ('{message_attempts,mailed_codes,further_attempts}')
      then 'select change_id, controller_id from messages where id = t.message_id'
    when of_table = any ('{objection_decisions,withdrawal_requests}')
      then 'select change_id, controller_id from objections where id = t.objection_id'
    when of_table = 'answer_decisions' then 'select change_id, controller_id from answers where id = t.answer_id'
    when of_table = 'message_contents' then 'select change_id, controller_id from objections where id = t.about
      union all select change_id, controller_id from approvals where id = t.about'
    when of_table = 'inbound_contents' then 'select change_id, controller_id from inbound_mails where sha256 = t.sha256'
    when of_table = 'changes' then 'select t.id, null::uuid'
    when of_table = 'controllers' then 'select null::uuid, t.id'
    when of_table = 'audit_log' then 'select null::uuid, id from controllers where external_id = t.subject'
    else 'select null::uuid, null::uuid'
  end
$$;

-- An expression on a row t: why it is needed, whatever becomes of its cases; null where it is not.
create or replace function need_expression(of_table text) returns text language sql immutable as $$
  select case of_table
    when 'inbound_mails' then $need$case when t.taken_as is null or t.taken_as = 'unattributed' then 'undecided' end$need$
    when 'inbound_contents' then $need$(select 'undecided' from inbound_mails
      where sha256 = t.sha256 and (taken_as is null or taken_as = 'unattributed') limit 1)$need$
    -- What many mails share tells of no customer.
    when 'message_contents' then $need$case when t.about is null then 'in-use' end$need$
    when 'api_keys' then $need$case when t.revoked_at is null and coalesce(t.expires_at, 'infinity') > $5 then 'in-use' end$need$
    when 'register_entries' then $need$case when upper_inf(t.active) then 'in-use' end$need$
    when 'operator_mails' then $need$case when t.status = 'pending' then 'in-use' end$need$
    when 'legal_holds' then $need$case when t.released_at is null and coalesce(t.until, 'infinity') > $5 then 'in-use' end$need$
    when 'proposals' then $need$case when t.expires_at > $5 and not exists (select from proposal_decisions where proposal_id = t.id)
      then 'in-use' end$need$
    when 'products' then $need$'in-use'$need$
    when 'people' then $need$case when t.disabled_at is null then 'in-use' end$need$
    when 'sessions' then $need$case when t.ended_at is null and t.expires_at > $5 then 'in-use' end$need$
    when 'webhooks' then $need$case when t.deleted_at is null then 'in-use' end$need$
    else 'null::text'
  end
$$;

-- The columns that are searched: what is of persons, as one text. A customer's own name is no text about a person: it goes when the
-- customer does.
create or replace function said_expression(of_table text) returns text language sql stable as $$
  select case of_table
    when 'idempotency_keys' then 't.body::text'
    when 'products' then $said$concat_ws(e'\n', t.officers_address, t.processor, t.objection_address)$said$
    when 'webhooks' then 't.description'
    when 'sessions' then 't.user_agent'
    when 'kept_forms' then 't.form::text'
    when 'controllers' then $said$concat_ws(e'\n', t.reference, t.metadata)$said$
    -- No text can be read out of a picture: a scan is of whom the record that it belongs to is of.
    when 'scans' then $said$concat_ws(e'\n', encode(t.content, 'escape'), (select reference from letters where id = t.letter_id),
      (select concat_ws(e'\n', from_name, from_email, reasons) from objections where id = t.objection_id),
      (select concat_ws(e'\n', from_name, from_role, from_email, statement, authority) from approvals where id = t.approval_id))$said$
    else (
      select 'concat_ws(e''\n'', ' || string_agg(format(
        case a.atttypid when 'bytea'::regtype then 'encode(t.%I, ''escape'')' else 't.%I' end, column_name), ', ') || ')'
      from record_columns c join pg_attribute a on a.attrelid = of_table::regclass and a.attname = c.column_name
      where c.table_name = of_table and c.until is null and c.part in ('person', 'moving-person') and a.attgenerated = '')
  end
$$;

-- Every row that tells of a person, once for each case that it belongs to: its table and row_key, the case, and why it is needed
-- besides. It reads every table from end to end.
create or replace function rows_of_person(address text, now timestamptz)
returns table (table_name text, row_key text, change_id uuid, controller_id uuid, need text) language plpgsql stable as $$
declare
  by_address constant text := finds_any(array[address]);
  by_name constant text := finds_any(names_of(address));
  sent constant uuid[] := array(select id from messages where lower(email) = lower(address));
  own constant uuid[] := array(select m.controller_id from messages m where m.id = any (sent)
    union select c.controller_id from contacts c where lower(c.email) = lower(address));
  signing_in constant uuid[] := array(select id from people where lower(email) = lower(address));
  searched record;
begin
  for searched in
    select name, exists (select from pg_attribute where attrelid = name::regclass and attname = 'message_id') as is_of_message
    from (select distinct r.table_name as name from record_columns r
        where r.until is null and r.part in ('person', 'moving-person') and r.table_name <> all ('{contacts,pseudonyms}')
      union all values ('idempotency_keys'), ('products'), ('webhooks'), ('sessions'), ('kept_forms')) as every (name)
    order by name
  loop
    return query execute format(
      'select %1$L, %2$s, c.change_id, c.controller_id, %3$s
       from %1$I t left join lateral (%4$s) as c (change_id, controller_id) on true
       where %5$s ~* $1 or %5$s collate pg_c_utf8 ~* $2 and (c.controller_id is null or c.controller_id = any ($3))%6$s',
      searched.name, key_expression(searched.name), need_expression(searched.name), cases_query(searched.name),
      said_expression(searched.name),
      -- What came through its link is its own, and so is what a mail server said of a mail to it.
      case when searched.is_of_message and searched.name not in ('inbound_mails', 'nominations') then ' or t.message_id = any ($4)'
        when searched.name in ('sessions', 'kept_forms') then ' or t.person_id = any ($6)'
        when searched.name = 'messages' then ' or t.id = any ($4)'
        when searched.name = 'scans' then ' or t.objection_id in (select id from objections where message_id = any ($4))
          or t.approval_id in (select id from approvals where message_id = any ($4))'
        when searched.name = 'message_contents' then ' or t.about in (select id from objections where message_id = any ($4)
          union all select id from approvals where message_id = any ($4))'
        else '' end)
    using by_address, by_name, own, sent, now, signing_in;
  end loop;
end $$;

-- Why a case is kept, and until when, which is null where nobody can say yet; no row where it is not. Of a change alone or a
-- controller alone, why all of its cases are.
create or replace function kept_because(of_change uuid, of_controller uuid, now timestamptz)
returns table (because text, until timestamptz) language plpgsql stable as $$
declare
  held constant timestamptz := held_until(of_change, of_controller, now);
begin
  if held is not null then
    return query select 'legal-hold', nullif(held, 'infinity');
  elsif of_change is not null and of_controller is not null then
    return query select case when ended.at is null then 'case-open' else 'retention' end, ended.at
    from (select case_kept_until(of_change, of_controller) as at) as ended where ended.at is null or ended.at > now;
  elsif of_change is not null then
    return query select case when ended.at is null then 'case-open' else 'retention' end, ended.at
    from (select years_after(e.ended_at, (p.retention ->> 'caseYears')::integer, c.time_zone) as at
      from changes c join products p on p.id = c.product_id left join ended_changes() e on e.change_id = c.id
      where c.id = of_change) as ended where ended.at is null or ended.at > now;
  elsif of_controller is not null then
    return query select k.because, k.until
    from (select distinct w.change_id from objection_windows w where w.controller_id = of_controller) as own
      cross join lateral kept_because(own.change_id, of_controller, now) as k
    order by k.until desc nulls first limit 1;
  end if;
end $$;

-- What was set apart of a document, by its place: of one person, or all but that. Of a person is what names it, and what stands beside
-- its address in the same object.
create or replace function part_of_person(persons jsonb, address text, is_of_person boolean) returns jsonb language sql stable as $$
  with sought as (select finds_any(array[address]) as by_address, finds_any(names_of(address)) as by_name),
    said as (select key, value, regexp_replace(key, '/?[^/]*$', '') as holder from jsonb_each(persons))
  select coalesce(jsonb_object_agg(key, value), '{}') from said, sought
  where is_of_person = (coalesce(value::text ~* by_address or value::text collate pg_c_utf8 ~* by_name, false)
    or holder <> '' and holder in (select holder from said where lower(value #>> '{}') = lower(address)))
$$;

-- Every row that tells of persons of a controller, in any of its cases and in what was written about it.
create or replace function rows_of_controller(of_controller uuid) returns table (table_name text, row_key text)
language plpgsql stable as $$
declare
  by_name constant text := (select finds_any(array[name]) from controllers where id = of_controller and not tells_of_nobody(name));
  searched record;
begin
  for searched in
    select distinct r.table_name as name from record_columns r
    where r.until is null and r.part in ('person', 'moving-person')
      and r.table_name <> all ('{changes,contacts,controllers,pseudonyms}')
    union all values ('idempotency_keys')
  loop
    return query execute format(
      'select %1$L, %2$s from %1$I t cross join lateral (%3$s) as c (change_id, controller_id)
       group by %2$s having bool_and(c.controller_id = $1)', searched.name, key_expression(searched.name), cases_query(searched.name))
    using of_controller;
    continue when searched.name <> all ('{idempotency_keys,operator_mails}');
    return query execute format('select %1$L, %2$s from %1$I t where %3$s collate pg_c_utf8 ~* $1', searched.name,
      key_expression(searched.name), said_expression(searched.name)) using by_name;
  end loop;
end $$;

-- Whether no row of a controller has this address any more, given in lower case.
create or replace function address_is_gone(of_controller uuid, address text) returns boolean language sql stable as $$
  select not exists (select from contacts where controller_id = of_controller and lower(email) = address)
    -- By change, as the index has them.
    and not exists (select from changes c join messages m on m.change_id = c.id
      where m.controller_id = of_controller and lower(m.email) = address)
    and not exists (select from nominations where controller_id = of_controller and lower(email) = address)
    and not exists (select from objections where controller_id = of_controller and lower(from_email) = address)
    and not exists (select from approvals where controller_id = of_controller and lower(from_email) = address)
    and not exists (select from inbound_mails where controller_id = of_controller and lower(from_email) = address)
    and not exists (select from withdrawal_requests r join objections o on o.id = r.objection_id
      where o.controller_id = of_controller and lower(r.email) = address)
$$;

-- Forgets the addresses that pseudonyms of these controllers are for, where no row has them any more.
create or replace function forget_addresses(of_controllers uuid[]) returns void
language sql security definer set search_path from current as $$
  update pseudonyms set email = null
  where controller_id = any (of_controllers) and email is not null and address_is_gone(controller_id, email)
$$;

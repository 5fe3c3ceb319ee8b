-- What is of persons stands in columns of its own, and nothing repeats it (D48, decision 48). persons.sql says how both are shown.

-- The contact persons of the companies that a change is about (D2), each by its place in sub_processor, effects and elements.
alter table changes add column contact_persons jsonb not null default '{}';

-- What the details of an act say of persons, each by its place.
alter table audit_log add column persons jsonb not null default '{}';

-- Rows of before are as if they had been written so. Guards are off meanwhile: they are applied after this file.

create function persons_in(document jsonb, keys text[], above text default '') returns table (place text, person jsonb)
language plpgsql as $$
declare
  each record;
begin
  if jsonb_typeof(document) not in ('object', 'array') then
    return;
  end if;
  for each in
    select key, value from jsonb_each(case jsonb_typeof(document) when 'object' then document else '{}' end)
    union all
    select (number - 1)::text, value
    from jsonb_array_elements(case jsonb_typeof(document) when 'array' then document else '[]' end)
      with ordinality as element (value, number)
  loop
    if each.key = any (keys) or document ->> 'element' = 'contactPerson' and 'contactPerson' = any (keys)
      and each.key in ('from', 'to', 'expected', 'found') then
      if each.value <> 'null' then
        place := above || each.key;
        person := each.value;
        return next;
      end if;
    else
      return query select * from persons_in(each.value, keys, above || each.key || '/');
    end if;
  end loop;
end $$;

create function without_persons(document jsonb, keys text[]) returns jsonb language plpgsql as $$
declare
  each record;
begin
  for each in select * from persons_in(document, keys) loop
    document := jsonb_set(document, string_to_array(each.place, '/'), 'null');
  end loop;
  return document;
end $$;

do $$
declare
  author record;
begin
  for author in
    select c.table_name as t, c.column_name as c, m.column_name as message
    from information_schema.columns c left join information_schema.columns m
      on m.table_schema = c.table_schema and m.table_name = c.table_name and m.column_name = 'message_id'
        and c.column_name in ('recorded_by', 'nominated_by', 'asked_by')
    where c.table_schema = current_schema() and c.data_type = 'text'
      and (c.column_name like '%\_by' and c.column_name <> 'known_by' or (c.table_name, c.column_name) = ('audit_log', 'actor'))
  loop
    execute format('alter table %I disable trigger user', author.t);
    execute format($update$ update %1$I set %2$I = 'key ' || substring(%2$I from '\(key ([0-9a-f-]{36})\)$')
      where %2$I ~ '\(key [0-9a-f-]{36}\)$' $update$, author.t, author.c);
    -- By the first mail to that name and address, where the row does not say which.
    execute format($update$
      with link_authors as (
        select name || ' (' || email || ', through the link)' as words, (array_agg(id order by id))[1] as id
        from messages where exists (select from %1$I where %2$I ~ ', through the link\)$') group by 1)
      update %1$I as t set %2$I = coalesce('link ' || coalesce(%3$s,
        (select l.id from link_authors l where l.words = t.%2$I)), 'a contact')
      where %2$I ~ ', through the link\)$' $update$, author.t, author.c, coalesce('t.' || author.message, 'null::uuid'));
    execute format('alter table %I enable trigger user', author.t);
  end loop;
end $$;

alter table changes disable trigger user;
update changes set
  contact_persons = coalesce((select jsonb_object_agg(place, person)
    from persons_in(jsonb_build_object('sub_processor', sub_processor, 'effects', effects, 'elements', elements), '{contactPerson}')), '{}'),
  sub_processor = without_persons(sub_processor, '{contactPerson}'),
  effects = without_persons(effects, '{contactPerson}'),
  elements = without_persons(elements, '{contactPerson}');
alter table changes enable trigger user;

alter table events disable trigger user;
update events set data = without_persons(data, '{contactPerson}') where data::text ~ 'contactPerson';
alter table events enable trigger user;

alter table audit_log disable trigger user;
update audit_log set
  persons = coalesce((select jsonb_object_agg(place, person) from persons_in(details, keys)), '{}'),
  details = without_persons(details, keys)
from (values
  ('product.saved', '{officersAddress}'::text[]),
  ('register.loaded', '{contactPerson}'),
  ('controller.created', '{name,registrationNumber,reference,metadata,email}'),
  ('controller.updated', '{name,registrationNumber,reference,metadata,email}'),
  ('key.created', '{name}'),
  ('key.revoked', '{name}'),
  ('webhook.created', '{description}'),
  ('webhook.changed', '{description}')) as personal (action, keys)
where audit_log.action = personal.action;
alter table audit_log enable trigger user;

-- An author is compared as it stands now.
drop function if exists key_of(text);

drop function without_persons(jsonb, text[]);
drop function persons_in(jsonb, text[], text);

-- How what stands apart of persons is shown with the facts that it belongs to (D48, decision 48).

-- Who did an act, in words. The record names its authors without their names: `person <id>` for a person of the company, `key <id>` for an API key, `link <id>` for who the
-- message with that id was sent to, through its link, and `system`. Names are put in when they are shown; what else stands in an
-- author is shown as it is.
create or replace function author_in_words(author text) returns text language plpgsql stable strict as $$
declare
  -- In PL/pgSQL, because a session keeps the plans of these look-ups; as SQL they would be planned with every statement that asks.
  named constant text[] := regexp_match(author, '^(key|person|link) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
  words text;
begin
  if named[1] = 'key' then
    select name || ' (' || author || ')' into words from api_keys where id = named[2]::uuid;
  elsif named[1] = 'person' then
    select name || ' (' || author || ')' into words from people where id = named[2]::uuid;
  elsif named[1] = 'link' then
    select name || ' (' || email || ', through the link)' into words from messages where id = named[2]::uuid;
  end if;
  return coalesce(words, author);
end $$;

-- A document with what was set apart of it (domain/persons.ts): each value by its place, the keys and indexes down to it with
-- slashes between. What has been emptied stays null.
create or replace function with_persons(facts jsonb, persons jsonb) returns jsonb language plpgsql immutable as $$
declare
  place text;
  person jsonb;
begin
  for place, person in select key, value from jsonb_each(persons) loop
    facts := jsonb_set(facts, string_to_array(place, '/'), person);
  end loop;
  return facts;
end $$;

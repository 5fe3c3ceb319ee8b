-- How what stands apart of persons is shown with the facts that it belongs to (D48, decision 48).

-- Who did an act, in words. The record names its authors without their names: `person <id>` for a person of the company, `key <id>` for an API key, `link <id>` for who the
-- message with that id was sent to, through its link, and `system`. Names are put in when they are shown; what else stands in an
-- author is shown as it is.
create or replace function author_in_words(author text) returns text language sql stable as $$
  select case
    when author ~ '^key [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then coalesce(
      (select name || ' (' || author || ')' from api_keys where id = substr(author, 5)::uuid), author)
    when author ~ '^person [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then coalesce(
      (select name || ' (' || author || ')' from people where id = substr(author, 8)::uuid), author)
    when author ~ '^link [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then coalesce(
      (select name || ' (' || email || ', through the link)' from messages where id = substr(author, 6)::uuid), author)
    else author
  end
$$;

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

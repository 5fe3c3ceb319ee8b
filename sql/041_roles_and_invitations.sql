-- Who of the company may do what, and how somebody is invited (D57, decision 57).

-- Whose key it is; null: a named system's.
alter table api_keys add column owner_id uuid references people;
create index api_keys_of_person on api_keys (owner_id) where owner_id is not null;

-- An invitation goes to the person that it invites. Its link is derived when it is sent, and stands nowhere.
alter table operator_mails
  add column sign_in_link_id uuid references sign_in_links,
  drop constraint operator_mails_to_officers,
  add constraint operator_mails_to_somebody check (case when sign_in_link_id is null
    then num_nulls(recipient, product_id, page) in (0, 3) else recipient is not null and product_id is null and page is null end);
create index operator_mails_of_link on operator_mails (sign_in_link_id) where sign_in_link_id is not null;

-- What somebody had typed into a form when the session had ended, or its factors were too old: for whoever typed it, until it is sent.
create table kept_forms (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  kept_at timestamptz not null,
  -- The address that the form was sent to, as the route has it and with what it named.
  route text not null,
  params jsonb not null,
  query jsonb not null,
  form jsonb not null
);
create index kept_forms_of_person on kept_forms (person_id, id);

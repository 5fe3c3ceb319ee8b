-- What people look for is a part of a key, which an index of its trigrams finds (decision 39).
create extension if not exists pg_trgm;
create index controllers_by_part_of_key on controllers using gin (search_key gin_trgm_ops);
create index controllers_by_part_of_number on controllers using gin (registration_key gin_trgm_ops);
create index contacts_by_part_of_key on contacts using gin (search_key gin_trgm_ops);

-- What is searched for, as a pattern; null where nothing is left of it, which is found nowhere.
create function search_pattern(given text) returns text language sql immutable parallel safe
return '%' || regexp_replace(nullif(search_key(given), ''), '([\\%_])', '\\\1', 'g') || '%';

-- Who would be told of a change of a product: of each running agreement, how many contacts read each language, and how many may
-- approve (decision 67). sql/audience.sql fills and keeps it.
create table audience_members (
  product_id text not null,
  controller_id uuid not null,
  da integer not null,
  en integer not null,
  approvers integer not null,
  primary key (product_id, controller_id)
);
create index audience_members_without_contact on audience_members (product_id) where da = 0 and en = 0;
create index audience_members_of_controllers on audience_members (controller_id);

-- Of it the audience was counted.
drop index contacts_of_controllers;

-- A person leaves (D52, decision 52).

-- Who has become a number: from the first row of an address that was emptied until its last one. An address stands here only as long
-- as rows that are kept have it too; then its number alone is left, which is never given to anybody else.
create table pseudonyms (
  controller_id uuid not null references controllers,
  number integer not null check (number > 0),
  -- In lower case.
  email text,
  primary key (controller_id, number),
  unique (controller_id, email)
);

-- Announcements that a person of the company is typing (D62, decision 61). No record: whatever is typed, right or wrong, until it is
-- announced, thrown away, or nobody has gone on with it.
create table announcement_drafts (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  -- The fields of the forms, by their names (src/console/announcing/fields.ts).
  fields jsonb not null check (jsonb_typeof(fields) = 'object'),
  -- How often it was saved: of two windows, the one that is behind saves over nothing unseen.
  version integer not null default 1 check (version > 0),
  -- The page of what became of it, for whoever goes back or clicks twice; null while it is being typed.
  led_to text check (led_to like '/console/%'),
  created_at timestamptz not null,
  saved_at timestamptz not null check (saved_at >= created_at)
);
create index announcement_drafts_of_person on announcement_drafts (person_id, saved_at);

-- Test notices, which are sent to a domain of the company before anybody is told of a change (D34). Nothing of a change.
create table test_notices (
  id uuid primary key default uuidv7(),
  product_id text not null references products,
  -- The hash of what it shows (src/domain/content-hash.ts), by which its sample page is found.
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  email text not null,
  name text not null,
  language text not null check (language in ('da', 'en')),
  created_at timestamptz not null,
  created_by text not null
);
create index on test_notices (content_hash, id);
create index on test_notices (product_id, created_at);

-- People of the company sign in: who they are, what they may do, and their sessions (D56, decision 56).

create table people (
  id uuid primary key default uuidv7(),
  name text not null check (name ~ '[^[:space:]]'),
  email text not null check (email = '[erased]' or email like '%@%'),
  created_at timestamptz not null,
  created_by text not null,
  disabled_at timestamptz,
  disabled_by text,
  -- Who they are at the identity provider; null where none has said.
  issuer text,
  subject text,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  check ((disabled_at is null) = (disabled_by is null)),
  check ((issuer is null) = (subject is null))
);
create index people_by_xact on people using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create unique index people_by_email on people (lower(email)) where disabled_at is null and email <> '[erased]';
create unique index people_by_subject on people (issuer, subject);

-- What a person may do, for a product or for all of them. A role that has ended is given anew as a row of its own.
create table person_roles (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  role text not null check (role in ('reader', 'officer', 'approver', 'admin')),
  -- Null: all products.
  product_id text references products,
  -- Whether a person gave it or the identity provider said it.
  source text not null check (source in ('given', 'provider')),
  given_at timestamptz not null,
  given_by text not null,
  ended_at timestamptz,
  ended_by text,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  check ((ended_at is null) = (ended_by is null))
);
create index person_roles_by_xact on person_roles using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create unique index person_roles_running on person_roles (person_id, role, product_id, source) nulls not distinct where ended_at is null;

-- A signed-in browser. Its cookie is kept as a hash.
create table sessions (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  hash bytea not null unique,
  method text not null check (method in ('link', 'passkey', 'openid')),
  started_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > started_at),
  seen_at timestamptz not null,
  -- When the person last proved two factors; null where that has not happened in this session.
  factors_at timestamptz,
  user_agent text not null,
  ended_at timestamptz,
  ended_by text,
  check ((ended_at is null) = (ended_by is null))
);
create index sessions_of_person on sessions (person_id, id);

-- A link that signs a person in once. It is kept as a hash.
create table sign_in_links (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  hash bytea not null unique,
  purpose text not null check (purpose in ('first-administrator', 'invitation')),
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_of_person on sign_in_links (person_id, id);

-- A response is kept for whoever sent the request: a key, or a person.
alter table idempotency_keys drop constraint idempotency_keys_api_key_id_fkey;
alter table idempotency_keys rename column api_key_id to caller_id;

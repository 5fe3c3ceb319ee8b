-- People of the company sign in with passkeys (D59, decision 59).

-- What verifies a passkey. Who registered or removed one is an act of the audit log; one that is removed is gone.
create table passkeys (
  id uuid primary key default uuidv7(),
  person_id uuid not null references people,
  credential_id bytea not null unique check (octet_length(credential_id) between 1 and 1023),
  public_key bytea not null,
  -- How often it has signed, as it counts; 0 where it does not.
  counter bigint not null check (counter >= 0),
  transports text[] not null,
  -- Whether it is kept by an account, and not on one device alone.
  is_synced boolean not null,
  name text not null check (name ~ '[^[:space:]]'),
  registered_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_of_person on passkeys (person_id, id);

-- Challenges that were answered, for as long as each would be good: none is answered twice.
create table answered_challenges (
  hash bytea primary key,
  good_until timestamptz not null
);
create index answered_challenges_to_forget on answered_challenges (good_until);

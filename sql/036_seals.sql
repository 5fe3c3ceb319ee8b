-- The checkpoints of the sealed record, and what they are made with (decision 49). What is sealed is in sealed_rows (031).

-- The keys that checkpoints are signed with, one after the other.
create table seal_keys (
  -- SHA-256 of the public key, as hex.
  id text primary key check (id = encode(sha256(public_key), 'hex')),
  -- Ed25519.
  public_key bytea not null check (octet_length(public_key) = 32),
  recorded_at timestamptz not null,
  -- The key before it, and that key's signature of "varsel seal key <id>\n". A key that was lost signs nothing.
  previous text unique references seal_keys,
  signature bytea check (octet_length(signature) = 64),
  check (signature is null or previous is not null)
);
create unique index seal_keys_begin on seal_keys ((true)) where previous is null;

-- A tree of its own, from its first leaf on, for each life of the database: one that was restored, or that a standby took over,
-- may lack what was published, so it goes on with no tree that was.
create table seal_epochs (
  number integer primary key check (number > 0),
  -- What its checkpoints begin with. No other epoch has the same, also not one of another copy of this database.
  origin text not null unique check (origin ~ '^[^\s+]+$'),
  began_at timestamptz not null,
  -- By what the database is known (database_identity in seals.sql).
  identity text not null,
  -- The newest checkpoint that is known of the epoch before: origin, size, root.
  previous text
);

create table checkpoints (
  epoch integer not null references seal_epochs,
  -- So many leaves the tree has, and this root.
  size bigint not null check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null,
  -- Every row is sealed that was written by a transaction below this one.
  horizon bigint not null,
  key_id text not null references seal_keys,
  -- A C2SP signed note.
  note text not null,
  primary key (epoch, size)
);

-- The hashes of complete subtrees, at every eighth level from the leaves, so that no root and no proof reads all leaves.
create table seal_tiles (
  epoch integer not null,
  level smallint not null check (level > 0 and level % 8 = 0),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (epoch, level, index)
);

-- Scans of letters, and mails that came otherwise, each with what was recorded of it (D66, decision 65).
create table scans (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  -- What it is the scan of: one of these.
  letter_id uuid references letters,
  objection_id uuid references objections,
  approval_id uuid references approvals,
  -- By its first bytes (src/domain/scan.ts).
  media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png', 'message/rfc822')),
  sha256 bytea not null,
  bytes integer not null check (bytes between 1 and 10 * 1024 * 1024),
  -- Empty once it is emptied (D48).
  content bytea not null,
  added_at timestamptz not null,
  added_by text not null,
  xact_id bigint not null default pg_current_xact_id()::text::bigint,
  check (num_nonnulls(letter_id, objection_id, approval_id) = 1),
  check (sha256 = sha256(content) and bytes = octet_length(content) or content = '')
);
create index scans_by_xact on scans using brin (xact_id) with (pages_per_range = 16, autosummarize = on);
create index scans_of_change on scans (change_id, controller_id);

-- Verifying the record (D53, docs/decisions/053).

-- The steps of an approval, by which its state is verified.
create index events_of_approvals on events ((data #>> '{approval,id}'), sequence) where data #>> '{approval,id}' is not null;
-- The few events of a change that say how it stands, among the very many of its controllers.
create index events_of_ends on events (change_id, type) where type in ('change.announced', 'change.wording-confirmed',
  'change.activated', 'change.closed', 'change.withdrawn');

-- Each nightly verification, and what it found. It proves nothing: who can alter the record can alter this.
create table verifications (
  id uuid primary key default uuidv7(),
  began_at timestamptz not null,
  ended_at timestamptz not null,
  -- Sealed rows and states that were verified.
  rows bigint not null,
  faults integer not null check (faults >= 0)
);

-- Mails to the company itself, sent like those to customers.
create table operator_mails (
  id uuid primary key default uuidv7(),
  kind text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'accepted', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  lease_id uuid,
  leased_until timestamptz,
  accepted_at timestamptz,
  last_error text
);

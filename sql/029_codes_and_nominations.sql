-- A code is mailed to who approves, too (D42), and who may not approve names who may.

-- guards.sql and clock.sql are applied after this file and have the triggers anew.
drop trigger if exists guard_withdrawal_code on withdrawal_codes;
drop function if exists guard_withdrawal_code();

-- The message that carries a code says whom it was mailed to and what about.
alter table withdrawal_codes drop column objection_id;
alter table withdrawal_codes rename to mailed_codes;
alter table mailed_codes rename constraint withdrawal_codes_pkey to mailed_codes_pkey;
alter table mailed_codes rename constraint withdrawal_codes_message_id_fkey to mailed_codes_message_id_fkey;
alter table mailed_codes rename constraint withdrawal_codes_wrong_tries_check to mailed_codes_wrong_tries_check;
-- Of a code to approve: what is approved and by whom, as it was typed (`PreparedApproval`).
alter table mailed_codes add column approving jsonb;

-- Who may approve for a controller, as one of its contacts names it. An officer confirms it.
create table nominations (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  -- The message whose link it came through.
  message_id uuid not null references messages,
  email text not null,
  name text not null,
  role text not null,
  nominated_at timestamptz not null,
  nominated_by text not null,
  confirmed_at timestamptz,
  confirmed_by text,
  check ((confirmed_at is null) = (confirmed_by is null))
);
create index on nominations (controller_id, id);
create index nominations_unconfirmed on nominations (id) where confirmed_at is null;

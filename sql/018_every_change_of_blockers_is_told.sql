-- An answer is classified anew until its change has ended, and each decision stays on record (D17).
alter table answer_decisions drop constraint answer_decisions_pkey;
alter table answer_decisions add column id uuid primary key default uuidv7();
create index on answer_decisions (answer_id, id);

-- When deadline.approaching was written: once per change (D37). Changes whose last deadline is near now are told of at the next
-- sweep.
alter table changes add column deadline_approaching_event_at timestamptz;

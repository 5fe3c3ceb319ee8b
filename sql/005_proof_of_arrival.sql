-- What proves that a controller was notified, and the windows that stand again because of it (D30, docs/decisions/028).

-- guards.sql is applied after this file and has these triggers anew.
drop trigger if exists append_only on answer_decisions;
drop trigger if exists content_is_final on objections;

-- The recipient that a report is about, as it names it: behind an alias, one of its members. Null where it names none.
alter table bounces add column recipient text;
create index bounces_reopened on bounces (window_id) where effect = 'reopened';

-- Whether the officer found that a person wrote the answer. Whoever objects is one.
alter table answer_decisions add column written_by_person boolean not null default false;
update answer_decisions set written_by_person = true where decision = 'objection';
alter table answer_decisions
  alter column written_by_person drop default,
  add check (decision <> 'objection' or written_by_person);
create index on answers (controller_id, change_id);

-- What an officer states, with evidence: a notice reached its controller.
create table arrival_statements (
  id uuid primary key default uuidv7(),
  message_id uuid not null references messages,
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  evidence text not null,
  recorded_at timestamptz not null,
  recorded_by text not null
);
create index on arrival_statements (controller_id, change_id);

-- A window that a bounce had closed as not notified, and that stands again: as it stands now, and what proved the arrival.
create table window_restorations (
  id uuid primary key default uuidv7(),
  window_id uuid not null references objection_windows,
  notified_at timestamptz not null,
  deadline timestamptz not null,
  objection_id uuid references objections,
  answer_id uuid references answers,
  -- A report of delivery.
  bounce_id uuid references bounces,
  statement_id uuid references arrival_statements,
  recorded_at timestamptz not null,
  recorded_by text not null,
  check (num_nonnulls(objection_id, answer_id, bounce_id, statement_id) = 1)
);
create index on window_restorations (window_id);

-- An objection is pending also before its controller is notified. An attempt that was rejected for that had no deadline to
-- miss, and nobody could accept it. Called late, it can be accepted by an officer (D16).
alter table objections drop constraint objections_rejected_for_check;
update objections set rejected_for = 'window-closed' where rejected_for = 'window-not-open';
alter table objections
  add check (rejected_for in ('reasons-required', 'window-closed', 'agreement-ended', 'change-ended'));

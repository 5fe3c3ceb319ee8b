-- A change that only informs, and one that needs approval alone, has no time to object: its controllers are notified, and have no
-- deadline (D40, docs/decisions/045).

-- guards.sql and records.sql are applied after this file.
alter table objection_windows
  drop constraint objection_windows_check,
  add constraint objection_windows_deadline_of_notified check (deadline is null or notified_at is not null),
  -- When its controller was reminded that an answer is asked for.
  add column answer_reminded_at timestamptz,
  add constraint objection_windows_reminded_of_answer check (answer_reminded_at is null or notified_at is not null);

create index objection_windows_to_remind_of_answer on objection_windows (change_id, notified_at)
  where left_at is null and answer_reminded_at is null and notified_at is not null and approval = 'none';

-- The event that the last time to answer is near.
alter table changes add column answers_approaching_event_at timestamptz;

alter table bounces
  drop constraint bounces_check3,
  add constraint bounces_window_as_it_stood check ((window_id is null) = (notified_at is null)
    and (deadline is null or window_id is not null));

alter table window_restorations alter column deadline drop not null;

-- An attempt to object to a change that nobody is asked about.
alter table objections
  drop constraint objections_rejected_for_check,
  add constraint objections_rejected_for_check check (rejected_for in ('reasons-required', 'window-closed', 'agreement-ended',
    'change-ended', 'no-objection-window'));
alter table further_attempts
  drop constraint further_attempts_rejected_for_check,
  add constraint further_attempts_rejected_for_check check (rejected_for in ('reasons-required', 'window-closed',
    'agreement-ended', 'change-ended', 'no-objection-window'));

-- `BULK_KINDS` of src/domain/message.ts, in the same order.
drop index messages_to_send;
create index messages_to_send on messages
  ((kind in ('notice', 'reminder', 'approval-reminder', 'change-activated', 'change-withdrawn')), next_attempt_at, id)
  where status = 'pending';

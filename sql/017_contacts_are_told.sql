-- Whether any of a controller's present contacts has been told of a change (D35). untold.sql keeps the mark.

alter table objection_windows add column contacts_untold boolean not null default false;
create index objection_windows_untold on objection_windows (change_id, external_id) where contacts_untold and left_at is null;
create index on letters (controller_id, change_id);

alter table messages drop constraint messages_kind_check, add constraint messages_kind_check check (
  kind in (
    'notice', 'late-notice', 'reminder', 'deadline-moved',
    'objection-received', 'objection-rejected', 'objection-resolved',
    'withdrawal-code', 'withdrawal-requested', 'withdrawal-stopped',
    'change-activated', 'change-withdrawn'
  )
);

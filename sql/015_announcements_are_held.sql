-- An announcement may be held: on record, and told to nobody before its hold ends (D33).

alter table products add column hold_minutes integer not null default 0 check (hold_minutes between 0 and 10080);

alter table changes
  -- Null where it is not held.
  add column held_until timestamptz check (held_until > announced_at and held_until <= announced_at + interval '10080 minutes'),
  -- When controllers began to be told of it: at once, or when its hold ended. Null until then, and for good where it was
  -- withdrawn before.
  add column told_since timestamptz;

-- guards.sql is applied after this file and has the trigger anew.
drop trigger if exists guard_change on changes;
update changes set told_since = announced_at;

alter table changes
  add constraint changes_told_after_the_hold
    check (coalesce(told_since, held_until) is not null and told_since >= coalesce(held_until, announced_at)),
  add constraint changes_untold_are_silent check (told_since is not null or version = 0),
  add constraint changes_untold_are_not_activated check (told_since is not null or status <> 'activated');

create index changes_untold on changes (id) where told_since is null;

-- D39. That only the words of a text change is stated by one person and confirmed by another.

-- guards.sql is applied after this file and has the trigger anew.
drop trigger if exists guard_change on changes;

alter table changes
  add column wording_confirmed_at timestamptz,
  add column wording_confirmed_by text,
  add constraint changes_wording_confirmed_by_somebody check ((wording_confirmed_at is null) = (wording_confirmed_by is null));

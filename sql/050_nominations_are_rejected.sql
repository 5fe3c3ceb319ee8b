-- Whom an officer finds not to be one who may approve waits no longer (D42).
alter table nominations
  add column rejected_at timestamptz,
  add column rejected_by text,
  add column explanation text check (char_length(explanation) <= 5000),
  add constraint nominations_rejected_with_words check ((rejected_at is null) = (rejected_by is null)
    and (rejected_at is null) = (explanation is null) and coalesce(explanation, 'x') ~ '[^[:space:]]'),
  add constraint nominations_decided_once check (num_nonnulls(confirmed_at, rejected_at) <= 1);
drop index nominations_unconfirmed;
create index nominations_waiting on nominations (id) where confirmed_at is null and rejected_at is null;

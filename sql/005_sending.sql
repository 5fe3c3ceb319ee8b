-- How the connection of an attempt was encrypted, protocol and cipher; null where it was not, or there was none.
alter table message_attempts add column tls text;

-- The token bucket of the whole installation, as the moment from which the next token is free: one row, or none while no
-- limit has been set.
create table sending_rate (
  singleton boolean primary key default true check (singleton),
  next_at timestamptz not null
);

-- What holds for the whole installation, in one row.
create table installation (
  -- There is one row.
  id boolean primary key default true check (id),
  -- How far the clock of a trial is moved (CLOCK_OFFSET). Zero in production, which does not start otherwise.
  clock_offset interval not null default '0'
);
insert into installation default values;

-- A row of the register is a version of an entry, and a change of scope `each` is activated in waves (D43, docs/decisions/043).

-- guards.sql is applied after this file and has the trigger anew.
drop trigger if exists guard_register on register_entries;

alter table register_entries
  -- The id that everybody knows the entry by: that of its first version. `parent_id`, and what a change names, are such ids.
  add column entry_id uuid references register_entries,
  -- Changes of scope `each`: a version holds for who is in a wave of every one of the first, and of none of the second.
  add column valid_for uuid[] not null default '{}',
  add column ended_for uuid[] not null default '{}',
  drop constraint register_entries_change_id_key,
  drop constraint register_entries_product_id_name_key_active_key,
  drop constraint register_entries_product_id_registration_key_active_key,
  drop constraint register_entries_active_check;

update register_entries set entry_id = id;

alter table register_entries
  alter column entry_id set not null,
  -- Empty is a version that was amended on the day that it came: it held on no day.
  add constraint register_entries_active_check check (not lower_inf(active)),
  -- No company is in a product's register twice on any day. Versions of one entry are one company.
  add constraint register_entries_one_per_name
    exclude using gist (product_id with =, name_key with =, active with &&, entry_id with <>),
  add constraint register_entries_one_per_registration
    exclude using gist (product_id with =, registration_key with =, active with &&, entry_id with <>);
create index register_entries_of_entry on register_entries (entry_id);
-- A change adds one company.
create unique index register_entries_one_per_change on register_entries (change_id) where entry_id = id;

-- The waves of a change of scope `each`: for whom it is activated, and when.
create table activations (
  id uuid primary key default uuidv7(),
  change_id uuid not null references changes,
  number integer not null check (number > 0),
  activated_at timestamptz not null,
  activated_on date not null,
  activated_by text not null,
  controllers integer not null check (controllers > 0),
  unique (change_id, number)
);

create table activation_controllers (
  change_id uuid not null references changes,
  controller_id uuid not null references controllers,
  activation_id uuid not null references activations,
  activated_on date not null,
  primary key (change_id, controller_id)
);
create index activation_controllers_of_activation on activation_controllers (activation_id, controller_id);

-- A wave tells its own controllers; null is everybody's.
alter table fan_outs
  add column activation_id uuid references activations,
  drop constraint fan_outs_change_id_kind_key,
  add constraint fan_outs_one_of_a_kind unique nulls not distinct (change_id, kind, activation_id),
  add check (activation_id is null or kind = 'change-activated');

-- A wave counts for the agreement that it was made under (D43): who leaves and comes back is in none.

-- guards.sql and written-approval.sql are applied after this file and have them anew.
drop trigger if exists append_only on activation_controllers;
drop function if exists is_in_force(uuid, uuid);

alter table activation_controllers
  add column agreement_id uuid references agreements,
  drop constraint activation_controllers_pkey;

update activation_controllers m set agreement_id = (
  select g.id from activations w join changes c on c.id = w.change_id
    join agreements g on g.product_id = c.product_id and g.controller_id = m.controller_id
  where w.id = m.activation_id and g.started_at <= w.activated_at order by g.id desc limit 1);

alter table activation_controllers
  alter column agreement_id set not null,
  add primary key (change_id, controller_id, agreement_id);

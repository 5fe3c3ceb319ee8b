-- What a product's contract promises at least, and which terms a product has had (D9, D28).

alter table products
  add column contract_window_days integer check (contract_window_days between 1 and 365),
  add column contract_time_zone text,
  add constraint products_contract_is_whole check ((contract_window_days is null) = (contract_time_zone is null)),
  -- A change is announced under the terms of its product (guard_announcement), so nothing is announced below the contract.
  add constraint products_keep_their_contract
    check (objection_window_days >= contract_window_days and time_zone = contract_time_zone);

-- The terms of a product since each change of them.
create table product_terms (
  id uuid primary key default uuidv7(),
  product_id text not null references products,
  objection_window_days integer not null,
  time_zone text not null,
  roll_forward boolean not null,
  contract_window_days integer,
  contract_time_zone text,
  -- Null for the first.
  reason text,
  recorded_at timestamptz not null,
  recorded_by text not null
);
create index on product_terms (product_id, id);

insert into product_terms (product_id, objection_window_days, time_zone, roll_forward, recorded_at, recorded_by)
select p.id, p.objection_window_days, p.time_zone, p.roll_forward, p.updated_at,
  coalesce((select actor from audit_log where action = 'product.saved' and subject = p.id order by position desc limit 1),
    'unknown')
from products p;

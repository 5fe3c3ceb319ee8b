-- A key may be for some products, and for some scopes in place of a role. An endpoint may be for several products.

alter table api_keys
  alter column role drop not null,
  add column scopes text[] check (cardinality(scopes) > 0),
  add column products text[] check (cardinality(products) > 0),
  add constraint api_keys_role_or_scopes check ((role is null) <> (scopes is null));

alter table webhooks add column products text[] check (cardinality(products) > 0);
update webhooks set products = array[product_id] where product_id is not null;
alter table webhooks drop column product_id;

-- Mails to a product's officers, in the queue of the mails to the company itself.

-- Null: nobody is mailed.
alter table products add column officers_address text;

alter table operator_mails
  -- Null: the operator.
  add column recipient text,
  add column product_id text references products,
  -- The path of a page that the reader can open.
  add column page text,
  -- Of a digest: until when it tells what has failed.
  add column covers_until timestamptz,
  drop constraint operator_mails_status_check,
  -- Folded: not sent by itself, and told by the next digest.
  add constraint operator_mails_status_check check (status in ('pending', 'accepted', 'failed', 'folded')),
  add constraint operator_mails_to_officers check (num_nulls(recipient, product_id, page) in (0, 3)),
  add constraint operator_mails_of_officers check (product_id is not null or covers_until is null and status <> 'folded');

create index operator_mails_of_product on operator_mails (product_id, created_at) where product_id is not null;
-- One digest of an hour.
create unique index operator_mails_digests on operator_mails (product_id, covers_until) where covers_until is not null;
create index events_of_failures on events (product_id, at) where type in ('notice.failed', 'notice.bounced');

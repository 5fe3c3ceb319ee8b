-- The address that a mail without a tag came to does not say which product it is about: people answer the one that they find,
-- and what the mail replies to may be of another. So an unread one blocks every announced change (D20).

-- guards.sql is applied after this file and no longer reads the column.
alter table inbound_mails drop column product_id;

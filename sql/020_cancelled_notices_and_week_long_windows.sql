-- Cancelled notices are counted (D7, D24), those of before too.
alter table change_counts drop constraint change_counts_counted_check;
alter table change_counts add check (counted in ('controllers', 'windows', 'notices-pending', 'notices-accepted',
  'notices-failed', 'notices-cancelled', 'objections', 'objections-pending'));
insert into change_counts (change_id, counted, amount)
select change_id, 'notices-cancelled', count(*) from messages
where kind = 'notice' and status = 'cancelled' group by change_id;

-- A window is of 7 to 365 days (D9). A product has the terms of its last row here (guard_terms), and rows are never changed:
-- what was recorded before stands, and every new row is checked.
alter table product_terms add check (objection_window_days between 7 and 365) not valid,
  add check (contract_window_days between 7 and 365) not valid;

-- What the planner is told, once and for all, where what it finds out by itself is wrong when it counts: just after a change
-- has been announced, when it has last looked at tables in which that change was not.

-- Which changes there are. Of a new one it would expect no row, and read every window of the change to find one
-- controller's. Without statistics it expects a two-hundredth of the table as it is, and takes the index that knows the
-- controller.
alter table objection_windows alter column change_id set statistics 0;
alter table messages alter column change_id set statistics 0;
select pg_clear_attribute_stats('public', 'objection_windows', 'change_id', false);
select pg_clear_attribute_stats('public', 'messages', 'change_id', false);

-- How many messages wait. When it has seen none it would sort a million of them to find the next twenty, instead of reading
-- the index in its order.
alter table messages alter column status set statistics 0;
select pg_restore_attribute_stats('schemaname', 'public', 'relname', 'messages', 'attname', 'status', 'inherited', false,
  'null_frac', 0::real, 'n_distinct', 5::real, 'most_common_vals', '{pending,accepted}'::text,
  'most_common_freqs', '{0.5,0.5}'::real[]);

-- That nearly all windows run. A table that it has not looked at yet has one in two hundred.
alter table objection_windows alter column left_at set statistics 0;
select pg_restore_attribute_stats('schemaname', 'public', 'relname', 'objection_windows', 'attname', 'left_at',
  'inherited', false, 'null_frac', 0.99::real, 'n_distinct', -0.01::real);

-- What is claimed is begun: there is no moment between any more.
alter table messages drop column begun_at;

-- The planner knows nothing of these columns by itself (docs/decisions/020): what it should know is written at each start.
alter table objection_windows alter column change_id set statistics 0;
alter table objection_windows alter column left_at set statistics 0;
alter table messages alter column change_id set statistics 0;
alter table messages alter column status set statistics 0;

-- What is claimed is begun: there is no moment between any more.
update messages set status = 'pending', attempts = attempts - 1, lease_id = null, leased_until = null
where status = 'in-flight' and begun_at is null;
alter table messages drop column begun_at;

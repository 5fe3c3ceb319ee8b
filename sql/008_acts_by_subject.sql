-- What is on record about a controller, a key or a webhook: the guards of sql/records.sql ask for it.
create index audit_log_by_subject on audit_log (subject, action);

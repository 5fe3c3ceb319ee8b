-- An answer of the identity provider counts once by being on the list of what was answered (D58). A column of the session that it
-- began forgot it with the next one.
alter table sessions drop column openid_state;

-- No session lasts longer than its hours (D56).
alter table sessions add constraint sessions_end check (expires_at <= started_at + interval '8 hours');

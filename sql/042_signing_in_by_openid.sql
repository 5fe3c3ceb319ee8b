-- The answer of the identity provider that a session was begun with, or its factors proved anew: it counts once (D58, decision 58).
alter table sessions add column openid_state bytea unique;

-- Who may not sign in any more, and is invited anew, is another person here, and the same at the provider.
drop index people_by_subject;
create unique index people_by_subject on people (issuer, subject) where disabled_at is null;

-- The answer of the identity provider that a session was begun with, or its factors proved anew: it counts once (D58, decision 58).
alter table sessions add column openid_state bytea unique;

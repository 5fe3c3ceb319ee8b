-- Verifying the record (D53, docs/decisions/053).

-- The steps of an approval, by which its state is verified.
create index events_of_approvals on events ((data #>> '{approval,id}'), sequence) where data #>> '{approval,id}' is not null;
-- The few events of a change that say how it stands, among the very many of its controllers.
create index events_of_ends on events (change_id, type) where type in ('change.announced', 'change.wording-confirmed',
  'change.activated', 'change.closed', 'change.withdrawn');

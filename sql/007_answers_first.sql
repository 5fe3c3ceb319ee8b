-- Answers to a person go before everything that goes to all controllers of a change: notices, reminders, and what is told of
-- its end. Otherwise a receipt (D18) would wait behind a million of those.
drop index messages_to_send;
create index messages_to_send
  on messages ((kind in ('notice', 'reminder', 'change-activated', 'change-withdrawn')), next_attempt_at, id)
  where status = 'pending';

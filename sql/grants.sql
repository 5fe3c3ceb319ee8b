-- What the role of the application may do, and nothing else (docs/decisions/030). It owns nothing, so it takes no guard off.
-- The owner applies this file at every migration, to the role that the setting varsel.application names; where one role does
-- both, the setting is empty.
--
-- `update` names the columns that statements of src/db assign. Row locks need no more than one of them.

do $$
declare
  application constant text := current_setting('varsel.application', true);
  owned record;
  granted text;
begin
  if coalesce(application, '') = '' then
    return;
  end if;
  for owned in select oid::regclass as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and pg_has_role(relowner, 'usage')
      and not pg_has_role(application, relowner, 'member')
  loop
    execute format('revoke all on %s from %I', owned.name, application);
  end loop;
  foreach granted in array array[
    'select on migrations, event_feed, installation, change_counts, audience_members, record_columns, erasures, sealed_rows,
      pseudonyms',

    -- D28. Records.
    'select, insert on objection_decisions, message_contents, page_statements, message_attempts, letters, inbound_contents, inbound_mail_decisions, bounces,
      answer_decisions, arrival_statements, window_restorations, events, webhook_attempts, audit_log, product_terms,
      test_notices, listed_in_terms, activations, activation_controllers, gate_facts, verifications, proposals, proposal_decisions, scans',
    'insert on erasures',
    'select, insert, update (status, headers, body), delete on idempotency_keys',
    'select, insert, update (released_at, released_by, release_reason) on legal_holds',
    -- What is sealed it writes by seal_rows alone.
    'select, insert on seal_keys, seal_epochs, checkpoints, seal_tiles, checkpoint_timestamps',

    -- Rows whose state moves on.
    'select, insert, update (name, processor, objection_window_days, time_zone, roll_forward, contract_window_days,
      contract_time_zone, objection_address, withdrawal_delay_hours, hold_minutes, officers_address, places_need_approval,
      activities_need_approval, replacements_need_approval, approval_answer_days, approval_effective_after_hours, places, retention, second_person,
      register_loaded_at, updated_at)
      on products',
    'select, insert, update (name, registration_number, registration_key, reference, metadata, updated_at) on controllers',
    'select, insert, update (position, email, name, language, may_approve), delete on contacts',
    'select, insert, update (ended_at, terms_version) on agreements',
    'select, insert, update (status, version, told_since, wording_confirmed_at, wording_confirmed_by, activated_at, activated_on, activated_by, withdrawn_at, withdrawn_by,
      withdrawal_reason, notified_event_at, deadline_approaching_event_at, answers_approaching_event_at,
      windows_closed_event_at) on changes',
    'select, insert, update (active, ended_for) on register_entries',
    'select, insert, update (reached, controllers_left, notices_left, finished_at, stopped_at) on fan_outs',
    'select, insert, update (notified_at, deadline, reminded_at, answer_reminded_at, left_at, by_contract) on objection_windows',
    'select, insert, update (status) on objections',
    'select, insert, update (status, confirmed_at, confirmed_by, effective_at, receipts_failed_at, ended_at, ended_by,
      ended_explanation, ended_mail_id, ended_message_id) on approvals',
    'select, insert, update (number, rejected_for, from_name, reasons, received_at) on further_attempts',
    'select, insert, update (wrong_tries, used_at) on mailed_codes',
    'select, insert, update (confirmed_at, confirmed_by, rejected_at, rejected_by, explanation) on nominations',
    'select, insert, update (status, ended_at, ended_by) on withdrawal_requests',
    'select, insert, update (status, attempts, next_attempt_at, lease_id, leased_until, printed_deadline, accepted_at,
      last_error) on messages',
    'select, insert, update (message_id, change_id, controller_id, taken_as, known_by, judged_at, next_reading_at, readings, from_name,
      from_email, subject, text, quoted, attachments) on inbound_mails',
    'select, insert, update (status) on answers',
    'select, insert, update (revoked_at, revoked_by, last_used_at) on api_keys',
    'select, insert, update (fields, version, saved_at, led_to), delete on announcement_drafts',
    'select, insert, update (disabled_at, disabled_by, issuer, subject) on people',
    'select, insert, update (ended_at, ended_by) on person_roles',
    'select, insert, update (seen_at, factors_at, ended_at, ended_by), delete on sessions',
    'select, insert, delete on kept_forms, answered_challenges',
    'select, insert, delete, update (name, counter, last_used_at) on passkeys',
    'select, insert, update (expires_at, used_at) on sign_in_links',
    'select, insert, update (status, attempts, next_attempt_at, lease_id, leased_until, accepted_at, last_error)
      on operator_mails',
    'select, insert, update (url, events, products, description, rate_limit, secret_version, secret_rotated_at,
      previous_secret_until, enabled, disabled_at, disabled_because, failures, failing_since, told_failing_at,
      told_ending_at, paused_until, lease_id, leased_until, served_at, deleted_at, deleted_by) on webhooks',
    'select, insert, update (status, attempts, next_attempt_at, finished_at) on webhook_deliveries',
    'select, insert, update (reached_xact_id, reached_position, finished_at) on webhook_replays',

    -- A row that proves nothing.
    'select, insert, update (next_at) on sending_rate'
  ]
  loop
    execute format('grant %s to %I', granted, application);
  end loop;
  -- The transaction that wrote a row is the database's to say: one that names another could be left unsealed (decision 49).
  for owned in select t.oid::regclass as name, string_agg(quote_ident(a.attname), ', ') as columns
    from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attname <> 'xact_id'
    where t.relnamespace = current_schema()::regnamespace and has_table_privilege(application, t.oid, 'insert')
      and pg_has_role(t.relowner, 'usage') and not pg_has_role(application, t.relowner, 'member')
      and exists (select from pg_attribute x where x.attrelid = t.oid and x.attname = 'xact_id' and x.atttypid = 'bigint'::regtype)
    group by t.oid
  loop
    execute format('revoke insert on %s from %I', owned.name, application);
    execute format('grant insert (%s) on %s to %I', owned.columns, owned.name, application);
  end loop;
  execute format('grant usage on schema %I to %I', current_schema(), application);
  execute format('revoke create on schema %I from public, %I', current_schema(), application);
  -- A temporary table hides the table of its name from every statement of its session, those of guards too.
  if (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()) then
    execute format('revoke temporary on database %I from public, %I', current_database(), application);
  end if;
end $$;

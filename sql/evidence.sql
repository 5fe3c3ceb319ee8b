-- Which rows of the record an evidence pack has (decision 54, D54). Each with its table and its key as in sealed_rows, whose it is,
-- and all of its columns but what stands in files of its own: the forms of mails, the raw bytes of those that came in, and of scans.
-- A row may come twice. further_attempts has states alone, and is never sealed.

-- What a change has beside its controllers: for officers, or what one controller may see of it. That one has no events and no acts,
-- which name others, nothing of the gate, and of the register and of waves only what holds for it.
create or replace function change_evidence(of_change uuid, for_controller uuid)
returns table (table_name text, row_key text, content jsonb) language sql stable as $$
  with waves as (
    select activation_id from activation_controllers where change_id = of_change and controller_id = for_controller
  )
  select 'changes', c.id::text, to_jsonb(c) from changes c where c.id = of_change
  union all
  select 'activations', a.id::text, to_jsonb(a) from activations a
  where a.change_id = of_change and (for_controller is null or a.id in (select activation_id from waves))
  union all
  select 'gate_facts', g.id::text, to_jsonb(g) from gate_facts g where g.change_id = of_change and for_controller is null
  union all
  select 'listed_in_terms', l.change_id || ' ' || l.terms_version, to_jsonb(l) from listed_in_terms l
  where l.change_id = of_change
  union all
  select 'product_terms', t.id::text, to_jsonb(t) from product_terms t join changes c on c.product_id = t.product_id
  where c.id = of_change
  union all
  select 'register_entries', e.id::text, to_jsonb(e) from register_entries e join changes c on c.product_id = e.product_id
  where c.id = of_change and (for_controller is null or not exists (
    select from unnest(e.valid_for) as needed(change_id)
    where not exists (select from activation_controllers w
      where w.change_id = needed.change_id and w.controller_id = for_controller)))
$$;

-- What was proposed of a change (D60): its announcement, its activation, what was decided about an objection or an approval, and the
-- terms of its product.
create or replace function proposals_of(of_change uuid) returns setof uuid language sql stable as $$
  select id from proposals where subject = of_change::text
  union select proposal_id from proposal_decisions where made = of_change::text
  union select p.id from objections o join proposals p on p.subject = o.id::text where o.change_id = of_change
  union select p.id from changes c join proposals p on p.kind = 'terms' and p.subject = c.product_id
    join proposal_decisions d on d.proposal_id = p.id and d.decision = 'approved' where c.id = of_change
$$;

-- What happened in a change, and who did what to it, for officers: its events, and the acts on it, on its product, and on its
-- controllers as far as they are about either. Who corrected a customer's contacts concerns every product of that customer, so it
-- stands in no pack: the messages say who was told.
create or replace function change_acts(of_change uuid)
returns table (table_name text, row_key text, content jsonb) language sql stable as $$
  select 'events', e.id::text, to_jsonb(e) from events e where e.change_id = of_change
  union all
  select 'audit_log', a.position::text, to_jsonb(a)
  from changes c join audit_log a on a.subject = c.id::text
    or a.subject = c.product_id and a.action in ('product.saved', 'register.loaded', 'test-notice.sent')
    or a.at >= c.announced_at and (a.details ->> 'change' = c.id::text or a.details ->> 'product' = c.product_id)
      and a.subject in (select external_id from objection_windows where change_id = of_change)
  where c.id = of_change
  union all
  select 'proposals', p.id::text, to_jsonb(p) from proposals p where p.id in (select proposals_of(of_change))
  union all
  select 'proposal_decisions', d.proposal_id || ' ' || d.decision, to_jsonb(d)
  from proposal_decisions d where d.proposal_id in (select proposals_of(of_change))
$$;

-- What a change has of these controllers; of all of them where none are given.
create or replace function controllers_evidence(of_change uuid, of_controllers uuid[])
returns table (controller_id uuid, table_name text, row_key text, content jsonb) language sql stable as $$
  with windows as (
    select * from objection_windows w
    where w.change_id = of_change and (of_controllers is null or w.controller_id = any (of_controllers))
  ), sent as (
    select * from messages m
    where m.change_id = of_change and (of_controllers is null or m.controller_id = any (of_controllers))
  ), filed as (
    select * from objections o
    where o.change_id = of_change and (of_controllers is null or o.controller_id = any (of_controllers))
  ), answered as (
    select * from answers a
    where a.change_id = of_change and (of_controllers is null or a.controller_id = any (of_controllers))
  ), received as (
    select * from inbound_mails i
    where i.change_id = of_change and (of_controllers is null or i.controller_id = any (of_controllers))
  )
  select k.id, 'controllers', k.id::text, to_jsonb(k) from controllers k where k.id in (select w.controller_id from windows w)
  union all
  select a.controller_id, 'agreements', a.id::text, to_jsonb(a)
  from agreements a join changes c on c.product_id = a.product_id
  where c.id = of_change and a.controller_id in (select w.controller_id from windows w)
  union all
  select w.controller_id, 'objection_windows', w.id::text, to_jsonb(w) from windows w
  union all
  select w.controller_id, 'window_restorations', r.id::text, to_jsonb(r) from windows w join window_restorations r on r.window_id = w.id
  union all
  select m.controller_id, 'messages', m.id::text, to_jsonb(m) from sent m
  union all
  select m.controller_id, 'message_attempts', a.id::text, to_jsonb(a) from sent m join message_attempts a on a.message_id = m.id
  union all
  select m.controller_id, 'message_contents', c.sha256::text, jsonb_build_object('sha256', c.sha256, 'about', c.about)
  from sent m join message_attempts a on a.message_id = m.id join message_contents c on c.sha256 = a.content_sha256
  union all
  select m.controller_id, 'mailed_codes', a.message_id::text, to_jsonb(a) from sent m join mailed_codes a on a.message_id = m.id
  union all
  select m.controller_id, 'further_attempts', a.message_id || ' ' || a.slot, to_jsonb(a)
  from sent m join further_attempts a on a.message_id = m.id
  union all
  select m.controller_id, 'bounces', b.id::text, to_jsonb(b) from sent m join bounces b on b.message_id = m.id
  union all
  select m.controller_id, 'arrival_statements', a.id::text, to_jsonb(a)
  from sent m join arrival_statements a on a.message_id = m.id
  union all
  select l.controller_id, 'letters', l.id::text, to_jsonb(l) from letters l
  where l.change_id = of_change and (of_controllers is null or l.controller_id = any (of_controllers))
  union all
  select s.controller_id, 'scans', s.id::text, to_jsonb(s)
  from (select id, change_id, controller_id, letter_id, objection_id, approval_id, media_type, sha256, bytes, added_at, added_by
    from scans) s
  where s.change_id = of_change and (of_controllers is null or s.controller_id = any (of_controllers))
  union all
  select o.controller_id, 'objections', o.id::text, to_jsonb(o) from filed o
  union all
  select o.controller_id, 'page_statements', s.sha256::text, to_jsonb(s)
  from filed o join page_statements s on s.sha256 = o.stated_sha256
  union all
  select a.controller_id, 'page_statements', s.sha256::text, to_jsonb(s)
  from approvals a join page_statements s on s.sha256 = a.stated_sha256
  where a.change_id = of_change and (of_controllers is null or a.controller_id = any (of_controllers))
  union all
  select o.controller_id, 'objection_decisions', d.objection_id || ' ' || d.decision, to_jsonb(d)
  from filed o join objection_decisions d on d.objection_id = o.id
  union all
  select o.controller_id, 'withdrawal_requests', r.id::text, to_jsonb(r)
  from filed o join withdrawal_requests r on r.objection_id = o.id
  union all
  select a.controller_id, 'answers', a.id::text, to_jsonb(a) from answered a
  union all
  select a.controller_id, 'answer_decisions', d.id::text, to_jsonb(d) from answered a join answer_decisions d on d.answer_id = a.id
  union all
  select i.controller_id, 'inbound_mails', i.id::text, to_jsonb(i) from received i
  union all
  select i.controller_id, 'inbound_contents', c.sha256::text, jsonb_build_object('sha256', c.sha256)
  from received i join inbound_contents c on c.sha256 = i.sha256
  union all
  select i.controller_id, 'inbound_mail_decisions', d.id::text, to_jsonb(d)
  from received i join inbound_mail_decisions d on d.inbound_mail_id = i.id
  union all
  select a.controller_id, 'approvals', a.id::text, to_jsonb(a) from approvals a
  where a.change_id = of_change and (of_controllers is null or a.controller_id = any (of_controllers))
  union all
  select n.controller_id, 'nominations', n.id::text, to_jsonb(n) from nominations n
  where n.change_id = of_change and (of_controllers is null or n.controller_id = any (of_controllers))
  union all
  select a.controller_id, 'activation_controllers', a.change_id || ' ' || a.controller_id || ' ' || a.agreement_id, to_jsonb(a)
  from activation_controllers a
  where a.change_id = of_change and (of_controllers is null or a.controller_id = any (of_controllers))
$$;

-- Every row of a pack once: of an officer's, or of the share of one controller.
create or replace function evidence_rows(of_change uuid, of_controller uuid default null)
returns table (table_name text, row_key text) language sql stable as $$
  select e.table_name, e.row_key from change_evidence(of_change, of_controller) e
  union
  select e.table_name, e.row_key from change_acts(of_change) e where of_controller is null
  union
  select e.table_name, e.row_key
  from controllers_evidence(of_change, case when of_controller is not null then array[of_controller] end) e
$$;

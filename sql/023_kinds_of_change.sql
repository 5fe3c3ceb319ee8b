-- Every kind of change, each in the regime that its clause demands (D38 to D40, docs/decisions/042).

-- guards.sql and records.sql are applied after this file and have the triggers anew.
drop trigger if exists guard_change on changes;

alter table changes
  drop constraint changes_kind_check,
  drop constraint changes_check,
  add constraint changes_kind_check
    check (kind in ('addition', 'replacement', 'amendment', 'removal', 'transfer-basis')),
  alter column sub_processor drop not null,
  -- Only of a company that is new to the register: two changes may amend one entry.
  alter column name_key drop not null,
  -- What it does to each register entry, with the facts before and after as they were told (D6).
  add column effects jsonb,
  -- The same, field by field, each with its regime and clause.
  add column elements jsonb,
  -- The names of the companies that it is about.
  add column companies text,
  add column objection boolean not null default true,
  add column approval boolean not null default false,
  add column stricter jsonb not null default '{"objection": false, "approval": false}',
  add column wording_only text[] not null default '{}',
  add column scope text not null default 'all' check (scope in ('all', 'each')),
  add column separation jsonb,
  add column upstream jsonb,
  add column amends uuid references register_entries,
  add column removes uuid references register_entries,
  add column children jsonb not null default '[]',
  add column entries jsonb not null default '[]',
  add column approval_answer_days integer not null default 30 check (approval_answer_days between 7 and 365),
  add column approval_effective_after_hours integer not null default 24 check (approval_effective_after_hours between 0 and 720),
  add column content_hash text;

-- What was announced before: a company enters, alone or in another's place.
with recursive above as (
  select id as entry, id, name, parent_id, 1 as height from register_entries
  union all
  select a.entry, e.id, e.name, e.parent_id, a.height + 1 from above a join register_entries e on e.id = a.parent_id
), chains as (
  select entry, jsonb_agg(name order by height desc) as names from above group by entry
), replaced as (
  select e.id, jsonb_build_object('name', e.name, 'registrationNumber', e.registration_number, 'address', e.address,
      'country', e.country, 'contactPerson', e.contact_person, 'parentId', e.parent_id, 'processing', e.processing,
      'personalData', e.personal_data, 'locations', e.locations) as company,
    coalesce((select names from chains where entry = e.parent_id), '[]') as chain
  from register_entries e
)
update changes c set
  companies = c.sub_processor ->> 'name',
  effects = jsonb_build_array(jsonb_build_object(
    'act', case when c.replaces is null then 'enters' else 'replaces' end,
    'entry', c.replaces,
    'from', (select jsonb_build_object('company', r.company, 'chain', jsonb_build_array(c.processor ->> 'name') || r.chain)
      from replaced r where r.id = c.replaces),
    'to', jsonb_build_object('company', c.sub_processor, 'chain', jsonb_build_array(c.processor ->> 'name')
      || coalesce((select names from chains where entry = (c.sub_processor ->> 'parentId')::uuid), '[]')))),
  elements = jsonb_build_array(jsonb_build_object('entry', c.replaces, 'company', c.sub_processor ->> 'name',
    'element', 'company', 'from', (select r.company ->> 'name' from replaced r where r.id = c.replaces),
    'to', c.sub_processor ->> 'name', 'regime', jsonb_build_object('objection', true, 'approval', false), 'clause', 'B.2'));

alter table changes
  alter column effects set not null,
  alter column elements set not null,
  alter column companies set not null,
  add constraint changes_replaces_something check ((kind = 'replacement') = (replaces is not null)),
  add constraint changes_amends_something check ((kind = 'amendment') = (amends is not null)),
  add constraint changes_removes_something check ((kind = 'removal') = (removes is not null)),
  add constraint changes_scope_each check (scope = 'all' or approval and separation is not null);

-- What a product's terms say of approval (B.1, C.5). Kept with its other terms, on record.
alter table products
  add column places_need_approval boolean not null default true,
  add column activities_need_approval boolean not null default true,
  add column replacements_need_approval boolean not null default false,
  add column approval_answer_days integer not null default 30 check (approval_answer_days between 7 and 365),
  add column approval_effective_after_hours integer not null default 24 check (approval_effective_after_hours between 0 and 720),
  -- The places of C.5: [{"company": "Telenor A/S", "country": "DK"}].
  add column places jsonb not null default '[]';
alter table product_terms
  add column places_need_approval boolean not null default true,
  add column activities_need_approval boolean not null default true,
  add column replacements_need_approval boolean not null default false,
  add column approval_answer_days integer not null default 30,
  add column approval_effective_after_hours integer not null default 24,
  add column places jsonb not null default '[]';

-- Who may approve for its controller; nobody until somebody says so.
alter table contacts add column may_approve boolean not null default false;

-- The version of the product's terms that an agreement was made on, where it is known.
alter table agreements add column terms_version text;

-- The messages that ask for approval, and those that answer it.
alter table messages
  drop constraint messages_kind_check,
  add check (kind in ('notice', 'late-notice', 'reminder', 'deadline-moved', 'objection-received', 'objection-rejected',
    'objection-resolved', 'withdrawal-code', 'withdrawal-requested', 'withdrawal-stopped', 'approval-reminder', 'approval-code',
    'approval-received', 'refusal-received', 'approval-ended', 'change-activated', 'change-withdrawn'));

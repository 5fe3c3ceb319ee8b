-- Until when what is of persons is kept (D51, decision 51). A case is a change, of one controller: it ends when the change is
-- withdrawn, when all that it did to the register has left it, or when the controller's agreement has ended, whichever is first.
-- Nothing of a case ends while its change is announced, or while something that came in for it is unread.

-- The same day and hour so many years later, where the days are counted.
create or replace function years_after(at timestamptz, years integer, zone text) returns timestamptz
language sql stable as $$
  select (at at time zone zone + make_interval(years => years)) at time zone zone
$$;

-- The longest that one of these products keeps this; of all products where none are named. What concerns several is kept for as long.
create or replace function kept_longest(rule text, of_products text[] default null) returns integer language sql stable as $$
  select max((retention ->> rule)::integer) from products where of_products is null or id = any(of_products)
$$;

-- Entries of the register that have left it, for everybody, and since when. Of one that came and went on one day, that day is not kept
-- in its versions.
create or replace function left_entries() returns table (entry_id uuid, left_on date) language sql stable as $$
  select entry_id, coalesce(max(upper(active)), (
    select c.activated_on from register_entries made join changes c on c.id = made.change_id
    where made.entry_id = e.entry_id order by made.id desc limit 1))
  from register_entries e group by entry_id having not bool_or(upper_inf(active))
$$;

-- The entries that a change makes, alters or ends.
create or replace function entries_of(change changes) returns setof uuid language sql stable as $$
  select id from register_entries where change_id = change.id and entry_id = id
  union
  select (effect ->> 'entry')::uuid from jsonb_array_elements(change.effects) as effect where effect ->> 'entry' is not null
$$;

create or replace function ended_changes() returns table (change_id uuid, ended_at timestamptz, because text)
language sql stable as $$
  select id, withdrawn_at, 'change-withdrawn' from changes where status = 'withdrawn'
  union all
  select c.id, max(e.left_on)::timestamp at time zone c.time_zone, 'entry-left'
  from changes c cross join lateral entries_of(c) as touched (entry_id) left join left_entries() e using (entry_id)
  where c.status = 'activated' group by c.id having bool_and(e.left_on is not null)
$$;

-- The agreements of a controller for a product that have all ended, and when the last one did.
create or replace function ended_agreements() returns table (controller_id uuid, product_id text, ended_at timestamptz)
language sql stable as $$
  select controller_id, product_id, max(ended_at) from agreements group by 1, 2 having bool_and(ended_at is not null)
$$;

-- The cases that have ended, with why, and how long they are kept.
create or replace function ended_cases() returns table (change_id uuid, controller_id uuid, ended_at timestamptz, because text,
  kept_years integer, time_zone text) language sql stable as $$
  select c.id, a.controller_id, least(e.ended_at, g.ended_at),
    case when g.ended_at < e.ended_at or e.ended_at is null then 'agreement-ended' else e.because end,
    (p.retention ->> 'caseYears')::integer, c.time_zone
  from changes c join products p on p.id = c.product_id
    join (select distinct controller_id, product_id from agreements) as a on a.product_id = c.product_id
    left join ended_changes() e on e.change_id = c.id
    left join ended_agreements() g on g.controller_id = a.controller_id and g.product_id = c.product_id
  where c.status <> 'announced' and (e.ended_at is not null or g.ended_at is not null)
    and not exists (select from answers
      where change_id = c.id and answers.controller_id = a.controller_id and status = 'unread')
    and not exists (select from inbound_mails m
      where m.change_id = c.id and m.controller_id = a.controller_id and m.taken_as is null)
$$;

-- Until when a case is kept, a legal hold aside; null while it has not ended.
create or replace function case_kept_until(of_change uuid, of_controller uuid) returns timestamptz language sql stable as $$
  select years_after(ended_at, kept_years, time_zone) from ended_cases()
  where change_id = of_change and controller_id = of_controller
$$;

-- Until when a legal hold keeps a change, a controller, or the case of both; `infinity` until it is released, null where nothing is
-- held. Who asks about a change alone asks about all its controllers.
create or replace function held_until(of_change uuid, of_controller uuid, now timestamptz) returns timestamptz
language sql stable as $$
  select max(coalesce(h.until, 'infinity')) from legal_holds h
  where h.released_at is null and coalesce(h.until, 'infinity') > now
    and (h.change_id = of_change or h.controller_id = of_controller
      or of_controller is null and exists (select from objection_windows w
        where w.change_id = of_change and w.controller_id = h.controller_id))
$$;

-- Whether a value of a person's column tells of nobody any more, as empty_rows and pseudonym_of leave it.
create or replace function tells_of_nobody(value text) returns boolean language sql immutable parallel safe as $$
  select value is null
    or value ~ '^(|\{\}|\[\]|\[erased\]|Kontakt \d+ hos .*|kontakt-\d+@[0-9a-f-]{36}\.invalid)$'
$$;

-- What a legal hold says stands; it is released once.
create or replace trigger content_is_final
  before update of id, change_id, controller_id, reason, placed_at, placed_by, until on legal_holds
  for each statement execute function refuse_change_of_record();
create or replace trigger never_deleted before delete or truncate on legal_holds
  for each statement execute function refuse_change_of_record();
create or replace trigger end_is_final before update on legal_holds
  for each row when (old.released_at is not null) execute function refuse_change_of_record();

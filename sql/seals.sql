-- How rows of the record are sealed (decision 49): what of them is sealed, as which bytes, and in which order.
--
-- A leaf is SHA-256(0x00 || line), and a line, in UTF-8 and without a newline:
--
--   <table> <version> {"column":"text",…} <commitment>
--
-- The columns are those that sql/columns.sql calls facts in that version, in the order of their names' bytes. A value is
-- PostgreSQL's text of it as a JSON string, or null. The commitment is SHA-256(key || person line) as hex, where the table has
-- columns of persons in that version: the person line is made of them like the facts, and the key is 32 random bytes of that row
-- alone. Elsewhere it is "-".
--
-- Every function that makes lines sets what the text of a value depends on.

-- Whether a column stands in this version of its table's lines.
create or replace function is_in_version(of record_columns, version smallint) returns boolean language sql immutable as $$
  select (of).since <= version and ((of).until is null or (of).until > version)
$$;

-- The tables whose rows are sealed, and the version that rows of now are sealed in.
create or replace function sealed_tables() returns table (table_name text, version smallint) language sql stable as $$
  select c.table_name, max(greatest(c.since, coalesce(c.until, c.since))) from record_columns c
  group by 1 having bool_or(c.part in ('fact', 'person') and c.until is null)
$$;

-- An expression on a row t: its columns of this part as one JSON object. Null where the version has none.
create or replace function line_expression(of_table text, of_part text, of_version smallint) returns text
language sql stable as $$
  select '''{'' || ' || string_agg(
      format('%L || coalesce(to_json(t.%I::text)::text, ''null'')', to_json(column_name)::text || ':', column_name),
      ' || '','' || ' order by column_name collate "C") || ' || ''}'''
  from record_columns c where table_name = of_table and part = of_part and is_in_version(c, of_version)
$$;

-- The line of a row, made of its parts.
create or replace function sealed_line(of_table text, version smallint, facts text, person_hash bytea) returns text
language sql immutable as $$
  select of_table || ' ' || version || ' ' || coalesce(facts, '{}') || ' ' || coalesce(encode(person_hash, 'hex'), '-')
$$;

create or replace function leaf_hash(line text) returns bytea language sql immutable as $$
  select sha256('\x00'::bytea || convert_to(line, 'UTF8'))
$$;

create or replace function person_commitment(person_key bytea, person_line text) returns bytea language sql immutable as $$
  select sha256(person_key || convert_to(person_line, 'UTF8'))
$$;

-- 32 random bytes, another at each call.
create or replace function new_person_key() returns bytea language sql volatile as $$
  select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;

-- The rows of the record that were written by transactions of this range, and are not sealed; null stands for no bound. Events
-- keep the place of their transaction in the feed (sql/001_schema.sql).
create or replace function unsealed_rows(from_xact bigint, below_xact bigint)
returns table (xact_id bigint, table_name text, row_key text) language plpgsql stable as $$
declare
  feed_offset constant bigint := (select xact_offset from event_feed);
  branch record;
begin
  for branch in
    select s.table_name as name, key_expression(s.table_name) as key,
      case s.table_name when 'events' then 'xid8' else 'bigint' end as type,
      case s.table_name when 'events' then feed_offset else 0 end as ahead
    from sealed_tables() s order by s.table_name collate "C"
  loop
    return query execute format(
      'select t.xact_id::text::bigint - $1, %1$L, %2$s from %1$I t
       where ($2 is null or t.xact_id >= $2::%3$s) and ($3 is null or t.xact_id < $3::%3$s)
         and not exists (select from sealed_rows s where s.table_name = %1$L and s.row_key = %2$s)',
      branch.name, branch.key, branch.type)
    using branch.ahead, (from_xact + branch.ahead)::text, (below_xact + branch.ahead)::text;
  end loop;
end $$;

-- Seals these rows, each table at the same place as its row_key, in this order, at the end of the tree of the epoch: all but
-- those that are sealed already. Returns the position of the first, and their hashes, one after the other. The caller holds the
-- lock of the sealing (src/db/seals.ts). It runs as its owner: the application writes no hash of a row.
create or replace function seal_rows(of_epoch integer, of_tables text[], of_keys text[])
returns table (first_position bigint, hashes bytea)
language plpgsql security definer set search_path from current set timezone = 'UTC' set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres' set bytea_output = 'hex' set extra_float_digits = 1 as $$
declare
  first constant bigint := (select coalesce(max(position) + 1, 0) from sealed_rows where epoch = of_epoch);
  branch record;
  sealed bigint;
begin
  -- A row that is emptied meanwhile would keep the key of what it said (empty_rows).
  perform pg_advisory_xact_lock(hashtextextended('seal-rows', 0));
  for branch in
    select g.name, s.version, array_agg(g.key order by g.place) as keys, array_agg(g.place order by g.place) as places
    from (select name, key, row_number() over (order by given.place) - 1 as place
        from unnest(of_tables, of_keys) with ordinality as given (name, key, place)
        where not exists (select from sealed_rows s where s.table_name = given.name and s.row_key = given.key)) g
      join sealed_tables() s on s.table_name = g.name
    group by g.name, s.version
  loop
    execute format(
      'with made as materialized (
         select g.key, g.place, %2$s as facts, %3$s as person_line, case when %4$L then new_person_key() end as person_key
         from unnest($1, $2) as g (key, place) join %1$I t on %5$s
       ), committed as (
         select *, person_commitment(person_key, person_line) as person_hash from made
       )
       insert into sealed_rows (epoch, position, table_name, row_key, version, hash, person_key, person_hash)
       select $3, $4 + place, %1$L, key, $5, leaf_hash(sealed_line(%1$L, $5, facts, person_hash)), person_key, person_hash
       from committed order by place',
      branch.name, coalesce(line_expression(branch.name, 'fact', branch.version), 'null::text'),
      coalesce(line_expression(branch.name, 'person', branch.version), 'null::text'),
      line_expression(branch.name, 'person', branch.version) is not null, has_key(branch.name, 'g.key'))
    using branch.keys, branch.places, of_epoch, first, branch.version;
    get diagnostics sealed = row_count;
    if sealed <> cardinality(branch.keys) then
      raise exception '% rows of % were sealed, % expected', sealed, branch.name, cardinality(branch.keys)
        using errcode = 'data_exception';
    end if;
  end loop;
  return query select first, coalesce(string_agg(s.hash, '' order by s.position), '')
    from sealed_rows s where s.epoch = of_epoch and s.position >= first;
end $$;

-- Moves what no checkpoint of an earlier epoch covers to the end of the tree of this one, and returns as seal_rows does: no more is
-- signed in an earlier one. Their hashes stay as they are.
create or replace function reseat_rows(of_epoch integer) returns table (first_position bigint, hashes bytea)
language plpgsql security definer set search_path from current as $$
declare
  first constant bigint := (select coalesce(max(position) + 1, 0) from sealed_rows where epoch = of_epoch);
begin
  if exists (select from seal_epochs where number > of_epoch) then
    raise exception 'epoch % is not the newest', of_epoch using errcode = 'invalid_parameter_value';
  end if;
  perform set_config('varsel.erasing', 'on', true);
  update sealed_rows s set epoch = of_epoch, position = first + moved.place
  from (select o.epoch, o.position, row_number() over (order by o.epoch, o.position) - 1 as place
    from seal_epochs e, lateral (select * from sealed_rows r where r.epoch = e.number
      and r.position >= (select coalesce(max(c.size), 0) from checkpoints c where c.epoch = e.number)) o
    where e.number < of_epoch) moved
  where s.epoch = moved.epoch and s.position = moved.position;
  perform set_config('varsel.erasing', 'off', true);
  return query select first, coalesce(string_agg(s.hash, '' order by s.position), '')
    from sealed_rows s where s.epoch = of_epoch and s.position >= first;
end $$;

-- What stands sealed of these rows of one table, with the lines that they have now. `line` is null where the row is gone,
-- `person_line` where its version has no columns of persons; `person_key` is null where they were emptied. A row that is not
-- sealed is left out.
create or replace function sealed_lines(of_table text, of_keys text[])
returns table (row_key text, epoch integer, "position" bigint, version smallint, hash bytea, line text, person_line text,
  person_key bytea, person_hash bytea, erasure_id uuid)
language plpgsql stable set timezone = 'UTC' set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres' set bytea_output = 'hex' set extra_float_digits = 1 as $$
declare
  of_version smallint;
begin
  for of_version in
    select distinct s.version from sealed_rows s where s.table_name = of_table and s.row_key = any (of_keys)
  loop
    return query execute format(
      'select s.row_key, s.epoch, s.position, s.version, s.hash,
         case when t.xact_id is not null then sealed_line(%1$L, s.version, %2$s, s.person_hash) end, %3$s,
         s.person_key, s.person_hash, s.erasure_id
       from sealed_rows s left join %1$I t on %4$s
       where s.table_name = %1$L and s.row_key = any ($1) and s.version = $2',
      of_table, coalesce(line_expression(of_table, 'fact', of_version), 'null::text'),
      coalesce(line_expression(of_table, 'person', of_version), 'null::text'), has_key(of_table, 's.row_key'))
    using of_keys, of_version;
  end loop;
end $$;

-- By what a database is known: its cluster, the time line of its write-ahead log, itself and its tables. One of them is another
-- after a restore from a dump or to a point in time, and where a standby has taken over.
create or replace function database_identity() returns text language sql volatile as $$
  select concat_ws(' ', system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8),
    (select oid from pg_database where datname = current_database()), 'seal_epochs'::regclass::oid)
  from pg_control_system()
$$;

-- The newest checkpoint in its short form, as it stands in events and mails: origin, size, root. Null before the first.
create or replace function newest_checkpoint() returns jsonb language sql stable as $$
  select jsonb_build_object('origin', e.origin, 'size', c.size, 'root', encode(c.root, 'base64'))
  from checkpoints c join seal_epochs e on e.number = c.epoch order by c.epoch desc, c.size desc limit 1
$$;

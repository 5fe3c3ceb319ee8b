-- How rows of all tables of the record are named alike: by their row_key, which is the primary key as text, its columns with a space
-- between. Seals, erasures and evidence packs name rows so.

-- An expression on a row t: its row_key.
create or replace function key_expression(of_table text) returns text language sql stable as $$
  select string_agg(format('t.%I::text', a.attname), ' || '' '' || ' order by place.position)
  from pg_index i, unnest(i.indkey::smallint[]) with ordinality as place (attribute, position), pg_attribute a
  where i.indrelid = of_table::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = place.attribute
$$;

-- A condition that a row t has the row_key in this expression. The index of the primary key finds it by its first column.
create or replace function has_key(of_table text, key text) returns text language sql stable as $$
  select format('t.%I = split_part(%s, '' '', 1)::%s and %s = %s', a.attname, key, format_type(a.atttypid, null),
    key_expression(of_table), key)
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = of_table::regclass and i.indisprimary
$$;

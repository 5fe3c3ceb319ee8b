-- What a customer is filed under elsewhere, and the forms in which two controllers are compared (D36).

alter table controllers
  add column reference text,
  add column metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  add column external_id_key text,
  add column registration_key text;

-- Once, in the forms that are usual. Every later save writes what `domain/registration-number.ts` reads.
update controllers set
  external_id_key = regexp_replace(lower(normalize(external_id, nfkc)), '^0+(?=\d+$)', ''),
  registration_key = case
    when compact ~ '^(DK)?\d{8}$' then 'DK:' || right(compact, 8)
    when compact ~ '^\d{9}$' then 'NO:' || compact
    when compact ~ '^\d{10}$' then 'SE:' || compact
    when compact ~ '\d' then ':' || compact
  end
from (select id as of, regexp_replace(upper(normalize(registration_number, nfkc)), '[^[:alnum:]]', '', 'g') as compact
  from controllers) as found
where id = of;

create index on controllers (external_id_key, external_id);
create index on controllers (registration_key, external_id) where registration_key is not null;

import type { VersionForController } from '../domain/entitlement.ts';
import { nameKey } from '../domain/register.ts';
import { readRegistrationNumber } from '../domain/registration-number.ts';
import { rows, type Queryable } from './postgres.ts';

interface Found extends Omit<VersionForController, 'entry'> {
  readonly isController: boolean;
  readonly hasAgreement: boolean;
  /** `null` where there is no version. */
  readonly entry: string | null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The forms in which a company is looked for: the id of its entry, its number (D36), its name. */
function lookedFor(company: string) {
  const { key } = readRegistrationNumber(company);
  // Digits alone may be a number of any country.
  const digits = key !== null && !/\p{L}/u.test(company) ? key.slice(key.indexOf(':') + 1) : null;
  return { id: UUID.test(company) ? company.toLowerCase() : null, name: nameKey(company), key, digits };
}

/**
 * What decides whether a company may be used for a controller's data at `now`, in one statement: every version of the entries
 * that have this id, number or name, now or before, the oldest first, and where the controller stands to each (D43).
 * `null` where there is no such product or controller.
 *
 * With 100,000 controllers, all in a wave of a change of scope `each`, and 200 entries of five versions each, it takes half a
 * millisecond and 47 pages: by index one controller, its agreement and its waves, and 27 pages for the whole register. The entries are
 * found first, because a join that asks for them row by row takes half a second, and so does an agreement that is asked for by `exists`.
 */
export async function findEntitlement(
  db: Queryable,
  {
    product,
    controller,
    company,
    now,
  }: { product: string; controller: string; company: string; now: Temporal.Instant },
): Promise<{ hasAgreement: boolean; versions: VersionForController[] } | null> {
  const { id, name, key, digits } = lookedFor(company);
  const found = await rows<Found>(
    db,
    `with asked as (
       select p.id as product, ($3::timestamptz at time zone p.time_zone)::date as today, k.id as controller, a.id as agreement
       from products p join controllers k on k.external_id = $2
       left join agreements a on a.product_id = p.id and a.controller_id = k.id and a.ended_at is null
       where p.id = $1
     ), entries as materialized (
       select entry_id from register_entries where product_id = $1 and entry_id = $4::uuid
       union select entry_id from register_entries where product_id = $1 and name_key = $5
       union select entry_id from register_entries where product_id = $1 and registration_key = $6
       union select entry_id from register_entries
         where product_id = $1 and $7::text is not null and substr(registration_key, strpos(registration_key, ':') + 1) = $7
     )
     select agreement is not null as "hasAgreement", v.entry_id as entry, v.active @> today as "isActive",
       coalesce(v.entry_id = $4 or v.name_key = $5 or v.registration_key = $6
         or substr(v.registration_key, strpos(v.registration_key, ':') + 1) = $7, false) as "isMeant", v.change_id as "changeId",
       array(select location ->> 'country' from jsonb_array_elements(v.locations) location) as countries,
       (select c.id from changes c where c.product_id = product and c.status = 'activated' and c.activated_on = upper(v.active)
          and c.effects @> jsonb_build_array(jsonb_build_object('entry', v.entry_id)) order by c.activated_at desc limit 1) as "endedBy",
       v.valid_for as "validFor", v.ended_for as "endedFor",
       array(select w.change_id from activation_controllers w where w.change_id = any(v.valid_for || v.ended_for)
          and w.controller_id = controller
          and w.agreement_id = agreement and w.activated_on <= today) as joined
     from asked left join (entries join register_entries v using (entry_id)) on true
     order by lower(v.active) nulls first, v.id`,
    [product, controller, now, id, name, key, digits],
  );
  const [first] = found;
  if (first === undefined) return null;
  return {
    hasAgreement: first.hasAgreement,
    versions: found.flatMap(({ entry, ...version }) => (entry === null ? [] : [{ ...version, entry }])),
  };
}

import {
  nameKey,
  registrationKey,
  type ContactPerson,
  type RegisterEntry,
  type RegisterVersion,
  type SubProcessor,
} from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import type { Location } from '../domain/transfer-basis.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

interface VersionRow {
  entry_id: string;
  id: string;
  name: string;
  registration_number: string | null;
  address: string;
  country: string;
  contact_person: ContactPerson | null;
  parent_id: string | null;
  processing: Text;
  personal_data: Text;
  locations: Location[];
  active_from: Temporal.PlainDate;
  active_until: Temporal.PlainDate | null;
  facts_from: Temporal.PlainDate;
  change_id: string | null;
  valid_for: string[];
  ended_for: string[];
}

/** Versions `v`, each with the days on which its entry is in the register. A version that held on no day has the day it came. */
const VERSIONS = `select v.*, coalesce(lower(v.active), entry.active_from, came.activated_on) as facts_from,
    coalesce(entry.active_from, came.activated_on) as active_from, coalesce(entry.active_until, came.activated_on) as active_until
  from register_entries v
  cross join lateral (select min(lower(active)) as active_from,
      case when bool_or(upper_inf(active)) then null else max(upper(active)) end as active_until
    from register_entries where entry_id = v.entry_id) as entry
  left join changes came on entry.active_from is null and came.id = v.change_id`;

/** The processor's own sub-processors first, the oldest first. */
const IN_ORDER = 'parent_id is not null, active_from, entry_id';

function toVersion(found: VersionRow): RegisterVersion {
  return { ...toEntry(found), versionId: found.id, validFor: found.valid_for, endedFor: found.ended_for };
}

function toEntry(found: VersionRow): RegisterEntry {
  return {
    id: found.entry_id,
    name: found.name,
    registrationNumber: found.registration_number,
    address: found.address,
    country: found.country,
    contactPerson: found.contact_person,
    parentId: found.parent_id,
    processing: found.processing,
    personalData: found.personal_data,
    locations: found.locations,
    activeFrom: found.active_from,
    activeUntil: found.active_until,
    factsFrom: found.facts_from,
    changeId: found.change_id,
    forSome: found.valid_for.length + found.ended_for.length > 0,
  };
}

/**
 * The register of a product on one day (D23), every entry once, as it is for the most controllers: for who is in no wave, or of an
 * entry that waves alone have added, as they added it (D43).
 */
export async function registerAsOf(db: Queryable, product: string, day: Temporal.PlainDate): Promise<RegisterEntry[]> {
  // Every wave that splits a version adds a change to one half: the other has the fewest.
  const found = await rows<VersionRow>(
    db,
    `select * from (select distinct on (v.entry_id) v.* from (${VERSIONS}) as v
       where v.product_id = $1 and v.active @> $2::date order by v.entry_id, cardinality(v.valid_for)) as entries
     order by ${IN_ORDER}`,
    [product, day],
  );
  return found.map(toEntry);
}

/** Every version that an entry of a product has on one day: one for each group of controllers that have it differently (D43). */
export async function versionsAsOf(
  db: Queryable,
  product: string,
  day: Temporal.PlainDate,
): Promise<RegisterVersion[]> {
  const found = await rows<VersionRow>(
    db,
    `select * from (${VERSIONS}) as v where product_id = $1 and active @> $2::date
     order by ${IN_ORDER}, cardinality(valid_for), id`,
    [product, day],
  );
  return found.map(toVersion);
}

/** The waves `w` of the controller $2 on the day $3, by the agreement for the product $1 that it had at the end of that day. */
const WAVES = `activation_controllers w where w.controller_id = $2 and w.activated_on <= $3 and w.agreement_id = (
  select agreement_at($1, $2, ($3::date + 1)::timestamp at time zone time_zone) from products where id = $1)`;

/** Whether the version `v` holds for that controller on that day (D43). */
const HOLDS = `v.active @> $3::date
  and not exists (select from unnest(v.valid_for) as needed(change_id)
    where not exists (select from ${WAVES} and w.change_id = needed.change_id))
  and not exists (select from ${WAVES} and w.change_id = any(v.ended_for))`;

/** The register of a product as it is for one controller on one day (D43). */
export async function registerOfController(
  db: Queryable,
  product: string,
  controllerId: string,
  day: Temporal.PlainDate,
): Promise<RegisterEntry[]> {
  const found = await rows<VersionRow>(
    db,
    `select * from (${VERSIONS}) as v where product_id = $1 and ${HOLDS} order by ${IN_ORDER}`,
    [product, controllerId, day],
  );
  return found.map(toEntry);
}

/** The entries with these ids, whether they are in the register today or not, as they became for the most controllers. */
export async function findEntries(db: Queryable, ids: readonly string[]): Promise<RegisterEntry[]> {
  if (ids.length === 0) return [];
  const found = await rows<VersionRow>(
    db,
    `select distinct on (v.entry_id) v.* from (${VERSIONS}) as v where v.entry_id = any($1)
     order by v.entry_id, cardinality(v.valid_for), v.id desc`,
    [ids],
  );
  return found.map(toEntry);
}

/** The entry that a change has added to the register; `null` where it adds none, or is not activated for anybody. */
export async function entryAddedBy(db: Queryable, changeId: string): Promise<string | null> {
  const found = await row<{ id: string }>(
    db,
    'select id from register_entries where change_id = $1 and entry_id = id',
    [changeId],
  );
  return found?.id ?? null;
}

/**
 * Locks entries until the transaction ends, and returns the versions of them that are in the register. Of two activations that
 * touch an entry, the second finds what the first made of it. All take the locks in one order, so neither waits for the other.
 */
export async function lockEntries(tx: Transaction, ids: readonly string[]): Promise<RegisterVersion[]> {
  // The first version of an entry never ceases to be: its row stands for the entry.
  await rows(tx, 'select from register_entries where id = any($1) order by id for no key update', [ids]);
  const found = await rows<VersionRow>(
    tx,
    `select * from (${VERSIONS}) as v where entry_id = any($1) and upper_inf(active) order by id`,
    [ids],
  );
  return found.map(toVersion);
}

/** The ids of the versions of these entries that are in the register now. */
export async function liveVersionIds(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    'select id from register_entries where entry_id = any($1) and upper_inf(active) order by id',
    [ids],
  );
  return found.map(({ id }) => id);
}

/** A version to write. `entry` is `null` of an entry's first one, and `id` is its id where that was given. */
export interface NewVersion extends SubProcessor {
  readonly product: string;
  readonly id?: string | null;
  readonly entry: string | null;
  readonly validFor: readonly string[];
  readonly endedFor: readonly string[];
  readonly from: Temporal.PlainDate;
  readonly changeId: string | null;
}

/** Writes a version that is in the register from a day on. Returns the id of its entry. */
export async function insertVersion(tx: Transaction, version: NewVersion): Promise<string> {
  const saved = await oneRow<{ entry_id: string }>(
    tx,
    `insert into register_entries (id, entry_id, product_id, name, name_key, registration_number, registration_key, address,
       country, contact_person, parent_id, processing, personal_data, locations, active, change_id, valid_for, ended_for)
     select id, coalesce($2, id), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, daterange($15, null), $16, $17, $18
     from coalesce($1, uuidv7()) as id
     returning entry_id`,
    [
      version.id ?? null,
      version.entry,
      version.product,
      version.name,
      nameKey(version.name),
      version.registrationNumber,
      registrationKey(version),
      version.address,
      version.country,
      version.contactPerson && JSON.stringify(version.contactPerson),
      version.parentId,
      JSON.stringify(version.processing),
      JSON.stringify(version.personalData),
      JSON.stringify(version.locations),
      version.from,
      version.changeId,
      version.validFor,
      version.endedFor,
    ],
  );
  return saved.entry_id;
}

/** Ends versions for everybody: `day` is the first day without them. */
export async function endVersions(tx: Transaction, ids: readonly string[], day: Temporal.PlainDate): Promise<void> {
  await rows(tx, 'update register_entries set active = daterange(lower(active), $2) where id = any($1)', [ids, day]);
}

/** Ends versions for the waves of a change (D43). */
export async function endVersionsFor(tx: Transaction, ids: readonly string[], changeId: string): Promise<void> {
  await rows(tx, 'update register_entries set ended_for = ended_for || $2::uuid where id = any($1)', [ids, changeId]);
}

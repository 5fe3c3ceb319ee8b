import { rows, type Queryable } from './postgres.ts';

/** A change that is in force, for all or for its waves, since the event that says so. */
export interface ActivatedChange {
  readonly id: string;
  readonly scope: 'all' | 'each';
  readonly timeZone: string;
  /** Of the first wave, where it has waves. */
  readonly at: Temporal.Instant;
  /** The entries that its effects name. */
  readonly entries: readonly string[];
}

/** The changes of a product that are in force for somebody, in the order in which they came into force. */
export async function activatedChanges(db: Queryable, product: string): Promise<ActivatedChange[]> {
  return rows(
    db,
    `select c.id, c.scope, c.time_zone as "timeZone", e.at,
       array(select effect ->> 'entry' from jsonb_array_elements(c.effects) as effect
         where effect ->> 'entry' is not null) as entries
     from changes c cross join lateral (
       select at, position from events where change_id = c.id and type = 'change.activated' order by sequence limit 1) as e
     where c.product_id = $1 order by e.position`,
    [product],
  );
}

/** A version of an entry of the register, as it stands. */
export interface VersionOnRecord {
  readonly id: string;
  readonly entry: string;
  readonly changeId: string | null;
  /** `null` where it held on no day. */
  readonly from: Temporal.PlainDate | null;
  readonly until: Temporal.PlainDate | null;
  readonly validFor: readonly string[];
  readonly endedFor: readonly string[];
}

/** The versions of a product's register. It has hundreds, not millions. */
export async function versionsOnRecord(db: Queryable, product: string): Promise<VersionOnRecord[]> {
  return rows(
    db,
    `select id, entry_id as entry, change_id as "changeId", lower(active) as "from", upper(active) as until,
       valid_for as "validFor", ended_for as "endedFor"
     from register_entries where product_id = $1 order by id`,
    [product],
  );
}

import {
  nameKey,
  registrationKey,
  type ContactPerson,
  type RegisterEntry,
  type SubProcessor,
} from '../domain/register.ts';
import type { Text } from '../domain/text.ts';
import type { Location } from '../domain/transfer-basis.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

interface EntryRow {
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
  change_id: string | null;
}

const COLUMNS = `id, name, registration_number, address, country, contact_person, parent_id, processing, personal_data,
  locations, lower(active) as active_from, upper(active) as active_until, change_id`;

function toEntry(found: EntryRow): RegisterEntry {
  return {
    id: found.id,
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
    changeId: found.change_id,
  };
}

/** The register of a product on one day (D23): the processor's own sub-processors first, the oldest first. */
export async function registerAsOf(db: Queryable, product: string, day: Temporal.PlainDate): Promise<RegisterEntry[]> {
  const found = await rows<EntryRow>(
    db,
    `select ${COLUMNS} from register_entries where product_id = $1 and active @> $2::date
     order by parent_id is not null, lower(active), id`,
    [product, day],
  );
  return found.map(toEntry);
}

/** The entries with these ids, whether they are in the register today or not. */
export async function findEntries(db: Queryable, ids: readonly string[]): Promise<RegisterEntry[]> {
  if (ids.length === 0) return [];
  return (await rows<EntryRow>(db, `select ${COLUMNS} from register_entries where id = any($1)`, [ids])).map(toEntry);
}

/** Puts a sub-processor into the register from `activeFrom` on. Returns the entry's id. */
export async function insertEntry(
  tx: Transaction,
  entry: SubProcessor & { product: string; id: string | null; activeFrom: Temporal.PlainDate; changeId: string | null },
): Promise<string> {
  const saved = await oneRow<{ id: string }>(
    tx,
    `insert into register_entries (id, product_id, name, name_key, registration_number, registration_key, address, country,
       contact_person, parent_id, processing, personal_data, locations, active, change_id)
     values (coalesce($1, uuidv7()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, daterange($14, null), $15)
     returning id`,
    [
      entry.id,
      entry.product,
      entry.name,
      nameKey(entry.name),
      entry.registrationNumber,
      registrationKey(entry),
      entry.address,
      entry.country,
      entry.contactPerson && JSON.stringify(entry.contactPerson),
      entry.parentId,
      JSON.stringify(entry.processing),
      JSON.stringify(entry.personalData),
      JSON.stringify(entry.locations),
      entry.activeFrom,
      entry.changeId,
    ],
  );
  return saved.id;
}

/** Takes an entry out of the register: `day` is the first day without it. */
export async function endEntry(tx: Transaction, id: string, day: Temporal.PlainDate): Promise<void> {
  await rows(tx, 'update register_entries set active = daterange(lower(active), $2) where id = $1', [id, day]);
}

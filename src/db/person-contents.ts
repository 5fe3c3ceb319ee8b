import type { RowOfPerson, TableOfPersons } from '../domain/erasure.ts';
import { rows, type Queryable } from './postgres.ts';

/** What a row says. Columns that serve the machinery alone are left out. */
export type Content = Readonly<Record<string, unknown>>;

const LEFT_OUT = ['xact_id', 'search_key', 'lease_id', 'leased_until', 'hash', 'request_hash', 'raw', 'secret_version'];

/** Of what tells of several persons, how the one is taken out of it. */
const PART_OF_PERSON: Partial<Record<TableOfPersons, string>> = {
  audit_log: `jsonb_build_object('persons', part_of_person(t.persons, $2, true))`,
  changes: `jsonb_build_object('id', t.id, 'contact_persons', part_of_person(t.contact_persons, $2, true))`,
  controllers: `jsonb_build_object('external_id', t.external_id, 'metadata', part_of_person(t.metadata, $2, true),
    'reference', part_of_person(jsonb_build_object('reference', t.reference), $2, true) -> 'reference')`,
  inbound_contents: `jsonb_build_object('raw', encode(t.raw, 'base64'))`,
  idempotency_keys: `jsonb_build_object('key', t.key, 'created_at', t.created_at)`,
  scans: `jsonb_build_object('id', t.id, 'media_type', t.media_type, 'bytes', t.bytes, 'added_at', t.added_at,
    'content', encode(t.content, 'base64'))`,
  products: `jsonb_build_object('id', t.id, 'officers_address', t.officers_address)`,
};
/** Tables of which that part is all that is shown. */
const PART_ALONE: readonly TableOfPersons[] = ['changes', 'controllers', 'idempotency_keys', 'products', 'scans'];

/** What these rows of one table say of the person with this address, by their keys. */
export async function contentsOf(
  db: Queryable,
  table: TableOfPersons,
  keys: readonly string[],
  email: string,
): Promise<Map<string, Content>> {
  const [{ key }] = (await rows<{ key: string }>(db, 'select key_expression($1) as key', [table])) as [{ key: string }];
  const part = PART_OF_PERSON[table] ?? `'{}'::jsonb`;
  const whole = PART_ALONE.includes(table) ? part : `to_jsonb(t) - $3::text[] || ${part}`;
  const found = await rows<{ key: string; content: Content }>(
    db,
    `select ${key} as key, ${whole} as content from ${table} t where ${key} = any($1) and $2::text is not null
       and $3::text[] is not null`,
    [keys, email, LEFT_OUT],
  );
  return new Map(found.map((each) => [each.key, each.content]));
}

/** What a contact is, of each controller that has this address. */
export async function contactsWith(db: Queryable, email: string): Promise<(Content & { controller: string })[]> {
  return rows(
    db,
    `select k.external_id as controller, c.id, c.email, c.name, c.language, c.may_approve
     from contacts c join controllers k on k.id = c.controller_id where lower(c.email) = lower($1) order by 1, c.id`,
    [email],
  );
}

/** Who has received something of these objections and approvals: a controller's other contacts, by how many they were. */
export async function contactsTold(
  db: Queryable,
  found: readonly RowOfPerson[],
  email: string,
): Promise<{ controller: string; count: number }[]> {
  const keys = (table: TableOfPersons) => found.filter((each) => each.table === table).map((each) => each.key);
  return rows(
    db,
    `select k.external_id as controller, count(distinct lower(m.email)) as count
     from messages m join controllers k on k.id = m.controller_id
     where (m.objection_id = any($1::uuid[]) or m.approval_id = any($2::uuid[])) and lower(m.email) <> lower($3)
       and m.status = 'accepted'
     group by 1 order by 1`,
    [keys('objections'), keys('approvals'), email],
  );
}

/** The addresses that mails to officers go to, of the products that these controllers have or had an agreement for. */
export async function officersOf(
  db: Queryable,
  externalIds: readonly string[],
): Promise<{ product: string; address: string }[]> {
  return rows(
    db,
    `select distinct p.id as product, p.officers_address as address
     from controllers k join agreements a on a.controller_id = k.id join products p on p.id = a.product_id
     where k.external_id = any($1) and p.officers_address is not null order by 1`,
    [externalIds],
  );
}

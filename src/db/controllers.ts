import type pg from 'pg';
import { externalIdKey, type NearDuplicates } from '../domain/near-duplicate.ts';
import { readRegistrationNumber, searchedNumbers } from '../domain/registration-number.ts';
import type { Language } from '../domain/text.ts';
import { isFoundIn, isPartOf } from './search.ts';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A person at a controller who receives notices. */
export interface Contact {
  /** Of one that is on record. Left out, the contact is known by its address, or is new. */
  readonly id?: string;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  /**
   * Whether it may approve for its controller (D42). Left out, what stands of its address is kept; nobody may until somebody says
   * so.
   */
  readonly mayApprove?: boolean | undefined;
}

/** A customer, the products that it has an agreement for, and the people to notify. */
export interface Controller {
  readonly externalId: string;
  readonly name: string;
  readonly registrationNumber: string;
  readonly products: readonly string[];
  readonly contacts: readonly Contact[];
  /** What the customer wants to be referred to by. Left out, what stands is kept. */
  readonly reference?: string | null | undefined;
  /** What the company keeps of it: an EAN, an account manager. Left out, what stands is kept. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** The version of its terms that each agreement is on, by product (D46); `null` for none. Of one left out, what stands is kept. */
  readonly termsVersions?: Readonly<Record<string, string | null>> | undefined;
}

export type StoredContact = Contact & { readonly id: string; readonly mayApprove: boolean };

export interface StoredController extends Controller {
  readonly id: string;
  readonly contacts: readonly StoredContact[];
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly termsVersions: Readonly<Record<string, string>>;
}

const CONTROLLERS = `select c.id, c.external_id as "externalId", c.name, c.registration_number as "registrationNumber",
    c.reference, c.metadata,
    array(select product_id from agreements where controller_id = c.id and ended_at is null order by product_id) as products,
    coalesce((select jsonb_object_agg(product_id, terms_version) from agreements
      where controller_id = c.id and ended_at is null and terms_version is not null), '{}') as "termsVersions",
    coalesce((select jsonb_agg(jsonb_build_object('id', id, 'email', email, 'name', name, 'language', language,
      'mayApprove', may_approve) order by position)
      from contacts where controller_id = c.id), '[]') as contacts
  from controllers c`;

/** What the controllers with these external ids are called, by them. */
export async function namesOfControllers(
  db: Queryable,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ externalId: string; name: string }>(
    db,
    'select external_id as "externalId", name from controllers where external_id = any($1)',
    [externalIds],
  );
  return new Map(found.map(({ externalId, name }) => [externalId, name]));
}

/** The controller, or `null`. */
export async function findController(db: Queryable, externalId: string): Promise<StoredController | null> {
  return row<StoredController>(db, `${CONTROLLERS} where c.external_id = $1`, [externalId]);
}

/** Whether this address is one of the controller's contacts now. The case of letters makes no difference. */
export async function isContact(db: Queryable, controllerId: string, email: string): Promise<boolean> {
  const found = await row(db, 'select from contacts where controller_id = $1 and lower(email) = lower($2) limit 1', [
    controllerId,
    email,
  ]);
  return found !== null;
}

/** Whether a controller `d` is another one than `c`, and has a running agreement, as who is a customer has, for one of `$2`. */
const IS_ANOTHER = `d.id <> c.id and exists (select from agreements
  where controller_id = d.id and ended_at is null and ($2::text[] is null or product_id = any($2)))`;

/**
 * The values of a column that several controllers have: few, so that only those are compared with each other. In their order they are
 * read from an index alone, in a third of the time that hashing them takes.
 */
async function sharedBy(db: Queryable, column: 'registration_key' | 'external_id_key'): Promise<string[]> {
  const found = await rows<{ key: string }>(
    db,
    `select ${column} as key from controllers where ${column} is not null group by 1 having count(*) > 1 order by 1`,
  );
  return found.map(({ key }) => key);
}

/** How many near duplicates of each controller are found. */
const MAX_DUPLICATES = 20;

/**
 * Controllers with a running agreement that may be the same as these, for each of these that is stored (D36); of these products,
 * `null` for all.
 */
export async function findNearDuplicates(
  db: Queryable,
  externalIds: readonly string[],
  products: readonly string[] | null,
): Promise<Map<string, NearDuplicates>> {
  const others = (which: string) =>
    `array(select d.external_id from controllers d where ${which} and ${IS_ANOTHER}
       order by d.external_id limit ${MAX_DUPLICATES})`;
  const found = await rows<NearDuplicates & { externalId: string }>(
    db,
    `select c.external_id as "externalId", ${others('d.registration_key = c.registration_key')} as "sameNumber",
       ${others('d.external_id_key = c.external_id_key')} as "similarId"
     from controllers c where c.external_id = any($1)`,
    [externalIds, products],
  );
  return new Map(found.map((each) => [each.externalId, each]));
}

const KEYS = { textKey: 'c.search_key', registrationKey: 'c.registration_key' };

const foundIn = (words: { q: string; numbers: string }) => ({
  controller: isFoundIn(KEYS, words),
  contact: isPartOf('search_key', words.q),
});

/**
 * SQL: whether `q` is a part of an external id, a name, a contact's address or a registration number of the controller `c`, however
 * it is spelt. `found` is a parameter: the ids of those in which it is, where they are known (`searchControllers`).
 */
export const isControllerFound = ({ found, ...words }: { found: string; q: string; numbers: string }) =>
  `((${found}::uuid[] is null or c.id = any(${found})) and (${words.q}::text is null or ${foundIn(words).controller}
    or exists (select from contacts where controller_id = c.id and ${foundIn(words).contact})))`;

/** Of more than these a page is full before long, also where those that have the words stand beside each other. */
const FEW = 20_000;

/**
 * What `isControllerFound` takes: where few controllers have the words in them, which ones, found at once by an index
 * (docs/decisions/039); otherwise the words, which are looked for row by row until a page is full.
 */
export async function searchControllers(
  db: Queryable,
  q: string | null,
): Promise<{ found: readonly string[] | null; q: string | null; numbers: readonly string[] }> {
  const numbers = searchedNumbers(q);
  if (q === null) return { found: null, q, numbers };
  const { controller, contact } = foundIn({ q: '$1', numbers: '$2' });
  const found = await rows<{ id: string }>(
    db,
    `select id from ((select id from controllers c where ${controller} limit $3)
       union (select controller_id from contacts where ${contact} limit $3)) as each limit $3`,
    [q, numbers, FEW + 1],
  );
  return found.length > FEW ? { found: null, q, numbers } : { found: found.map(({ id }) => id), q: null, numbers };
}

/**
 * Controllers in order of their external ids, from after `after`; of one product or of all, or those with near duplicates, or those
 * in which `q` is found (`isControllerFound`).
 */
export async function listControllers(
  pool: pg.Pool,
  filter: {
    product: string | null;
    q: string | null;
    areDuplicates: boolean;
    /** Of which products near duplicates are looked for; `null` for all. */
    products: readonly string[] | null;
    after: string | null;
    limit: number;
  },
): Promise<StoredController[]> {
  const searched = await searchControllers(pool, filter.q);
  // A condition of its own: beside an "or", PostgreSQL would read all agreements for each page.
  const ofProduct =
    filter.product === null
      ? '$1::text is null'
      : 'exists (select from agreements where controller_id = c.id and product_id = $1 and ended_at is null)';
  // Each reads every customer: on connections of their own they do it at the same time.
  const [numbers, ids] = filter.areDuplicates
    ? await Promise.all([sharedBy(pool, 'registration_key'), sharedBy(pool, 'external_id_key')])
    : [[], []];
  return rows<StoredController>(
    pool,
    `${CONTROLLERS}
     where ${ofProduct}
       and ($6::text is null or c.external_id > $6)
       and (not $4 or exists (select from agreements where controller_id = c.id and ended_at is null)
         and (c.registration_key = any($9) or c.external_id_key = any($10))
         and (exists (select from controllers d where d.registration_key = c.registration_key and ${IS_ANOTHER})
           or exists (select from controllers d where d.external_id_key = c.external_id_key and ${IS_ANOTHER})))
       and ${isControllerFound({ found: '$8', q: '$5', numbers: '$7' })}
     order by c.external_id limit $3`,
    [
      filter.product,
      filter.products,
      filter.limit,
      filter.areDuplicates,
      searched.q,
      filter.after,
      searched.numbers,
      searched.found,
      numbers,
      ids,
    ],
  );
}

/** Creates the controllers that do not exist yet, without contacts and agreements. Returns their external ids. */
export async function insertMissingControllers(
  tx: Transaction,
  controllers: readonly Controller[],
  now: Temporal.Instant,
): Promise<string[]> {
  const created = await rows<{ external_id: string }>(
    tx,
    `insert into controllers (external_id, external_id_key, name, registration_number, registration_key, created_at, updated_at)
     select "externalId", "externalIdKey", name, "registrationNumber", "registrationKey", $2, $2
     from jsonb_to_recordset($1) as given("externalId" text, "externalIdKey" text, name text, "registrationNumber" text,
       "registrationKey" text)
     order by "externalId"
     on conflict (external_id) do nothing
     returning external_id`,
    [JSON.stringify(controllers.map(withKeys)), now],
  );
  return created.map(({ external_id }) => external_id);
}

/** A controller with the forms in which it is compared (D36). */
function withKeys<Some extends Controller>(controller: Some) {
  return {
    ...controller,
    externalIdKey: externalIdKey(controller.externalId),
    registrationKey: readRegistrationNumber(controller.registrationNumber).key,
  };
}

/** The controllers with these external ids, their rows locked in the same order by every transaction. */
export async function lockControllers(tx: Transaction, externalIds: readonly string[]): Promise<StoredController[]> {
  await rows(tx, 'select from controllers where external_id = any($1) order by external_id for no key update', [
    externalIds,
  ]);
  return rows<StoredController>(tx, `${CONTROLLERS} where c.external_id = any($1)`, [externalIds]);
}

/**
 * Replaces what is known of existing controllers, but for their agreements. Contacts with an id keep it, those without one get
 * one, and `removed` are the ids of those who are left out.
 */
export async function replaceDetails(
  tx: Transaction,
  controllers: readonly (Controller & { readonly id: string })[],
  removed: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  const given = JSON.stringify(controllers.map(withKeys));
  await rows(
    tx,
    `update controllers c set name = given.name, registration_number = given."registrationNumber",
       registration_key = given."registrationKey", reference = given.reference, metadata = given.metadata, updated_at = $2
     from jsonb_to_recordset($1) as given(id uuid, name text, "registrationNumber" text, "registrationKey" text,
       reference text, metadata jsonb)
     where c.id = given.id`,
    [given, now],
  );
  await rows(
    tx,
    `insert into contacts (id, controller_id, position, email, name, language, may_approve)
     select coalesce((contact.value ->> 'id')::uuid, uuidv7()), given.id, contact.position, contact.value ->> 'email',
       contact.value ->> 'name', contact.value ->> 'language', coalesce((contact.value ->> 'mayApprove')::boolean, false)
     from jsonb_to_recordset($1) as given(id uuid, contacts jsonb),
       jsonb_array_elements(given.contacts) with ordinality as contact(value, position)
     on conflict (id) do update
     set position = excluded.position, email = excluded.email, name = excluded.name, language = excluded.language,
       may_approve = excluded.may_approve
     where (contacts.position, contacts.email, contacts.name, contacts.language, contacts.may_approve)
       is distinct from (excluded.position, excluded.email, excluded.name, excluded.language, excluded.may_approve)`,
    [given],
  );
  if (removed.length > 0) await rows(tx, 'delete from contacts where id = any($1)', [removed]);
}

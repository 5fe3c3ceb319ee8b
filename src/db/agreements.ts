import { LANGUAGES, type Language } from '../domain/text.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** A controller's agreement for a product, and the version of its terms; `null` where none is known. */
export interface AgreementOnTerms {
  readonly controllerId: string;
  readonly product: string;
  readonly termsVersion: string | null;
}

/** Starts agreements. The caller leaves out pairs of controller and product that have a running one. */
export async function startAgreements(
  tx: Transaction,
  agreements: readonly AgreementOnTerms[],
  now: Temporal.Instant,
): Promise<void> {
  if (agreements.length === 0) return;
  await rows(
    tx,
    `insert into agreements (controller_id, product_id, started_at, terms_version)
     select "controllerId", product, $2, "termsVersion"
     from jsonb_to_recordset($1) as given("controllerId" uuid, product text, "termsVersion" text)`,
    [JSON.stringify(agreements), now],
  );
}

/** Puts running agreements on other versions of their terms. */
export async function setTermsVersions(tx: Transaction, agreements: readonly AgreementOnTerms[]): Promise<void> {
  await rows(
    tx,
    `update agreements a set terms_version = "termsVersion"
     from jsonb_to_recordset($1) as given("controllerId" uuid, product text, "termsVersion" text)
     where a.controller_id = "controllerId" and a.product_id = product and a.ended_at is null`,
    [JSON.stringify(agreements)],
  );
}

/** Ends a running agreement (D7). Does nothing where there is none. */
export async function markAgreementEnded(
  tx: Transaction,
  controllerId: string,
  product: string,
  now: Temporal.Instant,
): Promise<void> {
  await rows(
    tx,
    `update agreements set ended_at = $3 where controller_id = $1 and product_id = $2 and ended_at is null`,
    [controllerId, product, now],
  );
}

/** Whether the controller has an agreement for the product now. */
export async function hasRunningAgreement(db: Queryable, controllerId: string, product: string): Promise<boolean> {
  const running = 'select from agreements where controller_id = $1 and product_id = $2 and ended_at is null';
  return (await row(db, running, [controllerId, product])) !== null;
}

/** The external ids of the controllers that have an agreement for the product, in order. */
export async function controllersOf(db: Queryable, product: string): Promise<string[]> {
  const found = await rows<{ external_id: string }>(
    db,
    `select c.external_id from agreements a join controllers c on c.id = a.controller_id
     where a.product_id = $1 and a.ended_at is null order by c.external_id`,
    [product],
  );
  return found.map(({ external_id }) => external_id);
}

/** Who would be notified of a change of a product. */
export interface Audience {
  readonly controllers: number;
  readonly contacts: number;
  /** How many contacts read each language. */
  readonly byLanguage: Readonly<Record<Language, number>>;
  /** How many controllers have nobody who may approve (D42). */
  readonly withoutApprover: number;
  /** How many controllers have no contact, and the first 100 external ids of those. */
  readonly withoutContact: { readonly controllers: number; readonly first: readonly string[] };
}

/** The controllers that have an agreement for the product, and their contacts. */
export async function audienceOf(db: Queryable, product: string): Promise<Audience> {
  const { controllers, contacts, da, en, approvable, lacking } = await oneRow<
    Record<'controllers' | 'contacts' | Language | 'approvable' | 'lacking', number>
  >(
    db,
    // In this order both are read from their indexes alone and merged, and what is distinct is counted without a sort. Hashed, it
    // takes twice as long at 100,000 controllers, and four times as long at a million (2026-11).
    `select count(distinct controller_id) as controllers, count(language) as contacts,
       count(*) filter (where language = 'da') as da, count(*) filter (where language = 'en') as en,
       count(distinct controller_id) filter (where may_approve) as approvable,
       count(*) filter (where language is null) as lacking
     from (
       select a.controller_id, c.language, c.may_approve
       from agreements a left join contacts c on c.controller_id = a.controller_id
       where a.product_id = $1 and a.ended_at is null order by a.controller_id
     ) each`,
    [product],
  );
  const first = lacking === 0 ? [] : await controllersWithoutContact(db, product);
  return {
    controllers,
    contacts,
    byLanguage: { da, en },
    withoutApprover: controllers - approvable,
    withoutContact: { controllers: lacking, first },
  };
}

/**
 * The languages that a contact of the product reads: asked for each, so that no contact is counted, and from the contacts on, so that
 * nobody is looked for in a language that no contact has.
 */
export async function languagesRead(db: Queryable, product: string): Promise<Language[]> {
  const found = await rows<{ language: Language }>(
    db,
    `select language from unnest($2::text[]) with ordinality as known(language, place)
     where (select true from (select controller_id from contacts where language = known.language offset 0) c
         join agreements a on a.controller_id = c.controller_id and a.product_id = $1 and a.ended_at is null limit 1)
     order by place`,
    [product, LANGUAGES],
  );
  return found.map(({ language }) => language);
}

async function controllersWithoutContact(db: Queryable, product: string): Promise<string[]> {
  const found = await rows<{ external_id: string }>(
    db,
    `select c.external_id from agreements a join controllers c on c.id = a.controller_id
     where a.product_id = $1 and a.ended_at is null
       and not exists (select from contacts where controller_id = c.id)
     order by c.external_id limit 100`,
    [product],
  );
  return found.map(({ external_id }) => external_id);
}

import { row, rows, type Queryable, type Transaction } from './postgres.ts';

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

import type { ObjectionAddress, Processor } from '../domain/change.ts';
import type { SecondPersonAct } from '../domain/proposal.ts';
import type { RetentionRules } from '../domain/retention.ts';
import type { ApprovalTerms, TermsUnderContract } from '../domain/terms.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What the processor sells, with the terms of its agreements. */
export interface Product extends TermsUnderContract {
  readonly id: string;
  readonly name: string;
  readonly processor: Processor;
  readonly objectionAddress: ObjectionAddress;
  /** Hours that a withdrawal waits after every contact has been told of it (D31). */
  readonly withdrawalDelayHours: number;
  /** Minutes from an announcement to its first notice, where it says nothing else (D33). */
  readonly holdMinutes: number;
  /** Where its officers get mails about objections, answers, deadlines and failures; `null` for none. */
  readonly officersAddress: string | null;
  /** How long what is of persons is kept (D51). */
  readonly retention: RetentionRules;
  /** Which acts one person proposes and another approves (D61). */
  readonly secondPerson: readonly SecondPersonAct[];
  readonly registerLoadedAt: Temporal.Instant | null;
}

interface ProductRow {
  id: string;
  name: string;
  processor: Processor;
  objection_window_days: number;
  time_zone: string;
  roll_forward: boolean;
  places_need_approval: boolean;
  activities_need_approval: boolean;
  replacements_need_approval: boolean;
  approval_answer_days: number;
  approval_effective_after_hours: number;
  places: ApprovalTerms['places'];
  contract_window_days: number | null;
  contract_time_zone: string | null;
  objection_address: ObjectionAddress;
  withdrawal_delay_hours: number;
  hold_minutes: number;
  officers_address: string | null;
  retention: RetentionRules;
  second_person: SecondPersonAct[];
  register_loaded_at: Temporal.Instant | null;
}

/** The terms in a row, of a product or of the record of its terms. */
export function termsIn(
  found: Pick<
    ProductRow,
    | 'objection_window_days'
    | 'time_zone'
    | 'roll_forward'
    | 'places_need_approval'
    | 'activities_need_approval'
    | 'replacements_need_approval'
    | 'approval_answer_days'
    | 'approval_effective_after_hours'
    | 'places'
    | 'contract_window_days'
    | 'contract_time_zone'
  >,
): TermsUnderContract {
  const { contract_window_days: days, contract_time_zone: timeZone } = found;
  return {
    terms: {
      objectionWindowDays: found.objection_window_days,
      timeZone: found.time_zone,
      rollForward: found.roll_forward,
      placesNeedApproval: found.places_need_approval,
      activitiesNeedApproval: found.activities_need_approval,
      replacementsNeedApproval: found.replacements_need_approval,
      approvalAnswerDays: found.approval_answer_days,
      approvalEffectiveAfterHours: found.approval_effective_after_hours,
      places: found.places,
    },
    contractMinimum: days === null || timeZone === null ? null : { objectionWindowDays: days, timeZone },
  };
}

function toProduct(found: ProductRow): Product {
  return {
    id: found.id,
    name: found.name,
    processor: found.processor,
    ...termsIn(found),
    objectionAddress: found.objection_address,
    withdrawalDelayHours: found.withdrawal_delay_hours,
    holdMinutes: found.hold_minutes,
    officersAddress: found.officers_address,
    retention: found.retention,
    secondPerson: found.second_person,
    registerLoadedAt: found.register_loaded_at,
  };
}

/** The product, or `null`. */
export async function findProduct(db: Queryable, id: string): Promise<Product | null> {
  const found = await row<ProductRow>(db, 'select * from products where id = $1', [id]);
  return found && toProduct(found);
}

/** A product that there is: something on record is of it. */
export async function getProduct(db: Queryable, id: string): Promise<Product> {
  return toProduct(await oneRow<ProductRow>(db, 'select * from products where id = $1', [id]));
}

/** One of these products, of all of them where that is `null`, that asks two people for an act (D61); `null` where none does. */
export async function findProductThatAsksTwo(
  db: Queryable,
  act: SecondPersonAct,
  products: readonly string[] | null,
): Promise<string | null> {
  const sql = `select id from products where $1 = any(second_person) and ($2::text[] is null or id = any($2)) order by id limit 1`;
  return (await row<{ id: string }>(db, sql, [act, products]))?.id ?? null;
}

/** Products in order of their ids, from after `after`. */
export async function listProducts(db: Queryable, after: string | null, limit: number): Promise<Product[]> {
  const found = await rows<ProductRow>(
    db,
    `select * from products where $1::text is null or id > $1 order by id limit $2`,
    [after, limit],
  );
  return found.map(toProduct);
}

/** The advisory lock that comes before the rows': row locks are not fair (see `lockChanges`). */
const PRODUCTS_LOCK = `hashtextextended('products', 0)`;

/**
 * Locks the product, or returns `null`. An announcement, and what changes the product, lock it alone, and controllers that
 * join share it (`lockProductsToJoin`): otherwise a controller that joins meanwhile would get no notice (D5, D7).
 */
export async function lockProduct(tx: Transaction, id: string): Promise<Product | null> {
  await tx.query(`select pg_advisory_xact_lock(${PRODUCTS_LOCK})`);
  const found = await row<ProductRow>(tx, 'select * from products where id = $1 for no key update', [id]);
  return found && toProduct(found);
}

/**
 * Locks every product against announcements, shared, so that many controllers join and leave at once. Every product, because
 * which ones a controller leaves is known only when its own row is locked, which comes later. Returns their ids.
 */
export async function lockProductsToJoin(tx: Transaction): Promise<string[]> {
  await tx.query(`select pg_advisory_xact_lock_shared(${PRODUCTS_LOCK})`);
  return (await rows<{ id: string }>(tx, 'select id from products order by id for share')).map(({ id }) => id);
}

/** Creates the product or replaces its fields. */
export async function upsertProduct(
  tx: Transaction,
  product: Omit<Product, 'registerLoadedAt'>,
  now: Temporal.Instant,
): Promise<void> {
  const { terms, contractMinimum } = product;
  await rows(
    tx,
    `insert into products (id, name, processor, objection_window_days, time_zone, roll_forward, objection_address,
       contract_window_days, contract_time_zone, created_at, updated_at,
       withdrawal_delay_hours, hold_minutes, officers_address, places_need_approval, activities_need_approval,
       replacements_need_approval, approval_answer_days, approval_effective_after_hours, places, retention, second_person)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
     on conflict (id) do update set name = excluded.name, processor = excluded.processor,
       objection_window_days = excluded.objection_window_days, time_zone = excluded.time_zone,
       roll_forward = excluded.roll_forward, objection_address = excluded.objection_address,
       contract_window_days = excluded.contract_window_days, contract_time_zone = excluded.contract_time_zone,
       withdrawal_delay_hours = excluded.withdrawal_delay_hours, hold_minutes = excluded.hold_minutes,
       officers_address = excluded.officers_address, places_need_approval = excluded.places_need_approval,
       activities_need_approval = excluded.activities_need_approval,
       replacements_need_approval = excluded.replacements_need_approval,
       approval_answer_days = excluded.approval_answer_days,
       approval_effective_after_hours = excluded.approval_effective_after_hours, places = excluded.places,
       retention = excluded.retention, second_person = excluded.second_person, updated_at = excluded.updated_at`,
    [
      product.id,
      product.name,
      JSON.stringify(product.processor),
      terms.objectionWindowDays,
      terms.timeZone,
      terms.rollForward,
      JSON.stringify(product.objectionAddress),
      contractMinimum?.objectionWindowDays ?? null,
      contractMinimum?.timeZone ?? null,
      now,
      product.withdrawalDelayHours,
      product.holdMinutes,
      product.officersAddress,
      terms.placesNeedApproval,
      terms.activitiesNeedApproval,
      terms.replacementsNeedApproval,
      terms.approvalAnswerDays,
      terms.approvalEffectiveAfterHours,
      JSON.stringify(terms.places),
      JSON.stringify(product.retention),
      product.secondPerson,
    ],
  );
}

/** Records that the first register has been loaded, which happens once (D21). */
export async function markRegisterLoaded(tx: Transaction, id: string, now: Temporal.Instant): Promise<void> {
  await rows(tx, 'update products set register_loaded_at = $2 where id = $1', [id, now]);
}

/** The ids of all products. */
export async function knownProducts(db: Queryable): Promise<string[]> {
  return (await rows<{ id: string }>(db, 'select id from products order by id')).map(({ id }) => id);
}

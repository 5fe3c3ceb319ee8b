import type { Language } from '../domain/text.ts';
import { oneRow, rows, type Queryable } from './postgres.ts';

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

/**
 * The controllers that have an agreement for the product, and their contacts: added up from what `sql/audience.sql` keeps
 * (docs/decisions/067).
 */
export async function audienceOf(db: Queryable, product: string): Promise<Audience> {
  const { controllers, da, en, withoutApprover, withoutContact } = await oneRow<
    Record<'controllers' | Language | 'withoutApprover' | 'withoutContact', number>
  >(
    db,
    `select count(*) as controllers, coalesce(sum(da), 0) as da, coalesce(sum(en), 0) as en,
       count(*) filter (where approvers = 0) as "withoutApprover", count(*) filter (where da = 0 and en = 0) as "withoutContact"
     from audience_members where product_id = $1`,
    [product],
  );
  const first = withoutContact === 0 ? [] : await controllersWithoutContact(db, product);
  return {
    controllers,
    contacts: da + en,
    byLanguage: { da, en },
    withoutApprover,
    withoutContact: { controllers: withoutContact, first },
  };
}

async function controllersWithoutContact(db: Queryable, product: string): Promise<string[]> {
  const found = await rows<{ external_id: string }>(
    db,
    `select c.external_id from audience_members m join controllers c on c.id = m.controller_id
     where m.product_id = $1 and m.da = 0 and m.en = 0 order by c.external_id limit 100`,
    [product],
  );
  return found.map(({ external_id }) => external_id);
}

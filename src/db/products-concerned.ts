import { row, type Queryable } from './postgres.ts';

const OF_CHANGE = (table: string) =>
  `select array[c.product_id] as products from ${table} t join changes c on c.id = t.change_id where t.id = $1::uuid`;

/** The products that each kind of thing concerns, by the id that its addresses carry. A mail that names no change has none. */
const CONCERNED = {
  changes: 'select array[product_id] as products from changes where id = $1::uuid',
  objections: OF_CHANGE('objections'),
  approvals: OF_CHANGE('approvals'),
  answers: OF_CHANGE('answers'),
  notices: OF_CHANGE('messages'),
  mails: OF_CHANGE('inbound_mails'),
  scans: OF_CHANGE('scans'),
  proposals: `select array[product_id] as products from proposals where id = $1::uuid and product_id is not null`,
  webhooks: 'select products from webhooks where id = $1::uuid',
  // Who may approve, may do so for each product of its controller.
  nominations: `select array(select product_id from agreements where controller_id = n.controller_id and ended_at is null) as products
    from nominations n where id = $1::uuid`,
  // Who has a role for all products is of all.
  people: `select case when bool_and(product_id is not null) then array_agg(distinct product_id) end as products
    from person_roles where person_id = $1::uuid and ended_at is null having count(*) > 0`,
  controllers: `select array(select product_id from agreements where controller_id = k.id and ended_at is null) as products
    from controllers k where external_id = $1`,
} as const;

export type Concerning = keyof typeof CONCERNED;
export const isConcerning = (noun: string): noun is Concerning => noun in CONCERNED;

/** What products a thing concerns: `{ products: null }` for all of them; `null` where there is no such thing, or it has none. */
export async function productsConcerned(
  db: Queryable,
  noun: Concerning,
  id: string,
): Promise<{ products: string[] | null } | null> {
  return row(db, CONCERNED[noun], [id]);
}

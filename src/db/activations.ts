import { LISTED_IN_BLOCKER } from '../domain/activation.ts';
import type { Author } from '../domain/author.ts';
import type { Wave } from '../domain/wave.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

/** The windows of controllers that the next wave of their change would have (D43). */
const TO_ACTIVATE = 'is_to_activate(objection_windows)';

const COLUMNS = `a.id, a.number, a.activated_at as "activatedAt", a.activated_on as "activatedOn", author_in_words(a.activated_by) as "activatedBy",
  a.controllers as count`;

/**
 * Writes the next wave of a change: of everybody who has approved it and is in none yet. The caller holds the change's lock, and
 * has found that there is somebody.
 */
export async function insertWave(
  tx: Transaction,
  changeId: string,
  by: Author & { on: Temporal.PlainDate },
): Promise<{ id: string; number: number }> {
  return oneRow(
    tx,
    `with chosen as (select controller_id, a.id as agreement_id from objection_windows join agreements a using (controller_id)
       where change_id = $1 and ${TO_ACTIVATE}
         and a.product_id = (select product_id from changes where id = $1) and a.ended_at is null),
     wave as (insert into activations (change_id, number, activated_at, activated_on, activated_by, controllers)
       select $1, (select count(*) + 1 from activations where change_id = $1), $2, $3, $4, (select count(*) from chosen)
       returning id, number),
     members as (insert into activation_controllers (change_id, controller_id, agreement_id, activation_id, activated_on)
       select $1, controller_id, agreement_id, wave.id, $3 from chosen, wave)
     select id, number from wave`,
    [changeId, by.at, by.on, by.actor],
  );
}

/** How many controllers the next wave of a change would have (D43). */
export async function countToActivate(db: Queryable, changeId: string): Promise<number> {
  const sql = `select count(*) from objection_windows where change_id = $1 and ${TO_ACTIVATE}`;
  return (await oneRow<{ count: number }>(db, sql, [changeId])).count;
}

/** The waves of a change, the first first. */
export async function wavesOf(db: Queryable, changeId: string): Promise<Wave[]> {
  return rows(
    db,
    `select ${COLUMNS}, array(
       select external_id from activation_controllers m join controllers c on c.id = m.controller_id
       where m.activation_id = a.id order by external_id limit ${LISTED_IN_BLOCKER}) as "externalIds"
     from activations a where a.change_id = $1 order by a.number`,
    [changeId],
  );
}

/** When the first wave of each change of a product was, by the change's id; of changes that have none, nothing. */
export async function firstWaves(db: Queryable, product: string): Promise<Map<string, Temporal.Instant>> {
  const found = await rows<{ id: string; at: Temporal.Instant }>(
    db,
    `select a.change_id as id, a.activated_at as at from activations a join changes c on c.id = a.change_id
     where c.product_id = $1 and a.number = 1`,
    [product],
  );
  return new Map(found.map(({ id, at }) => [id, at]));
}

/** Whether a change is activated for somebody. */
export async function hasWave(db: Queryable, changeId: string): Promise<boolean> {
  const sql = 'select exists (select from activations where change_id = $1) as found';
  return (await oneRow<{ found: boolean }>(db, sql, [changeId])).found;
}

/** Whether what the waves of a change have made of the register is still in it. */
export async function isStillInRegister(db: Queryable, changeId: string): Promise<boolean> {
  const { found } = await oneRow<{ found: boolean }>(
    db,
    `select exists (select from register_entries
       where upper_inf(active) and $1 = any(valid_for || ended_for)) as found`,
    [changeId],
  );
  return found;
}

/**
 * The wave of a change that a controller is in by the agreement that it has, or had at a moment, or else had last: since when it is in
 * force for it; `null` where it is in none.
 */
export async function activationFor(
  db: Queryable,
  changeId: string,
  controllerId: string,
  moment: Temporal.Instant | null = null,
): Promise<{ activatedAt: Temporal.Instant; activatedBy: string } | null> {
  const [found] = await rows<{ activatedAt: Temporal.Instant; activatedBy: string }>(
    db,
    `select a.activated_at as "activatedAt", author_in_words(a.activated_by) as "activatedBy"
     from activations a where a.id = wave_of($1, $2, coalesce($3::timestamptz, 'infinity'))`,
    [changeId, controllerId, moment],
  );
  return found ?? null;
}

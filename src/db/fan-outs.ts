import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** What a fan-out writes for every controller of a change. */
export type FanOutKind = 'notice' | 'change-activated' | 'change-withdrawn';

/** A fan-out and how far it has come. */
export interface FanOut {
  readonly id: string;
  readonly changeId: string;
  readonly kind: FanOutKind;
  readonly createdAt: Temporal.Instant;
  /** The wave whose controllers it is for; `null` for all (D43). */
  readonly activation: string | null;
  /** Everything is written for the controllers up to this one, in the order of their ids. */
  readonly reached: string;
}

/** Where a fan-out begins: below every id. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

const COLUMNS = 'id, change_id as "changeId", kind, created_at as "createdAt", activation_id as activation, reached';

/** Writes a fan-out whose first step has been taken. */
export async function insertFanOut(
  tx: Transaction,
  fanOut: Omit<FanOut, 'id'> & { isLast: boolean; left: { controllers: number; notices: number } },
): Promise<void> {
  const { changeId, kind, createdAt, activation, reached, isLast, left } = fanOut;
  await rows(
    tx,
    `insert into fan_outs (change_id, kind, created_at, reached, controllers_left, notices_left, finished_at, activation_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [changeId, kind, createdAt, reached, left.controllers, left.notices, isLast ? createdAt : null, activation],
  );
}

/** The fan-outs that have steps left, the oldest first. */
export async function runningFanOuts(db: Queryable): Promise<Pick<FanOut, 'id' | 'changeId'>[]> {
  return rows(
    db,
    `select id, change_id as "changeId" from fan_outs where finished_at is null and stopped_at is null order by id`,
  );
}

/** The fan-out, locked; `null` where it has ended or another process has it. The caller holds the change's lock. */
export async function takeFanOut(tx: Transaction, id: string): Promise<FanOut | null> {
  return row<FanOut>(
    tx,
    `select ${COLUMNS} from fan_outs where id = $1 and finished_at is null and stopped_at is null
     for no key update skip locked`,
    [id],
  );
}

/** The running fan-out of a change's notices, locked, or `null`. The caller holds the change's lock alone. */
export async function runningNotices(tx: Transaction, changeId: string): Promise<FanOut | null> {
  return row<FanOut>(
    tx,
    `select ${COLUMNS} from fan_outs
     where change_id = $1 and kind = 'notice' and finished_at is null and stopped_at is null for no key update`,
    [changeId],
  );
}

/**
 * The next controllers after `reached`, in the order of their ids. Of notices: those with an agreement, window or not. Of an
 * activation: those that count for the change, or those of its wave. Of a withdrawal: also those that have left it.
 */
export async function nextControllers(
  tx: Transaction,
  { kind, activation, reached }: Pick<FanOut, 'kind' | 'activation' | 'reached'>,
  change: { id: string; product: string },
  limit: number,
): Promise<string[]> {
  const windows = (which: string) =>
    `(select controller_id from objection_windows where change_id = $1 and left_at is ${which} and controller_id > $2
      order by controller_id limit $3)`;
  const sql = {
    notice: `select controller_id from agreements where product_id = $1 and ended_at is null and controller_id > $2
      order by controller_id limit $3`,
    'change-activated':
      activation === null
        ? windows('null')
        : `select controller_id from activation_controllers where activation_id = $1 and controller_id > $2
           order by controller_id limit $3`,
    'change-withdrawn': `${windows('null')} union ${windows('not null')} order by controller_id limit $3`,
  };
  const found = await rows<{ controller_id: string }>(tx, sql[kind], [
    kind === 'notice' ? change.product : (activation ?? change.id),
    reached,
    limit,
  ]);
  return found.map(({ controller_id }) => controller_id);
}

/**
 * Records what a step has written. A fan-out of notices is finished when the last controller has its window, also where that
 * was written out of turn.
 */
export async function advanceFanOut(
  tx: Transaction,
  id: string,
  step: { reached: string; isLast: boolean; controllers: number; notices: number; now: Temporal.Instant },
): Promise<void> {
  await rows(
    tx,
    `update fan_outs f
     set reached = greatest(reached, $2::uuid), finished_at = case when ends then $6::timestamptz end,
       controllers_left = case when ends then 0 else controllers_left - $4 end,
       notices_left = case when ends then 0 else greatest(0, notices_left - $5) end
     from (select $3 or (kind = 'notice' and controllers_left <= $4) as ends from fan_outs where id = $1) at
     where f.id = $1`,
    [id, step.reached, step.isLast, step.controllers, step.notices, step.now],
  );
}

/** Stops the fan-out of a withdrawn change's notices: the other controllers get none (D24). */
export async function stopNotices(tx: Transaction, changeId: string, now: Temporal.Instant): Promise<void> {
  await rows(
    tx,
    `update fan_outs set stopped_at = $2
     where change_id = $1 and kind = 'notice' and finished_at is null and stopped_at is null`,
    [changeId, now],
  );
}

/**
 * Which of these controllers are told that the change was withdrawn (D24): those that were notified and asked, or are proved to have been
 * (D30), or may have been when a mail server's response was lost, also where they had left before or have left since; and
 * those that have objected, also where their notice has bounced since, because the message tells what became of their
 * objection (D19).
 */
export async function recipientsOfWithdrawal(
  db: Queryable,
  changeId: string,
  controllerIds: readonly string[],
): Promise<string[]> {
  // Running windows and windows that were left have an index each, so each is asked for by itself: for 10 of 100,000
  // controllers 0.06 ms. Asked for together, every window of the change is read: 41 ms (2026-11).
  const found = await rows<{ id: string }>(
    db,
    `select id from unnest($2::uuid[]) as given(id)
     where exists (select from objection_windows w
         where w.change_id = $1 and w.controller_id = given.id and w.left_at is null and w.notified_at is not null
           and not w.by_contract)
       or exists (select from objection_windows w
         where w.change_id = $1 and w.controller_id = given.id and w.left_at is not null and w.notified_at is not null
           and not w.by_contract)
       or exists (select from messages n join message_attempts a on a.message_id = n.id
         where n.change_id = $1 and n.controller_id = given.id and n.kind = 'notice' and a.outcome = 'unknown')
       -- Of a controller that left while its notice was on its way, no window says that the notice was accepted.
       or exists (select from messages n
         where n.change_id = $1 and n.controller_id = given.id and n.kind = 'notice' and n.status = 'accepted')
       or arrival_is_proved($1, given.id, '-infinity')
       or exists (select from objections where change_id = $1 and controller_id = given.id)`,
    [changeId, controllerIds],
  );
  return found.map(({ id }) => id);
}

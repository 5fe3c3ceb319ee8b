import { rows, type Queryable } from './postgres.ts';

/** A notice that was accepted, and the transaction that put it on record. */
export interface Acceptance {
  readonly at: Temporal.Instant;
  /** Whether it is certain that it counted for this window, and not for one of before. */
  readonly isOfWindow: boolean;
  readonly xact: string;
}

/** A window as it stands, and the facts that it follows from (D8–D13, D30). */
export interface WindowOnRecord {
  readonly id: string;
  readonly createdAt: Temporal.Instant;
  readonly notifiedAt: Temporal.Instant | null;
  readonly deadline: Temporal.Instant | null;
  readonly leftAt: Temporal.Instant | null;
  readonly byContract: boolean;
  /** Whether the terms that a product has list the change, and nobody at the controller was asked. */
  readonly mayBeByContract: boolean;
  /** How the controller stands by what it has said; as it is, and as it follows (`approval_of`). */
  readonly approval: string;
  readonly approvalFollows: string;
  /** Whether the controller has an agreement for the product now. */
  readonly hasAgreement: boolean;
  readonly change: {
    readonly id: string;
    readonly status: string;
    readonly endedAt: Temporal.Instant | null;
    readonly objection: boolean;
    readonly objectionWindowDays: number;
    readonly timeZone: string;
    readonly rollForward: boolean;
  };
  /** The last bounce or restoration that moved it; `null` where none did. The notices and letters are those after it. */
  readonly moved: { readonly notifiedAt: Temporal.Instant | null; readonly deadline: Temporal.Instant | null } | null;
  readonly acceptances: readonly Acceptance[];
  /** The days on which letters arrived. */
  readonly letters: readonly Temporal.PlainDate[];
  /** The latest deadline that a notice has told which counted; and that any message has told. */
  readonly toldByNotice: Temporal.Instant | null;
  readonly told: Temporal.Instant | null;
}

/** The windows with these ids, with their facts. One statement, so it sees each window with its facts. */
export async function windowsOnRecord(db: Queryable, ids: readonly string[]): Promise<WindowOnRecord[]> {
  const found = await rows<
    Omit<WindowOnRecord, 'change' | 'moved' | 'acceptances' | 'letters'> &
      WindowOnRecord['change'] & {
        changeId: string;
        isMoved: boolean;
        movedNotifiedAt: Temporal.Instant | null;
        movedDeadline: Temporal.Instant | null;
        acceptances: { at: string; isOfWindow: boolean; xact: string }[] | null;
        letters: string[] | null;
      }
  >(
    db,
    `select w.id, w.created_at as "createdAt", w.notified_at as "notifiedAt", w.deadline, w.left_at as "leftAt",
       w.by_contract as "byContract", w.approval,
       case when w.left_at is null then approval_of(w.change_id, w.controller_id, w.created_at, w.by_contract)
         else w.approval end as "approvalFollows",
       exists (select from listed_in_terms where change_id = w.change_id) and not exists (select from messages
         where change_id = w.change_id and controller_id = w.controller_id and kind = 'notice' and id > w.id
         and (w.left_at is null or created_at < w.left_at))
         as "mayBeByContract",
       exists (select from agreements where controller_id = w.controller_id and product_id = c.product_id and ended_at is null)
         as "hasAgreement",
       w.change_id as "changeId", c.status, coalesce(c.withdrawn_at, c.activated_at) as "endedAt", c.objection,
       c.objection_window_days as "objectionWindowDays", c.time_zone as "timeZone", c.roll_forward as "rollForward",
       moved.id is not null as "isMoved", moved.notified_at as "movedNotifiedAt", moved.deadline as "movedDeadline",
       arrived.acceptances, arrived."toldByNotice", arrived.told,
       (select array_agg(arrived_on::text) from letters l where l.change_id = w.change_id and l.controller_id = w.controller_id
         and l.recorded_at between w.created_at and coalesce(w.left_at, 'infinity')
         and (moved.id is null or l.id > moved.id)) as letters
     from objection_windows w join changes c on c.id = w.change_id
       left join lateral (
         select id, null::timestamptz as notified_at, null::timestamptz as deadline from bounces
         where window_id = w.id and effect = 'reopened'
         union all select id, notified_at, deadline from window_restorations where window_id = w.id
         order by id desc limit 1) as moved on true
       cross join lateral (
         select json_agg(json_build_object('at', a.finished_at, 'xact', a.xact_id::text, 'isOfWindow', m.created_at >= w.created_at
             and (w.left_at is null or a.finished_at <= w.left_at))) filter (where m.kind = 'notice' and a.outcome = 'accepted'
               and (moved.id is null or a.id > moved.id)
               -- One whose bounce was recorded before its acceptance opens nothing (D12).
               and not exists (select from bounces b where b.message_id = m.id and b.effect <> 'none' and b.id < a.id))
             as acceptances,
           max(a.printed_deadline) filter (where m.kind = 'notice'
             and not exists (select from bounces b where b.message_id = m.id and b.effect <> 'none')) as "toldByNotice",
           max(a.printed_deadline) as told
         from messages m join message_attempts a on a.message_id = m.id
         where m.change_id = w.change_id and m.controller_id = w.controller_id and a.outcome in ('accepted', 'unknown'))
         as arrived
     where w.id = any ($1)
     order by w.id`,
    [ids],
  );
  return found.map((each) => ({
    ...each,
    change: { ...each, id: each.changeId },
    moved: each.isMoved ? { notifiedAt: each.movedNotifiedAt, deadline: each.movedDeadline } : null,
    acceptances: (each.acceptances ?? []).map(({ at, ...rest }) => ({ ...rest, at: Temporal.Instant.from(at) })),
    letters: (each.letters ?? []).map((day) => Temporal.PlainDate.from(day)),
  }));
}

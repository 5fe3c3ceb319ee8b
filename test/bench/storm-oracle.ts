import type pg from 'pg';

/** When the transaction that wrote this version of a row committed. PostgreSQL keeps it with `track_commit_timestamp`. */
const committed = (row: string) => `pg_xact_commit_timestamp(${row}.xmin)`;

/** How late or early an instant may be that a process's clock gave. */
const TOLERANCE = `interval '1 second'`;

/*
 * What must not be found among changes $1, in rows as the races left them. Orders are those of commits and of the sequence of
 * events, which no clock gives. `moved` is how far the database's time was ahead of the machine's.
 */
const CHECKS: Readonly<Record<string, string>> = {
  'activated over a pending objection': `
    select a.id from activated a join events e on e.change_id = a.id and e.sequence < a.sequence
    where e.type in ('objection.received', 'objection.resolved')
    group by a.id, e.data #>> '{objection,id}'
    having (array_agg(e.type order by e.sequence desc))[1] = 'objection.received'`,
  'activated over a mail that had got its 250, unread or an unread answer': `
    select a.id from activated a join inbound_mails m on m.change_id = a.id join inbound_contents c on c.sha256 = m.sha256
    where ${committed('c')} < a.committed
      and not exists (select from answers n join answer_decisions d on d.answer_id = n.id
        where n.inbound_mail_id = m.id and ${committed('d')} < a.committed)`,
  'activated over a controller that was not notified, or whose window was open': `
    select a.id from activated a join objection_windows w on w.change_id = a.id
    where w.left_at is null and (w.notified_at is null or w.deadline > a.activated_at)`,
  'activated before a controller that was not notified had left': `
    select a.id from activated a join objection_windows w on w.change_id = a.id
      join agreements g on g.controller_id = w.controller_id and g.product_id = a.product_id
    where w.left_at is not null and w.notified_at is null and ${committed('g')} > a.committed`,
  'activated before its windows had closed by the database’s time': `
    select a.id from activated a join objection_windows w on w.change_id = a.id
    where w.left_at is null and w.deadline > a.committed + moved`,
  'an objection in time was refused': `
    select o.id from objections o join objection_windows w on w.change_id = o.change_id and w.controller_id = o.controller_id
    where o.change_id = any($1) and o.channel = 'link' and o.received_at < w.deadline
      and (o.rejected_for = 'window-closed'
        or o.rejected_for = 'change-ended' and exists (select from changes where id = o.change_id and status = 'activated'))`,
  'a late objection counts, and no officer accepted it': `
    select o.id from objections o join objection_windows w on w.change_id = o.change_id and w.controller_id = o.controller_id
    where o.change_id = any($1) and o.channel = 'link' and o.received_at >= w.deadline and o.rejected_for is null`,
  'an objection is pending on a change that has ended': `
    select o.id from objections o join changes c on c.id = o.change_id
    where c.id = any($1) and o.status = 'pending' and c.status <> 'announced'`,
  'a controller of an announced change has no window': `
    select c.id from changes c join agreements g on g.product_id = c.product_id and g.ended_at is null
    where c.product_id in (select product_id from changes where id = any($1)) and c.status = 'announced' and not exists (
      select from objection_windows w where w.change_id = c.id and w.controller_id = g.controller_id)`,
  'an activation is dated later than it happened': `
    select a.id from activated a where a.activated_at > a.committed + moved + ${TOLERANCE}`,
  'an objection is dated later than it was recorded': `
    select o.id from objections o join events e on e.change_id = o.change_id and e.data #>> '{objection,id}' = o.id::text
    where o.change_id = any($1) and e.type in ('objection.received', 'objection.rejected')
      and o.recorded_at > ${committed('e')} + moved + ${TOLERANCE}`,
  'activated for a controller without an effective approval of what was announced': `
    select a.id from approved a where not a.by_contract and not exists (
      select from approvals p where p.change_id = a.id and p.controller_id = a.controller_id and p.status = 'effective'
        and p.content_hash = a.content_hash and (${committed('p')} < a.committed or p.ended_at is not null))`,
  'activated for a controller before its approval took effect, or after it was withdrawn': `
    select a.id from approved a where not a.by_contract and coalesce((select s.type from said s
      where s.change_id = a.id and s.controller_id = a.controller_id and s.type like 'approval.%'
        and s.content_hash = a.content_hash and s.sequence < a.sequence
      order by s.sequence desc limit 1), '') <> 'approval.effective'`,
  'activated for a controller over its refusal': `
    select a.id from approved a join approvals p on p.change_id = a.id and p.controller_id = a.controller_id
    where p.decision = 'refusal' and (p.status = 'standing' or ${committed('p')} > a.committed)`,
  'an approval or a refusal counted after its change had ended, or was in force for its controller': `
    select s.change_id as id from said s join events e on e.change_id = s.change_id and e.sequence < s.sequence
    where e.type in ('change.closed', 'change.withdrawn')
      or e.type = 'change.activated' and s.type <> 'approval.withdrawn' and exists (select from approved a
        where a.id = s.change_id and a.sequence = e.sequence and a.controller_id = s.controller_id)`,
  'a controller stands otherwise than it has said': `
    select w.change_id as id from objection_windows w where w.change_id = any($1) and w.left_at is null
      and w.approval <> approval_of(w.change_id, w.controller_id, w.created_at, w.by_contract)`,
};

/** What these changes have against the rules, one line each; `movedMs` is how far the database's time was moved. */
export async function violationsOf(db: pg.Pool, changeIds: readonly string[], movedMs: number): Promise<string[]> {
  const found: string[] = [];
  for (const [violation, check] of Object.entries(CHECKS)) {
    const { rows } = await db.query<{ id: string }>(
      `with activated as (
         select c.id, c.product_id, c.content_hash, coalesce(v.activated_at, c.activated_at) as activated_at, v.id as wave,
           e.sequence, ${committed('e')} as committed
         from changes c join events e on e.change_id = c.id and e.type = 'change.activated'
           left join activations v on v.change_id = c.id and v.number = (e.data #>> '{wave,number}')::int
         where c.id = any($1)
       ), approved as (
         select a.*, w.controller_id, k.external_id, w.by_contract
         from activated a join changes c on c.id = a.id and c.approval join objection_windows w on w.change_id = a.id
           join controllers k on k.id = w.controller_id
         where case when a.wave is null then w.left_at is null else exists (select from activation_controllers m
           where m.activation_id = a.wave and m.controller_id = w.controller_id) end
       ), said as (
         select e.change_id, e.sequence, e.type, e.data #>> '{approval,id}' as approval, p.controller_id, p.content_hash
         from events e join approvals p on p.id = (e.data #>> '{approval,id}')::uuid where e.change_id = any($1)
       )
       select found.id from (select $2::float8 * interval '1 millisecond' as moved) as time,
         lateral (${check}) as found`,
      [changeIds, movedMs],
    );
    found.push(...rows.map(({ id }) => `${violation}: ${id}`));
  }
  return found;
}

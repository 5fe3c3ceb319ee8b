import { rows, type Queryable } from './postgres.ts';

/**
 * Whether a notice to `controller_id` about the change `$1` has failed and none is on its way. Of a controller that is not
 * notified: no notice to it stands, and it is not told unless somebody acts (D12).
 */
export const ONLY_FAILED = `controller_id in (
    select controller_id from messages where change_id = $1 and kind = 'notice' and status = 'failed')
  and not exists (select from messages m
    where m.change_id = $1 and m.controller_id = windows.controller_id and m.kind = 'notice' and m.status in ('pending', 'in-flight'))`;

/**
 * Controllers that count for a change and have a contact now, that are not notified because every notice has failed: the first
 * `limit` by external id, and how many there are in all.
 */
export async function controllersWithFailedNotices(
  db: Queryable,
  changeId: string,
  limit: number,
): Promise<{ first: { controllerId: string; externalId: string }[]; count: number }> {
  const found = await rows<{ controllerId: string; externalId: string; count: number }>(
    db,
    `select controller_id as "controllerId", external_id as "externalId", count(*) over () as count
     from objection_windows windows
     where change_id = $1 and left_at is null and notified_at is null and ${ONLY_FAILED}
       and exists (select from contacts where contacts.controller_id = windows.controller_id)
     order by external_id limit $2`,
    [changeId, limit],
  );
  return { first: found, count: found[0]?.count ?? 0 };
}

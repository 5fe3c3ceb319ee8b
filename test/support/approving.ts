import type { TestVarsel } from './varsel.ts';

/** An approval of a change that counts, of each of these controllers. */
export async function approve(
  { database }: Pick<TestVarsel, 'database'>,
  changeId: string,
  externalIds: readonly string[],
  when: string,
): Promise<void> {
  await database.owner.query('set session_replication_role = replica');
  await database.owner.query(
    `insert into approvals (change_id, controller_id, decision, content_hash, channel, authority, from_name, from_role, statement,
       received_at, recorded_at, recorded_by, confirmed_at, confirmed_by, status, effective_at)
     select c.id, k.id, 'approval', c.content_hash, 'letter', 'Prokura', 'Dorthe Persson', 'Direktør', 'Vi godkender',
       $3, $3, 'en', $3, 'to', 'effective', $3
     from changes c, controllers k where c.id = $1 and k.external_id = any($2)`,
    [changeId, externalIds, when],
  );
  await database.owner.query(
    `update objection_windows set approval = 'approved' where change_id = $1 and external_id = any($2)`,
    [changeId, externalIds],
  );
  await database.owner.query('reset session_replication_role');
}

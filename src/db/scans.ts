import type { Author } from '../domain/author.ts';
import type { Scan, ScanMediaType, ScanOf } from '../domain/scan.ts';
import { oneRow, row, rows, type Queryable, type Transaction } from './postgres.ts';

const SCAN = `s.id, s.change_id as "changeId", k.external_id as controller, s.letter_id as "letterId",
  s.objection_id as "objectionId", s.approval_id as "approvalId", s.media_type as "mediaType", s.bytes,
  encode(s.sha256, 'hex') as sha256, s.added_at as "addedAt", author_in_words(s.added_by) as "addedBy"`;

/** The scan; `null` for none. */
export async function findScan(db: Queryable, id: string): Promise<Scan | null> {
  return row(db, `select ${SCAN} from scans s join controllers k on k.id = s.controller_id where s.id = $1`, [id]);
}

/** The bytes of a scan that there is; empty where they have been emptied. */
export async function contentOfScan(db: Queryable, id: string): Promise<Buffer> {
  return (await oneRow<{ content: Buffer }>(db, 'select content from scans where id = $1', [id])).content;
}

/** The scans of a change, or of one controller's part in it, in the order in which they were added, from after the id `after`. */
export async function listScans(
  db: Queryable,
  { change, controller = null }: { readonly change: string; readonly controller?: string | null | undefined },
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Scan[]> {
  return rows(
    db,
    `select ${SCAN} from scans s join controllers k on k.id = s.controller_id
     where s.change_id = $1 and ($2::text is null or k.external_id = $2) and ($3::uuid is null or s.id > $3)
     order by s.id limit $4`,
    [change, controller, after, limit],
  );
}

type Ids = { readonly letterId?: string; readonly objectionId?: string; readonly approvalId?: string };

/** The id of what a scan is of in the place of its column, and `null` in the others. */
function idsOf({ letterId, objectionId, approvalId }: Ids): (string | null)[] {
  return [letterId ?? null, objectionId ?? null, approvalId ?? null];
}

/** The controller of what a scan is to be of; `null` where the change has no such record. */
export async function controllerOfRecord(db: Queryable, changeId: string, of: ScanOf): Promise<string | null> {
  const found = await row<{ controllerId: string }>(
    db,
    `select controller_id as "controllerId" from letters where change_id = $1 and id = $2
     union all select controller_id from objections where change_id = $1 and id = $3
     union all select controller_id from approvals where change_id = $1 and id = $4`,
    [changeId, ...idsOf(of)],
  );
  return found?.controllerId ?? null;
}

/** Writes a scan. */
export async function insertScan(
  tx: Transaction,
  scan: {
    readonly changeId: string;
    readonly controllerId: string;
    readonly of: ScanOf;
    readonly mediaType: ScanMediaType;
    readonly content: Buffer;
  },
  by: Author,
): Promise<Scan> {
  return oneRow(
    tx,
    `with s as (
       insert into scans (change_id, controller_id, letter_id, objection_id, approval_id, media_type, sha256, bytes, content,
         added_at, added_by)
       values ($1, $2, $3, $4, $5, $6, sha256($7), octet_length($7), $7, $8, $9) returning *)
     select ${SCAN} from s join controllers k on k.id = s.controller_id`,
    [scan.changeId, scan.controllerId, ...idsOf(scan.of), scan.mediaType, scan.content, by.at, by.actor],
  );
}

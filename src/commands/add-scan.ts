import { controllerOfRecord, insertScan } from '../db/scans.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { notFound, refusedAt } from '../domain/refused.ts';
import { scanMediaTypeOf, type Scan, type ScanOf } from '../domain/scan.ts';

/**
 * Adds a scan to what was recorded of a letter or a mail: to a letter that was sent, an objection, an approval or a refusal (D66).
 * One may have several, also once its change has ended. Refuses with `not-found` where the change has no such record, and with
 * `scan-not-readable` for bytes that are none of what is taken.
 */
export async function addScan(
  tx: Transaction,
  { changeId, of, content }: { readonly changeId: string; readonly of: ScanOf; readonly content: Buffer },
  by: Author,
): Promise<Scan> {
  const controllerId = await controllerOfRecord(tx, changeId, of);
  if (controllerId === null) throw notFound(`${Object.entries(of).flat().join(' ')} of change ${changeId}`);
  const mediaType = scanMediaTypeOf(content);
  if (mediaType === null) {
    const found = content.subarray(0, 8).toString('hex');
    const detail = `Expected a PDF, a JPEG, a PNG or a mail, found a file that begins with the bytes ${found}.`;
    throw refusedAt('base64', 'scan-not-readable', detail);
  }
  return insertScan(tx, { changeId, controllerId, of, mediaType, content }, by);
}

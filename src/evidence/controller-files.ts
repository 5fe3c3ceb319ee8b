import { rawMail } from '../db/evidence.ts';
import type { Queryable } from '../db/postgres.ts';
import { contentOfScan } from '../db/scans.ts';
import { fileNameOf, type ScanMediaType } from '../domain/scan.ts';
import type { MailsAsSent } from '../mail/as-sent.ts';
import type { PackFile } from './bag.ts';
import type { PackOf } from './pack-of.ts';
import type { ControllerFacts } from './page.ts';
import { columnsOf, type ShownRow } from './shown-rows.ts';
import { timelineOf } from './timeline.ts';

/** What a pack has of one controller. */
export interface ControllerPart {
  readonly externalId: string;
  readonly folder: string;
  readonly rows: readonly ShownRow[];
  /** What was proposed of its objections and approvals, which stands in a file of its own. */
  readonly proposals: readonly ShownRow[];
}

/**
 * The files of one controller: `timeline.json` with what happened and every row that says so, the mails to it as they were sent, and
 * the mails that came in, raw, and scans. Links, addresses for answers and codes are cut out of what was sent in a share. What came in
 * quotes them, and stands in no share, and neither do scans. A redacted pack has no mails and no scans. Returns what the pages say of
 * the controller.
 */
export async function* controllerFiles(
  db: Queryable,
  of: PackOf & { readonly mails: MailsAsSent },
  { externalId, folder, rows, proposals }: ControllerPart,
): AsyncGenerator<PackFile, ControllerFacts> {
  const path = `data/controllers/${folder}`;
  const moments = timelineOf([...rows, ...proposals]);
  const timeline = {
    externalId,
    timeline: moments.map(({ at, what, row: { table, key } }) => ({ at, what, table, key })),
    record: Object.fromEntries(Map.groupBy(rows, ({ table }) => table)),
  };
  yield { path: `${path}/timeline.json`, content: `${JSON.stringify(timeline, null, 2)}\n` };
  const files = new Map<string, string>();
  if (!of.isRedacted) yield* sentMails(of.mails, path, rows, files);
  if (!of.isRedacted && of.controller === null) {
    yield* rawMails(db, path, rows, files);
    yield* scans(db, path, rows, files);
  }
  return { externalId, folder, moments, files, ...standingOf(rows) };
}

/** The mail of each attempt that composed one, where it can be had: an attempt's facts have its hash all the same. */
function* sentMails(
  sent: MailsAsSent,
  path: string,
  rows: readonly ShownRow[],
  files: Map<string, string>,
): Generator<PackFile> {
  const attempts = Map.groupBy(
    rows.filter(({ table }) => table === 'message_attempts'),
    ({ facts }) => String(facts.message_id),
  );
  for (const { key } of rows.filter(({ table }) => table === 'messages')) {
    for (const mail of sent.of(key)) {
      if (mail.status !== 'kept') continue;
      const name = `notices/${key}-${mail.attempt}.eml`;
      const attempt = attempts.get(key)?.[mail.attempt - 1];
      if (attempt !== undefined) files.set(attempt.key, name);
      yield { path: `${path}/${name}`, content: mail.raw };
    }
  }
}

async function* rawMails(
  db: Queryable,
  path: string,
  rows: readonly ShownRow[],
  files: Map<string, string>,
): AsyncGenerator<PackFile> {
  for (const { key, facts } of rows.filter(({ table }) => table === 'inbound_mails')) {
    const raw = await rawMail(db, String(facts.sha256));
    if (raw.length === 0) continue;
    const name = `mails/${key}.eml`;
    files.set(key, name);
    yield { path: `${path}/${name}`, content: raw };
  }
}

async function* scans(
  db: Queryable,
  path: string,
  rows: readonly ShownRow[],
  files: Map<string, string>,
): AsyncGenerator<PackFile> {
  for (const { key, facts } of rows.filter(({ table }) => table === 'scans')) {
    const content = await contentOfScan(db, key);
    if (content.length === 0) continue;
    const name = `scans/${fileNameOf({ id: key, mediaType: facts.media_type as ScanMediaType })}`;
    files.set(key, name);
    yield { path: `${path}/${name}`, content };
  }
}

function standingOf(rows: readonly ShownRow[]) {
  const those = (table: string) => rows.filter((row) => row.table === table).map(columnsOf);
  const instantOf = (value: unknown) => (typeof value === 'string' ? Temporal.Instant.from(value) : null);
  const window = those('objection_windows').at(-1);
  const name = those('controllers')[0]?.name;
  return {
    name: typeof name === 'string' ? name : null,
    notifiedAt: instantOf(window?.notified_at),
    deadline: instantOf(window?.deadline),
    objections: those('objections').filter((objection) => objection.rejected_for === null).length,
    answers: those('answers').length,
    approvals: those('approvals').length,
  };
}

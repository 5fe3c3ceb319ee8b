import type { KeyObject } from 'node:crypto';
import {
  changeActs,
  changeEvidence,
  columnParts,
  controllersEvidence,
  controllersOfChange,
  countControllers,
  type ColumnParts,
} from '../db/evidence.ts';
import { namedAuthors } from '../db/authors.ts';
import type { Queryable } from '../db/postgres.ts';
import { registerAsOf, registerOfController } from '../db/register.ts';
import type { GateFacts } from '../domain/gate.ts';
import { VERSION } from '../domain/version.ts';
import { mailsAsSent, type MailMarks } from '../mail/as-sent.ts';
import { zipOfBag, type PackFile } from './bag.ts';
import { controllerFiles } from './controller-files.ts';
import { folderNames } from './folder-names.ts';
import type { PackOf } from './pack-of.ts';
import type { PageFacts } from './page.ts';
import { Proof, signatureFile, verifyingFiles } from './proof-files.ts';
import { proposalsAbout, withoutContent, type ProposalsAbout } from './proposals-about.ts';
import { Pages } from './pages.ts';
import { isSealed, showsPersons, shownRows, type ShownRow } from './shown-rows.ts';
import { Spool } from './spool.ts';
import { timelineOf } from './timeline.ts';

const CONTROLLERS_AT_ONCE = 200;

/** How far a pack has come. */
export interface PackProgress {
  controllers: number;
  files: number;
}

/** What packs are made with. */
export interface PackTools {
  /** Signs what the pack holds. */
  readonly sealKey: KeyObject;
  /** What stands in our mails that is stored nowhere. */
  readonly mailMarks: MailMarks;
}

/** A pack that is made as it is read. */
export interface Pack {
  /** Of the ZIP, and of the folder in it, without an ending. */
  readonly name: string;
  /** How many controllers it has. */
  readonly controllers: number;
  /** Goes up as it is read. */
  readonly progress: Readonly<PackProgress>;
  readonly bytes: AsyncGenerator<Buffer>;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Makes the evidence pack of a change, or the share of one controller (D54). `db` is one snapshot, which everything is read from while
 * the pack is read. The same record gives the same bytes. Throws `RecordAlteredError` while it is read where a row is not as it was
 * sealed.
 */
export async function evidencePack(db: Queryable, of: PackOf, { sealKey, mailMarks }: PackTools): Promise<Pack> {
  const { change, controller } = of;
  const controllers = controller === null ? await countControllers(db, change.id) : 1;
  const folderOf = folderNames();
  const name = ['varsel', change.id, ...(controller ? [folderNames()(controller.externalId)] : [])].join('-');
  const progress: PackProgress = { controllers: 0, files: 0 };
  const proof = new Proof(db);
  const counted = async function* (files: AsyncIterable<PackFile>) {
    for await (const file of files) {
      progress.files += 1;
      yield file;
    }
  };
  const parts = await columnParts(db);
  const payload = payloadOf(db, { ...of, mailMarks, parts, proof, controllers, folderOf, progress });
  const bytes = zipOfBag({
    folder: name,
    at: change.announcedAt,
    payload: counted(payload),
    info: async () => [
      ['Source-Organization', change.processor.name],
      ['External-Identifier', change.id],
      ['External-Description', `Evidence of a change of ${change.productName}${of.isRedacted ? ', redacted' : ''}`],
      ...(controller ? [['Varsel-Share-Of', controller.externalId] as const] : []),
      ...(of.isRedacted ? [['Varsel-Redacted', 'yes'] as const] : []),
      ...(await checkpointsOf(proof)).map(({ short, at }) => ['Varsel-Checkpoint', `${at} ${short}`] as const),
      ['Bag-Software-Agent', `Varsel ${VERSION}`],
    ],
    tags: () => verifyingFiles(sealKey),
    sign: (manifest) => signatureFile(manifest, sealKey),
  });
  return { name, controllers, progress, bytes };
}

/** The checkpoints that prove a pack, each as its origin, size and root. */
async function checkpointsOf(proof: Proof): Promise<{ short: string; at: string }[]> {
  const found = await proof.checkpoints();
  return found.map(({ note, at }) => ({ short: note.split('\n').slice(0, 3).join(' '), at: at.toString() }));
}

/** What the files of a pack are made with. */
interface Making extends PackOf, Pick<PackTools, 'mailMarks'> {
  readonly parts: ColumnParts;
  readonly proof: Proof;
  readonly controllers: number;
  readonly folderOf: (externalId: string) => string;
  readonly progress: PackProgress;
}

async function* payloadOf(db: Queryable, making: Making): AsyncGenerator<PackFile> {
  const { change, controller, isRedacted, parts } = making;
  const own = await changeEvidence(db, change.id, controller?.id ?? null);
  const ownRows = own.map(shownRows(parts, making));
  await prove(making, ownRows);
  const rowsOf = (...tables: string[]) => ownRows.filter(({ table }) => tables.includes(table));
  yield { path: 'data/change.json', content: json(rowsOf('changes', 'activations')) };
  yield { path: 'data/terms.json', content: json(rowsOf('product_terms', 'listed_in_terms')) };
  const registers = await registersOf(db, making);
  yield { path: 'data/register-before.json', content: json(registers.before) };
  if (registers.after !== null) yield { path: 'data/register-after.json', content: json(registers.after) };
  yield { path: 'data/register-versions.json', content: json(rowsOf('register_entries')) };
  let proposed: readonly ShownRow[] = [];
  if (controller === null) {
    yield { path: 'data/gate.json', content: json(rowsOf('gate_facts')) };
    proposed = yield* actFiles(db, making);
  }
  const about = proposalsAbout(proposed);
  yield { path: 'data/versions.json', content: json(versionsOf(making)) };
  const names = controller === null && !isRedacted ? await namedAuthors(db) : new Map<string, string>();
  await using pages = await Pages.open({ total: making.controllers, timeZone: change.terms.timeZone, names });
  yield* controllersFiles(db, making, pages, about);
  // Every row is known to the proof by now.
  yield* making.proof.files();
  const gates = rowsOf('gate_facts').map(({ facts }) => facts.facts as GateFacts);
  const { firstNotifiedAt, shown } = pages;
  const facts: PageFacts = {
    change,
    announcedBy: String(rowsOf('changes')[0]?.facts.announced_by),
    moments: timelineOf([...rowsOf('changes', 'activations'), ...about.change]),
    names,
    shareOf: controller?.externalId ?? null,
    isRedacted,
    total: making.controllers,
    shown,
    firstNotifiedAt,
    gates,
    registerBefore: registers.before,
    registerAfter: registers.after,
    checkpoints: (await checkpointsOf(making.proof)).map(({ short }) => short),
    unsealed: new Set(making.proof.unsealed).size,
  };
  yield* pages.files(facts);
}

/** Hands rows to the proof: those that are ever sealed. */
async function prove({ proof, parts, ...of }: Making, rows: readonly ShownRow[]): Promise<void> {
  const keys = Map.groupBy(
    rows.filter(({ table }) => isSealed(parts, table)),
    ({ table }) => table,
  );
  for (const [table, those] of keys) {
    await proof.add(
      table,
      those.map(({ key }) => key),
      { withPersons: showsPersons(table, of) },
    );
  }
}

/** The register on the day before the change came into force, or on that of its announcement, and on the day on which it did. */
async function registersOf(db: Queryable, { change, controller, isRedacted }: Making) {
  const on = (day: Temporal.PlainDate) =>
    controller === null
      ? registerAsOf(db, change.product, day)
      : registerOfController(db, change.product, controller.id, day);
  const dayOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(change.terms.timeZone).toPlainDate();
  const shown = async (day: Temporal.PlainDate) =>
    (await on(day)).map((entry) => (isRedacted ? { ...entry, contactPerson: null } : entry));
  if (change.status !== 'activated') return { before: await shown(dayOf(change.announcedAt)), after: null };
  const day = dayOf(change.activatedAt);
  return { before: await shown(day.subtract({ days: 1 })), after: await shown(day) };
}

/** The events, the acts and what was proposed, a line each, as they are read. Returns who proposed and decided what. */
async function* actFiles(db: Queryable, making: Making): AsyncGenerator<PackFile, ShownRow[]> {
  await using events = await Spool.open();
  await using acts = await Spool.open();
  await using proposals = await Spool.open();
  const proposed: ShownRow[] = [];
  const shown = shownRows(making.parts, making);
  for await (const found of changeActs(db, making.change.id)) {
    const rows = found.map(shown);
    await prove(making, rows);
    for (const row of rows) {
      const file = row.table === 'events' ? events : row.table === 'audit_log' ? acts : proposals;
      await file.append(Buffer.from(`${JSON.stringify(row)}\n`));
      if (file === proposals) proposed.push(withoutContent(row));
    }
  }
  yield { path: 'data/events.ndjson', content: events.read() };
  yield { path: 'data/audit.ndjson', content: acts.read() };
  yield { path: 'data/proposals.ndjson', content: proposals.read() };
  return proposed;
}

/** What reads the rest: which columns of each table are facts, of persons, or move. */
function versionsOf({ parts }: Making) {
  const columns = [...parts].map(([table, of]) => [table, Object.fromEntries(of)] as const);
  return {
    about:
      'facts and persons are sealed as they were written; what moves is derived from them. data/proof has the exact lines. The software that judged an activation is in gate.json.',
    varsel: VERSION,
    format: 'varsel/pack/1',
    columns: Object.fromEntries(columns),
  };
}

async function* controllersFiles(
  db: Queryable,
  making: Making,
  pages: Pages,
  about: ProposalsAbout,
): AsyncGenerator<PackFile> {
  const { change, controller, progress, folderOf } = making;
  for (let after = ''; ;) {
    const batch =
      controller === null
        ? await controllersOfChange(db, change.id, { after, limit: CONTROLLERS_AT_ONCE })
        : [controller];
    const found = await controllersEvidence(
      db,
      change.id,
      batch.map(({ id }) => id),
    );
    const shown = shownRows(making.parts, making);
    const rowsOf = Map.groupBy(
      found.map((row) => ({ controllerId: row.controllerId, row: shown(row) })),
      ({ controllerId }) => controllerId,
    );
    await prove(
      making,
      [...rowsOf.values()].flat().map(({ row }) => row),
    );
    const messages = found.filter(({ table }) => table === 'messages').map(({ key }) => key);
    const mails = await mailsAsSent(db, making.mailMarks, making.isRedacted ? [] : messages, {
      isCut: controller !== null,
    });
    for (const { id, externalId } of batch) {
      const rows = (rowsOf.get(id) ?? []).map(({ row }) => row);
      const part = { externalId, folder: folderOf(externalId), rows, proposals: about.rowsOf(rows) };
      await pages.add(yield* controllerFiles(db, { ...making, mails }, part));
      progress.controllers += 1;
    }
    after = batch.at(-1)?.externalId ?? '';
    if (controller !== null || batch.length < CONTROLLERS_AT_ONCE) return;
  }
}

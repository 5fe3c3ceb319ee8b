import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '../db/postgres.ts';
import { checkpointsAbove, sealKeys, type Checkpoint, type Epoch } from '../db/seals.ts';
import { epochs, identityIfKnown, sealedBatch, unsealed, type RowFault } from '../db/verifying.ts';
import { checkpointLine, type ShortCheckpoint } from '../domain/checkpoint.ts';
import { deriveStatus } from './derive-status.ts';
import { MerkleTree } from './merkle.ts';
import { Findings, type Verification } from './verification.ts';
import { TrustedKeys } from './trusted-keys.ts';
import { verifyNote } from './verify-note.ts';

/** So many sealed rows are held against themselves at a time. */
const BATCH = 5_000;

/** What is verified besides what the database itself has. */
export interface Verifying {
  /** Checkpoints that somebody outside has kept: the record must go on from each. */
  readonly witnesses?: readonly ShortCheckpoint[];
  /** The public key of now, as it is known outside of the database: 32 bytes. */
  readonly publicKey?: Buffer | undefined;
  /** Waits so long between two batches, so that it keeps nobody waiting. */
  readonly pauseMs?: number;
  readonly stopping?: AbortSignal;
  /** Is told of every batch how many rows were read since the beginning. */
  readonly onProgress?: (read: number) => void;
}

/**
 * Verifies the record (D53): that every sealed row is as it was sealed, that the rows make the roots that were signed, that each
 * checkpoint goes on from the one before, and that every state follows from its facts. It reads only, takes the memory of a batch
 * whatever the size, and finishes also where the record is damaged: all that is wrong is in what it returns. Throws where the
 * database cannot be read, and where `stopping` aborts.
 */
export async function verifyRecord(db: Queryable, verifying: Verifying = {}): Promise<Verification> {
  const { pauseMs = 0, stopping, onProgress } = verifying;
  const findings = new Findings();
  let read = 0;
  const proceed = async (rows: number) => {
    read += rows;
    onProgress?.(read);
    if (pauseMs > 0) await sleep(pauseMs, undefined, { ...(stopping && { signal: stopping }) });
    stopping?.throwIfAborted();
  };
  const keys = new TrustedKeys(await sealKeys(db), verifying.publicKey, findings);
  const known = await epochs(db);
  const witnesses = new Map<string, ShortCheckpoint[]>();
  for (const witness of verifying.witnesses ?? []) {
    if (!known.some(({ origin }) => origin === witness.origin)) {
      findings.add('witness', `A checkpoint is held of a tree that is not on record: ${checkpointLine(witness)}`);
    }
    witnesses.set(witness.origin, [...(witnesses.get(witness.origin) ?? []), witness]);
  }
  let newest: Checkpoint | null = null;
  for (const [place, epoch] of known.entries()) {
    findings.epochs += 1;
    if (epoch.number !== place + 1) findings.add('seal', `tree ${place + 1} was expected, found ${epoch.number}`);
    verifyBeginning(epoch, newest, findings);
    const held = witnesses.get(epoch.origin) ?? [];
    newest = (await verifyTree(db, epoch, { keys, findings, proceed, held })) ?? newest;
  }
  const identity = await identityIfKnown(db);
  const isOtherDatabase = identity !== null && identity !== known.at(-1)?.identity;
  const bare = await unsealed(db, { horizon: newest?.horizon ?? 0, isOtherDatabase });
  findings.recent = bare.recent;
  for (const { table, key } of bare.added) {
    findings.add('added', `${table} ${key} is not sealed, and what was written then is: it was added afterwards`);
  }
  const more = bare.addedCount - bare.added.length;
  if (more > 0) findings.add('added', `${more} more rows were added`, more);
  for await (const { table, rows, differences } of deriveStatus(db)) {
    findings.derived += rows;
    for (const { key, column, found, expected } of differences) {
      findings.add(
        'state',
        `${table} ${key}: ${column} is ${found ?? 'empty'}, and ${expected ?? 'empty'} follows from the record`,
      );
    }
    await proceed(table === 'register_entries' ? 0 : rows);
  }
  return findings.result();
}

/** An epoch goes on from the newest checkpoint that is known of those before. */
function verifyBeginning({ number, previous }: Epoch, before: Checkpoint | null, findings: Findings): void {
  const expected = before && checkpointLine(before);
  if (previous !== expected) {
    findings.add(
      'checkpoint',
      `tree ${number} follows ${previous ?? 'no checkpoint'}, and the newest before it is ${expected ?? 'none'}`,
    );
  }
}

const SAID: Readonly<Record<RowFault, string>> = {
  missing: 'is gone',
  altered: 'is not as it was sealed',
  'person-altered': 'says otherwise of persons than it was sealed with',
  emptied: 'has lost what it says of persons, and no erasure is on record',
  backdated: 'says that it was written long before it was: it was added afterwards',
};

/**
 * Reads a tree from its first leaf to its last, and holds rows, checkpoints and witnesses against it. Returns its newest checkpoint that
 * was reached.
 */
async function verifyTree(
  db: Queryable,
  epoch: Epoch,
  {
    keys,
    findings,
    proceed,
    held,
  }: {
    keys: TrustedKeys;
    findings: Findings;
    proceed: (rows: number) => Promise<void>;
    held: readonly ShortCheckpoint[];
  },
): Promise<Checkpoint | null> {
  const tree = new MerkleTree();
  let isWhole = true;
  let waiting = await checkpointsAbove(db, epoch.number, 0);
  const seen: { newest: Checkpoint | null } = { newest: null };
  const outside = held.toSorted((a, b) => a.size - b.size);

  /** Holds what is said of a tree of this size against it. */
  async function compare(): Promise<void> {
    const root = isWhole ? tree.root().toString('base64') : null;
    for (let next = waiting[0]; next?.size === tree.size; next = waiting[0]) {
      findings.checkpoints += 1;
      verifyNote(next, epoch, keys, findings);
      if (root !== null && root !== next.root) {
        findings.add('checkpoint', `${checkpointLine(next)} is signed, and the sealed rows have the root ${root}`);
      }
      if (seen.newest !== null && next.horizon < seen.newest.horizon) {
        findings.add('checkpoint', `${checkpointLine(next)} reaches less far than the one before`);
      }
      seen.newest = next;
      waiting.shift();
      if (waiting.length === 0) waiting = await checkpointsAbove(db, epoch.number, next.size);
    }
    for (let next = outside[0]; next?.size === tree.size; next = outside[0]) {
      if (root !== next.root) {
        findings.add(
          'witness',
          `the checkpoint held outside, ${checkpointLine(next)}, is of another history: the sealed rows have the root ${root ?? 'of no whole tree'}`,
        );
      }
      outside.shift();
    }
  }

  for (;;) {
    const batch = await sealedBatch(db, { epoch: epoch.number, from: tree.size, count: BATCH });
    if (batch.first === null) break;
    if (batch.first !== tree.size || !batch.isWhole) {
      findings.add(
        'seal',
        `of tree ${epoch.number} seals are missing from leaf ${tree.size} on: nothing behind them can be verified`,
      );
      isWhole = false;
      break;
    }
    for (const { table, key, fault } of batch.faults) findings.add(fault, `${table} ${key} ${SAID[fault]}`);
    for (const hash of batch.hashes) {
      tree.append(hash);
      if (tree.size === waiting[0]?.size || tree.size === outside[0]?.size) await compare();
    }
    findings.sealed += batch.hashes.length;
    findings.erased += batch.erased;
    await proceed(batch.hashes.length);
  }
  const [unreached] = waiting;
  if (unreached !== undefined) {
    findings.add(
      'checkpoint',
      `${checkpointLine(unreached)} is signed, and ${tree.size} sealed rows are there: the others were taken away`,
    );
  }
  for (const witness of outside) {
    findings.add(
      'witness',
      `the checkpoint held outside, ${checkpointLine(witness)}, is of more rows than the ${tree.size} that are there`,
    );
  }
  return seen.newest;
}

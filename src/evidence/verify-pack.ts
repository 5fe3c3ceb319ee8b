import { verify } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { publicKeyFrom, sealKeyId } from '../security/seal-keys.ts';
import { note, right, wrong, type Finding } from './findings.ts';
import { readBag, type ReadBag } from './read-bag.ts';
import { ContainerError, contentOf, linesIn, piecesOf } from './strict-zip.ts';
import { publicKeyOf, verifyEpoch } from './verify-epoch.ts';

const ORIGINALS_NAMED = 20;

/** What the verification may rely on that does not come with the pack. */
export interface PackTrust {
  /** The public key of the seals, PEM, as the reader has it from elsewhere; without it the pack vouches for itself. */
  readonly sealKey?: string | undefined;
}

/**
 * Verifies an evidence pack (D55), and tells every finding as it comes: that the container and the bag are byte for byte as Varsel
 * writes them, the signature, and for each epoch the checkpoint, its time stamp, and that the rows stand in the tree under it. Then
 * what is not in the pack. The pack is as it was made where no finding is wrong. Rejects where the file cannot be read.
 */
export async function* verifyPack(name: string, trust: PackTrust = {}): AsyncGenerator<Finding> {
  const file = await open(name);
  try {
    yield* verifyFile(file, trust);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    yield wrong(`${error.message}. What stands behind that was not read`);
  } finally {
    await file.close();
  }
}

async function* verifyFile(file: FileHandle, trust: PackTrust): AsyncGenerator<Finding> {
  const bag = await readBag(file);
  for (const fault of bag.faults) yield wrong(fault);
  if (bag.faults.length === 0) {
    yield right(`${bag.payloadFiles} files, each as the manifest has it; every byte of the ZIP is as Varsel writes it`);
  }
  yield* verifySignature(file, bag, trust);
  const unsealedOriginals = new Map(bag.originals);
  if (bag.epochs.size === 0) yield wrong('data/proof/ holds no epoch: no row of the pack is proved');
  for (const [epoch, files] of [...bag.epochs].sort(([one], [other]) => one - other)) {
    yield* verifyEpoch(file, { epoch, files }, (sha256) => unsealedOriginals.delete(sha256));
  }
  yield* aboutOriginals(bag, unsealedOriginals);
  yield* cutOut(bag);
  if (bag.unsealed === null) yield wrong('data/proof/unsealed.txt is missing');
  else {
    for await (const row of linesIn(piecesOf(file, bag.unsealed)))
      yield note(`not sealed yet when this pack was made: ${row}`);
  }
}

async function* verifySignature(file: FileHandle, { tags }: ReadBag, { sealKey }: PackTrust): AsyncGenerator<Finding> {
  const [keyFile, signature, manifest] = ['seal-key.pem', 'signature.bin', 'tagmanifest-sha256.txt'].map((path) =>
    tags.get(path),
  );
  if (keyFile === undefined || signature === undefined || manifest === undefined) {
    yield wrong('the pack is not signed: seal-key.pem, signature.bin or tagmanifest-sha256.txt is missing');
    return;
  }
  const key = publicKeyOf((await contentOf(file, keyFile)).toString());
  if (key === null) {
    yield wrong('seal-key.pem is no Ed25519 key');
    return;
  }
  yield verify(null, await contentOf(file, manifest), publicKeyFrom(key), await contentOf(file, signature))
    ? right(`the pack is signed by the key ${sealKeyId(key)}`)
    : wrong('signature.bin is not the signature of tagmanifest-sha256.txt by seal-key.pem');
  const trusted = sealKey === undefined ? null : publicKeyOf(sealKey);
  if (sealKey === undefined) {
    yield note('the key came with the pack: compare it with the one that you have from elsewhere, or give that one');
  } else if (trusted === null) {
    yield wrong('the key that was given to compare with is no Ed25519 key in PEM');
  } else if (!trusted.equals(key)) {
    yield wrong(`the pack is signed by the key ${sealKeyId(key)}, and the one that was given is ${sealKeyId(trusted)}`);
  }
}

/** What was left out on purpose when the pack was made. */
function* cutOut({ info }: ReadBag): Generator<Finding> {
  const share = info.get('Varsel-Share-Of');
  if (share !== undefined)
    yield note(`this is the share of ${share}: what concerns other controllers alone is not in it`);
  if (info.has('Varsel-Redacted')) yield note('it is redacted: what is of persons is not in it, and no mail');
}

/** A mail or a scan is sealed by its hash: of what was sent with its attempt, of what came in with its content, of a scan with its row. */
function* aboutOriginals(bag: ReadBag, unsealed: ReadonlyMap<string, string>): Generator<Finding> {
  const sealed = bag.originals.size - unsealed.size;
  if (sealed > 0)
    yield right(`${sealed} mails and scans are byte for byte what was sealed when they went out or came in`);
  for (const path of [...unsealed.values()].slice(0, ORIGINALS_NAMED)) {
    yield note(
      `${path} is not byte for byte what went out or came in: links and tags are cut out, or no seal covers it`,
    );
  }
  if (unsealed.size > ORIGINALS_NAMED) yield note(`and ${unsealed.size - ORIGINALS_NAMED} more like that`);
}

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { zipOfBag, type PackFile } from '../../src/evidence/bag.ts';
import { leafHash, MerkleTree, subtreesBeside, type Subtree } from '../../src/evidence/merkle.ts';
import { signatureFile, verifyingFiles } from '../../src/evidence/proof-files.ts';
import { sealKeysFrom } from '../../src/security/seal-keys.ts';
import { signNote } from '../../src/security/signed-note.ts';
import { SEAL_KEYS } from './seal-key.ts';

export const SEAL_KEY = SEAL_KEYS.current.privateKey;
export const publicPem = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'pem' });

/** What a pack is made of. Every part can be another than an honest one. */
export interface Synthetic {
  /** How many rows are sealed, and which of them are in the pack. */
  readonly size: number;
  readonly shown: readonly number[];
  /** Those of which persons are cut out. */
  readonly hidden?: readonly number[];
  readonly key?: KeyObject;
  /** What has signed the checkpoint, where that is another. */
  readonly epochKey?: KeyObject;
  readonly mail?: Buffer;
  readonly timeStamp?: Buffer;
  readonly unsealed?: string;
  /** The last checkpoint of the epoch before. */
  readonly after?: string;
  readonly info?: readonly (readonly [string, string])[];
  /** Alters files on their way into the pack, whose manifests and signature are made of what it returns. */
  readonly alter?: (file: { path: string; content: string | Buffer }) => PackFile;
}

const ORIGIN = 'varsel.example/seals/1';
const MAIL = Buffer.from('Subject: Underretning\r\n\r\nKære Ærø\r\n');
const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const personOf = (position: number) => `{"name":"Åse nr. ${position} \\"%s\\\\n\\""}`;
const personKeyOf = (position: number) => sha256(`key ${position}`);
const hasPersons = (position: number) => position % 3 !== 2;
function lineOf(position: number, mail: Buffer): string {
  const commitment = hasPersons(position) ? sha256(personKeyOf(position), personOf(position)).toString('hex') : '-';
  const hash = position === 0 ? `"\\\\x${sha256(mail).toString('hex')}"` : 'null';
  return `message_attempts 1 {"id":"${position} – æ %d \\\\ 'x'","mail_sha256":${hash}} ${commitment}`;
}

/** The signed checkpoint of a tree of so many rows. */
export function checkpointOf({ size, key = SEAL_KEY, mail = MAIL, after }: Omit<Synthetic, 'shown'>): string {
  const root = rootOf(0, size, mail).toString('base64');
  return signNote(
    `${ORIGIN}\n${size}\n${root}\n${after === undefined ? '' : `after ${after}\n`}`,
    ORIGIN,
    sealKeysFrom(key.export({ type: 'pkcs8', format: 'pem' })).current,
  );
}

function rootOf(from: number, to: number, mail: Buffer): Buffer {
  const tree = new MerkleTree();
  for (let position = from; position < to; position += 1) tree.append(leafHash(lineOf(position, mail)));
  return tree.root();
}

/** A pack as a ZIP, made without a database: of rows that look like sealed ones. */
export async function syntheticPack(synthetic: Synthetic): Promise<Buffer> {
  const {
    size,
    shown,
    hidden = [],
    key = SEAL_KEY,
    epochKey = key,
    mail = MAIL,
    timeStamp,
    unsealed = '',
    info = [],
    alter,
  } = synthetic;
  const nodeLine = ({ level, index }: Subtree) =>
    `${level} ${index} ${rootOf(index * 2 ** level, (index + 1) * 2 ** level, mail).toString('hex')}\n`;
  const persons = shown.filter((position) => hasPersons(position) && !hidden.includes(position));
  const proof = {
    'checkpoint.txt': checkpointOf({ ...synthetic, key: epochKey, mail }),
    'lines.txt': shown.map((position) => `${position} ${lineOf(position, mail)}\n`).join(''),
    'nodes.txt': [...subtreesBeside(shown, size)].map(nodeLine).join(''),
    'persons.txt': persons
      .map((position) => `${position} ${personKeyOf(position).toString('hex')} ${personOf(position)}\n`)
      .join(''),
    'seal-key.pem': publicPem(epochKey),
    ...(timeStamp && { 'timestamp.tsr': timeStamp }),
  };
  const files = [
    { path: 'data/LÆS-MIG.html', content: '<p>Læs mig</p>' },
    { path: 'data/notices/1-1.eml', content: mail },
    ...Object.entries(proof).map(([name, content]) => ({ path: `data/proof/epoch-1/${name}`, content })),
    { path: 'data/proof/unsealed.txt', content: unsealed },
  ];
  async function* payload(): AsyncGenerator<PackFile> {
    for (const file of files) yield alter?.(file) ?? file;
  }
  const bag = {
    folder: 'varsel-1',
    at: Temporal.Instant.from('2026-11-29T17:00:05Z'),
    payload: payload(),
    info: () => info,
    tags: () => verifyingFiles(key),
    sign: (manifest: Buffer) => signatureFile(manifest, key),
  };
  return Buffer.concat(await Array.fromAsync(zipOfBag(bag)));
}

import './require-node-26.cjs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readDatabaseConfig } from './config/config.ts';
import { VERIFICATION } from './db/connection-options.ts';
import { onOwnConnection } from './db/own-connection.ts';
import { countSealed, readOnly } from './db/verifying.ts';
import { faultsIn, inWords } from './evidence/verification.ts';
import { verifyPack } from './evidence/verify-pack.ts';
import { verifyRecord } from './evidence/verify-record.ts';
import { readWitness } from './evidence/witness.ts';
import { sealPublicKeyFrom } from './security/seal-keys.ts';

const USAGE = `npm run verify [-- [--checkpoint FILE]... [--key FILE]]
npm run verify -- PACK.zip [--key FILE]

Verifies the record in DATABASE_URL, and writes nothing: that every sealed row is as it was sealed, that the rows make the roots
that were signed, that nothing was added or taken away, and that every state follows from the facts.

  --checkpoint FILE   a checkpoint that somebody outside has kept: a signed note, or lines of origin, size and root
  --key FILE          the key that signs checkpoints now, as it is known outside of the database: PEM, public or private

Of an evidence pack it verifies every byte, the signature, the time stamp, and that its rows stand in the sealed record, and says
what is not in it. That needs no database.

It exits with 0 where the record, or the pack, is as it was sealed, with 1 where it is not, and with 2 where it could not be verified.
`;
/** Progress is told this often. */
const TOLD_EVERY_MS = 5_000;

const out = (line: string) => process.stdout.write(`${line}\n`);
const note = (line: string) => process.stderr.write(`${line}\n`);

/** Verifies what the arguments say, tells it, and returns the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      checkpoint: { type: 'string', multiple: true, default: [] },
      key: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const read = async (file: string) => readFile(file, 'utf8');
  const [pack, ...more] = positionals;
  if (more.length > 0) throw new Error(`One pack was expected, found ${positionals.join(', ')}.`);
  if (pack !== undefined) return tellOfPack(pack, values.key === undefined ? undefined : await read(values.key));
  const witnesses = (await Promise.all(values.checkpoint.map(read))).flatMap(readWitness);
  const publicKey = values.key === undefined ? undefined : sealPublicKeyFrom(await read(values.key));
  const { databaseUrl: url } = readDatabaseConfig();
  const address = { url, setting: 'DATABASE_URL', limits: VERIFICATION } as const;
  const found = await onOwnConnection(address, async (client) => {
    await readOnly(client);
    const sealed = await countSealed(client);
    let toldAt = performance.now();
    const onProgress = (rows: number) => {
      if (performance.now() - toldAt < TOLD_EVERY_MS) return;
      toldAt = performance.now();
      note(`${rows} rows and states read; ${sealed} rows are sealed`);
    };
    return verifyRecord(client, { witnesses, publicKey, onProgress });
  });
  for (const { kind, message } of found.faults) out(`${kind}: ${message}`);
  if (faultsIn(found) > found.faults.length) out(`… and ${faultsIn(found) - found.faults.length} more`);
  out(inWords(found));
  if (publicKey === undefined) {
    out('No key was given: that the keys on record are ours was not verified (--key).');
  }
  if (witnesses.length === 0) {
    out(
      'No checkpoint from outside was given: whoever has the key could have written the whole record anew (--checkpoint).',
    );
  }
  return faultsIn(found) === 0 ? 0 : 1;
}

/** Verifies a pack, tells each finding, and returns the exit code. */
async function tellOfPack(pack: string, sealKey: string | undefined): Promise<number> {
  let faults = 0;
  for await (const { is, words } of verifyPack(pack, { sealKey })) {
    if (is === 'wrong') faults += 1;
    out(`${{ right: 'ok     ', wrong: 'WRONG  ', note: 'note   ' }[is]} ${words}`);
  }
  out(faults === 0 ? 'The pack is as it was made.' : `The pack is NOT as it was made; faults: ${faults}.`);
  return faults === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  note(`The record could not be verified. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

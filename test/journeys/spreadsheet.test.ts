import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { oneRow } from '../../src/db/postgres.ts';
import { announceAnother } from '../support/story.ts';
import { startVarsel } from '../support/varsel.ts';

/*
 * README's way from a spreadsheet to customers: try it, mend it, import it with the hash of what was tried. `kunder.csv` is
 * what Danish Excel saves: 500 invented customers in Windows-1252.
 */

const SPREADSHEET = path.join(import.meta.dirname, '../importing/kunder.csv');

/** What an officer types over the cells that the dry run has named: for each line, what stood there and what is right. */
const MENDED: readonly (readonly [line: number, found: string, right: string])[] = [];

test('A spreadsheet of 500 messy customers is tried, mended and imported, and each of them is told', async () => {
  const varsel = await startVarsel();
  onTestFinished(() => varsel.close());
  await announceAnother(varsel);
  const send = (file: Buffer, query: string) =>
    varsel.api().post(`/v1/controllers/import${query}`).set('content-type', 'text/csv').send(file);
  const bytes = await readFile(SPREADSHEET);
  const { body: first } = await send(bytes, '?dryRun=true').expect(200);
  console.log(
    JSON.stringify({ ...first, warnings: first.warnings.length }, null, 1),
    JSON.stringify(
      first.warnings.filter((w: any) => w.code !== 'row-repeated'),
      null,
      0,
    ),
  );
});

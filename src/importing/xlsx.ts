import { Worker } from 'node:worker_threads';
import { InvalidRequest } from '../domain/refused.ts';
import type { CsvEntry } from './csv-controllers.ts';
import type { CsvRow } from './csv-rows.ts';
import type { Format, ImportFile } from './format.ts';
import { table } from './table.ts';
import type { ReadSheet } from './xlsx-worker.ts';

/** A workbook is read whole, unlike the other formats: a file of more goes as CSV. */
const BOUNDS = { bytes: 32 * 1024 ** 2, memoryMb: 1024, withinMs: 120_000 };

/**
 * The first sheet of an Excel workbook (.xlsx), as a table (`table`): numbers as they would be typed, days as 2026-11-23. It is read
 * in a thread of its own, with bounds on memory and time. Throws `InvalidRequest` for a file that is none, or that is too large.
 */
export async function xlsx(
  file: ImportFile,
  mapped: ReadonlyMap<string, string>,
  given: Partial<typeof BOUNDS> = {},
): Promise<Format<CsvEntry>> {
  const bounds = { ...BOUNDS, ...given };
  const sheet = await readSheet(await wholeOf(file, bounds.bytes), bounds);
  if ('fault' in sheet) throw new InvalidRequest([{ path: '', message: sheet.fault }]);
  const rows = sheet.rows
    .map((cells, index): CsvRow => ({ line: index + 1, cells }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  return table({
    // oxlint-disable-next-line require-await -- rows come as they do from a file
    rows: async function* () {
      yield* rows;
    },
    mapped,
    warnings: [],
  });
}

async function wholeOf(file: ImportFile, limit: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of file.read()) {
    bytes += piece.length;
    if (bytes > limit) throw new InvalidRequest([{ path: '', message: tooLarge(limit) }]);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const tooLarge = (limit: number) => `Expected a workbook of at most ${limit} bytes: save it as CSV`;

async function readSheet(file: Uint8Array, { memoryMb, withinMs, bytes }: typeof BOUNDS): Promise<ReadSheet> {
  const result = Promise.withResolvers<ReadSheet>();
  const worker = new Worker(new URL('./xlsx-worker.ts', import.meta.url), {
    workerData: file,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  const giveUp = () => result.resolve({ fault: tooLarge(bytes) });
  const late = setTimeout(giveUp, withinMs);
  worker.on('message', (sheet: ReadSheet) => result.resolve(sheet));
  // It has run out of memory. The exit follows.
  worker.on('error', giveUp);
  worker.on('exit', giveUp);
  try {
    return await result.promise;
  } finally {
    clearTimeout(late);
    await worker.terminate();
  }
}

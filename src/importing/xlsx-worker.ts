import { parentPort, workerData } from 'node:worker_threads';
import { readSheet } from 'read-excel-file/universal';
import { unzipped, zipped } from './zip.ts';

/** The rows of a sheet, or why it cannot be read. */
export type ReadSheet = { readonly rows: readonly (readonly string[])[] } | { readonly fault: string };

/** What a workbook may come to when it is unpacked. Of a million rows it is about 400 MB. */
const UNPACKED_BYTES = 512 * 1024 ** 2;

/** The digits that a spreadsheet keeps of a number. */
const EXACT = 1e15;

async function sheetOf(file: Uint8Array): Promise<ReadSheet> {
  try {
    const files = unzipped(Buffer.from(file.buffer, file.byteOffset, file.byteLength), UNPACKED_BYTES);
    for (const [name, content] of files) if (name.startsWith('xl/worksheets/')) files.set(name, errorsShown(content));
    const { buffer, byteOffset, byteLength } = zipped(files);
    // A number as the file has it, because some are read otherwise than they are written.
    const rows = await readSheet<string>(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer, {
      parseNumber: numberAsTyped,
    });
    return { rows: rows.map((cells) => cells.map((cell) => textOf(cell as Parameters<typeof textOf>[0]))) };
  } catch (error) {
    return { fault: `Expected an Excel workbook (.xlsx): ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A sheet whose errors of formulas are texts. The library takes them for blank cells, and a contact would be lost unseen. */
function errorsShown(sheet: Buffer): Buffer {
  if (!sheet.includes('t="e"')) return sheet;
  return Buffer.from(sheet.toString('utf8').replace(/(<(?:\w+:)?c\s(?:[^<>]*\s)?t=)"e"/g, '$1"str"'), 'utf8');
}

/** A number as somebody would have typed it; where the spreadsheet has rounded it, as the spreadsheet shows it: 1.2E+18. */
function numberAsTyped(written: string): string {
  const number = Number(written);
  if (!Number.isFinite(number)) return written;
  return Math.abs(number) < EXACT ? String(number) : number.toExponential().toUpperCase();
}

/** A cell on one line. A day has no time. */
function textOf(cell: string | boolean | Date | null): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '');
  return String(cell).replace(/\s+/g, ' ').trim();
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(await sheetOf(workerData as Uint8Array));

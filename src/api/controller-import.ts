import type pg from 'pg';
import type { z } from 'zod';
import type { Author } from '../domain/author.ts';
import { inputFaults, InvalidRequest, type InputFault } from '../domain/refused.ts';
import { parseJson } from '../http/parse-json.ts';
import { saveControllers } from '../commands/save-controllers.ts';
import type { Controller } from '../db/controllers.ts';
import { inTransaction } from '../db/postgres.ts';
import { knownProducts } from '../db/products.ts';

/** The longest line that is read, in bytes. */
const MAX_LINE_BYTES = 64 * 1024;

/** The most bad lines that the response names, so that it fits into memory however many there are. */
const NAMED_AT_MOST = 10_000;

/** The most controllers that one transaction saves. */
const BATCH_SIZE = 500;

export interface ImportResult {
  created: number;
  updated: number;
  unchanged: number;
  rejected: { line: number; errors: InputFault[] }[];
}

/**
 * Saves controllers from NDJSON as it streams in, batch by batch, in memory that does not grow with the stream. Good lines
 * are saved, bad lines are reported with every fault, blank lines are skipped. Where a controller comes twice, the later
 * line counts. Throws where the stream breaks off; the lines that came whole are saved by then.
 */
export async function importControllers(
  body: AsyncIterable<Buffer>,
  { pool, schema, by }: { pool: pg.Pool; schema: z.ZodType<Controller>; by: () => Author },
): Promise<ImportResult> {
  const result: ImportResult = { created: 0, updated: 0, unchanged: 0, rejected: [] };
  const products = new Set(await knownProducts(pool));
  let batch = new Map<string, Controller>();
  let unnamed = 0;
  const save = async () => {
    const controllers = [...batch.values()];
    batch = new Map();
    if (controllers.length === 0) return;
    const saved = await inTransaction(pool, (tx) => saveControllers(tx, controllers, by()));
    for (const how of saved.values()) result[how] += 1;
  };
  try {
    for await (const read of linesOf(body)) {
      const { line, fault } = read;
      const parsed = fault === null ? parse(read, schema, products) : { errors: [{ path: '', message: fault }] };
      if ('errors' in parsed) {
        if (result.rejected.length < NAMED_AT_MOST) result.rejected.push({ line, errors: parsed.errors });
        else unnamed += 1;
        continue;
      }
      const { controller } = parsed;
      if (batch.has(controller.externalId) || batch.size === BATCH_SIZE) await save();
      batch.set(controller.externalId, controller);
    }
  } finally {
    await save();
  }
  if (unnamed > 0) {
    const message = `${unnamed} more lines were rejected; at most ${NAMED_AT_MOST} are named. Mend those and import again.`;
    result.rejected.push({ line: 0, errors: [{ path: '', message }] });
  }
  return result;
}

function parse(
  { text, line }: Line,
  schema: z.ZodType<Controller>,
  products: ReadonlySet<string>,
): { controller: Controller } | { errors: InputFault[] } {
  let json: unknown;
  try {
    json = parseJson(text, line);
  } catch (error) {
    if (error instanceof InvalidRequest) return { errors: [...error.errors] };
    throw error;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { errors: inputFaults(parsed.error.issues) };
  const unknown = parsed.data.products.filter((product) => !products.has(product));
  if (unknown.length > 0)
    return { errors: [{ path: 'products', message: `There is no product ${unknown.join(', ')}` }] };
  return { controller: parsed.data };
}

interface Line {
  readonly line: number;
  readonly text: string;
  readonly fault: string | null;
}

/** The lines of a stream of bytes, numbered from 1, without blank ones. A line that is too long, or not UTF-8, is a fault. */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const finish = (): Line | null => {
    number += 1;
    const [bytes, found] = [Buffer.concat(parts), length];
    [parts, length] = [[], 0];
    if (found > MAX_LINE_BYTES) {
      return { line: number, text: '', fault: `Expected a line of at most ${MAX_LINE_BYTES} bytes, found ${found}` };
    }
    try {
      const text = decoder.decode(bytes);
      return text.trim() === '' ? null : { line: number, text, fault: null };
    } catch {
      return { line: number, text: '', fault: 'Expected UTF-8' };
    }
  };
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = finish();
  if (last) yield last;

  // Counts the bytes of a line that is too long and drops them, so that a line without an end cannot fill the memory.
  function add(bytes: Buffer): void {
    length += bytes.length;
    if (length <= MAX_LINE_BYTES) parts.push(bytes);
    else parts = [];
  }
}

import { InvalidRequest } from '../domain/refused.ts';
import { parseJson } from '../http/parse-json.ts';
import { found, MAX_LINE_BYTES, type Entry, type Format, type ImportFile, type LineFault } from './format.ts';

interface JsonLine extends Entry {
  readonly value: unknown;
  /** Why it is not JSON, and what it is instead; `null` where it is. */
  readonly fault: LineFault | null;
}

/** NDJSON: a controller on each line, in UTF-8. Of two lines of one external id, the later counts. Blank lines are skipped. */
export function ndjson(file: ImportFile): Format<JsonLine> {
  return {
    warnings: [],
    addsUp: false,
    entries: () => linesOf(file.read()),
    candidateOf: ([entry]) => {
      if (entry === undefined) throw new Error('a candidate without a line');
      const { line, value, fault } = entry;
      return {
        value,
        faults: fault === null ? [] : [{ line, ...fault }],
        warnings: [],
        placeOf: (path) => ({ line, path }),
      };
    },
  };
}

function parsed(line: number, text: string): JsonLine {
  try {
    const value = parseJson(text, line);
    const externalId = (value as { externalId?: unknown } | null)?.externalId;
    return { line, value, externalId: typeof externalId === 'string' ? externalId : null, fault: null };
  } catch (error) {
    const [fault] = error instanceof InvalidRequest ? error.errors : [];
    if (fault === undefined) throw error;
    return { line, value: undefined, externalId: null, fault: { ...fault, found: found(text) } };
  }
}

function faulty(line: number, message: string, what: string | null): JsonLine {
  return { line, value: undefined, externalId: null, fault: { path: '', message, found: what } };
}

/** The lines of a stream of bytes, numbered from 1, without blank ones. */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<JsonLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const finish = (): JsonLine | null => {
    number += 1;
    const [bytes, size] = [Buffer.concat(parts), length];
    [parts, length] = [[], 0];
    if (size > MAX_LINE_BYTES) {
      return faulty(number, `Expected a line of at most ${MAX_LINE_BYTES} bytes, found ${size}`, null);
    }
    try {
      const text = decoder.decode(bytes);
      return text.trim() === '' ? null : parsed(number, text);
    } catch {
      return faulty(number, 'Expected UTF-8', null);
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

import type { z } from 'zod';
import type { Controller } from '../db/controllers.ts';
import { inputFaults } from '../domain/refused.ts';
import {
  found,
  type Candidate,
  type Entry,
  type Format,
  type ImportWarning,
  type LineFault,
  type RejectedLine,
} from './format.ts';

/** The line of each external id that its controller is whole with. */
export type LastLines = ReadonlyMap<string, number>;

/** What a controller of a file must fit. */
export interface Measure {
  readonly schema: z.ZodType<Controller>;
  readonly products: ReadonlySet<string>;
}

/** A controller that can be saved, or `null` with the lines that are rejected; and what looks wrong. */
export interface Judgement {
  readonly line: number;
  readonly controller: Controller | null;
  readonly rejected: readonly RejectedLine[];
  readonly warnings: readonly ImportWarning[];
}

export async function lastLinesOf(format: Format): Promise<LastLines> {
  const last = new Map<string, number>();
  for await (const { externalId, line } of format.entries()) if (externalId !== null) last.set(externalId, line);
  return last;
}

/** What is judged of a file: each controller once, when its last line has come. */
export async function* judgementsOf<Each extends Entry>(
  format: Format<Each>,
  lastLines: LastLines,
  measure: Measure,
): AsyncGenerator<Judgement> {
  /** The entries of controllers that are not whole yet. */
  const waiting = new Map<string, Each[]>();
  for await (const entry of format.entries()) {
    const { externalId, line } = entry;
    const last = externalId === null ? line : (lastLines.get(externalId) ?? line);
    if (externalId !== null && last !== line) {
      if (!format.addsUp) yield superseded(line, externalId, last);
      else if (waiting.get(externalId)?.push(entry) === undefined) waiting.set(externalId, [entry]);
      continue;
    }
    const entries = [...(waiting.get(externalId ?? '') ?? []), entry];
    waiting.delete(externalId ?? '');
    yield judge(format.candidateOf(entries), entry, measure);
  }
}

function superseded(line: number, externalId: string, last: number): Judgement {
  const message = `Line ${last} has the same externalId, and counts instead`;
  return { line, controller: null, rejected: [], warnings: [{ line, externalId, code: 'line-superseded', message }] };
}

function judge(candidate: Candidate, { line, externalId }: Entry, { schema, products }: Measure): Judgement {
  const { value, faults, warnings, placeOf } = candidate;
  const parsed = schema.safeParse(value);
  const errors = parsed.success
    ? parsed.data.products
        .filter((product) => !products.has(product))
        .map((product) => ({ path: 'products', message: `There is no product ${product}`, found: product }))
    : inputFaults(parsed.error.issues).map((fault) => ({ ...fault, found: found(valueAt(value, fault.path)) }));
  // What is known to be wrong with a cell says more than that it does not fit.
  const isKnown = (place: ReturnType<Candidate['placeOf']>) =>
    value === undefined || faults.some((fault) => fault.line === place.line && fault.path === place.path);
  const placed = errors.map((error) => ({ ...error, ...placeOf(error.path) })).filter((error) => !isKnown(error));
  const rejected = byLine([...faults, ...placed], externalId);
  return { line, controller: parsed.success && rejected.length === 0 ? parsed.data : null, rejected, warnings };
}

/** The value at a dotted path; `undefined` where there is none. */
function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path.split('.').reduce<unknown>((part, key) => {
    const isNesting = typeof part === 'object' && part !== null && Object.hasOwn(part, key);
    return isNesting ? (part as Record<string, unknown>)[key] : undefined;
  }, value);
}

function byLine(faults: readonly (LineFault & { line: number })[], externalId: string | null): RejectedLine[] {
  const lines = Map.groupBy(faults, ({ line }) => line);
  return [...lines].map(([line, errors]) => ({
    line,
    externalId,
    errors: errors.map(({ line: _line, ...error }) => error),
  }));
}

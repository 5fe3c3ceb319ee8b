import type pg from 'pg';
import { controllersOf } from '../db/agreements.ts';
import type { Controller } from '../db/controllers.ts';
import { knownProducts } from '../db/products.ts';
import { externalIdKey, type NearDuplicates } from '../domain/near-duplicate.ts';
import { readRegistrationNumber } from '../domain/registration-number.ts';
import type { Format, ImportWarning, RejectedLine } from './format.ts';
import { judgementsOf, lastLinesOf, type Judgement } from './judge.ts';
import { limitedList } from './limited-list.ts';

/** The most rejected lines, and the most warnings, that are named. */
const REJECTED_NAMED = 10_000;
export const WARNINGS_NAMED = 1_000;

const SAMPLE_SIZE = 5;

/** What is known of a whole file before anything of it is saved. */
export interface Review {
  /** How many controllers can be saved. */
  readonly valid: number;
  readonly rejected: readonly RejectedLine[];
  readonly warnings: readonly ImportWarning[];
  /** The first controllers as they were read. */
  readonly sample: readonly Controller[];
  /** The external ids of the controllers whose agreement for a product the file lacks. */
  readonly missing: readonly string[];
  /** Other controllers of the file that may be the same, and those that are stored. */
  readonly nearDuplicatesOf: (controller: Controller, stored: NearDuplicates) => NearDuplicates;
  /** Each controller that can be saved, with its last line, read anew. */
  readonly controllers: () => AsyncGenerator<{ line: number; controller: Controller }>;
}

/** Judges every line of a file, in memory for its external ids alone. Saves nothing. */
export async function reviewOf(
  format: Format,
  {
    pool,
    schema,
    endMissing,
  }: { pool: pg.Pool; schema: Parameters<typeof judgementsOf>[2]['schema']; endMissing: string | null },
): Promise<Review> {
  const lastLines = await lastLinesOf(format);
  const measure = { schema, products: new Set(await knownProducts(pool)) };
  const rejected = limitedList<RejectedLine>(REJECTED_NAMED);
  const warnings = limitedList<ImportWarning>(WARNINGS_NAMED);
  const [byNumber, byId] = [new Map<string, string[]>(), new Map<string, string[]>()];
  const sample: Controller[] = [];
  let valid = 0;
  const controllers = () => judgementsOf(format, lastLines, measure);
  for (const warning of format.warnings) warnings.add(warning);
  for await (const judgement of controllers()) {
    for (const line of judgement.rejected) rejected.add(line);
    for (const warning of judgement.warnings) warnings.add(warning);
    const { controller } = judgement;
    if (controller === null) continue;
    valid += 1;
    if (sample.length < SAMPLE_SIZE) sample.push(controller);
    note(byNumber, readRegistrationNumber(controller.registrationNumber).key, controller);
    note(byId, externalIdKey(controller.externalId), controller);
  }
  return {
    valid,
    rejected: rejected.all((leftOut) => ({ line: 0, externalId: null, errors: [moreLines(leftOut)] })),
    warnings: warnings.all(moreWarnings),
    sample,
    missing: endMissing === null ? [] : (await controllersOf(pool, endMissing)).filter((each) => !lastLines.has(each)),
    nearDuplicatesOf: (controller, stored) => {
      const others = (inFile: Map<string, string[]>, key: string | null, known: readonly string[]) => [
        ...(inFile.get(key ?? '') ?? []).filter((each) => each !== controller.externalId),
        ...known.filter((each) => !lastLines.has(each)),
      ];
      return {
        sameNumber: others(byNumber, readRegistrationNumber(controller.registrationNumber).key, stored.sameNumber),
        similarId: others(byId, externalIdKey(controller.externalId), stored.similarId),
      };
    },
    controllers: () => savable(controllers()),
  };
}

async function* savable(judgements: AsyncIterable<Judgement>) {
  for await (const { line, controller } of judgements) if (controller !== null) yield { line, controller };
}

/** Notes that a controller has a key. Of very many, the first are enough to name. */
function note(noted: Map<string, string[]>, key: string | null, { externalId, products }: Controller): void {
  if (key === null || products.length === 0) return;
  const others = noted.get(key);
  if (others === undefined) noted.set(key, [externalId]);
  else if (others.length < 5) others.push(externalId);
}

const moreLines = (leftOut: number) => ({
  path: '',
  message: `${leftOut} more lines were rejected; at most ${REJECTED_NAMED} are named. Mend those and import again.`,
  found: null,
});

export const moreWarnings = (leftOut: number): ImportWarning => ({
  line: null,
  externalId: null,
  code: 'more-warnings',
  message: `${leftOut} more warnings; at most ${WARNINGS_NAMED} are named`,
});

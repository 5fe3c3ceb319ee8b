import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { z } from 'zod';
import { endAgreements } from '../commands/end-agreement.ts';
import { saveControllers, type SavedAs } from '../commands/save-controllers.ts';
import { findNearDuplicates, type Controller } from '../db/controllers.ts';
import { inDryRun, inTransaction } from '../db/postgres.ts';
import { knownProducts } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { controllerDifferences, type ControllerDifference } from '../domain/controller-differences.ts';
import { NO_DUPLICATES, warningsOf } from '../domain/near-duplicate.ts';
import { InvalidRequest, Refused, refusedAt } from '../domain/refused.ts';
import type { Format, ImportWarning, RejectedLine } from './format.ts';
import { limitedList } from './limited-list.ts';
import { moreWarnings, reviewOf, WARNINGS_NAMED, type Review } from './review.ts';

/** The most controllers that one transaction saves. */
const BATCH_SIZE = 500;

/** How many controllers that a file lacks are named. */
const MISSING_NAMED = 100;

/** Of how many controllers it is said in what they differ. */
const DIFFERENCES_SHOWN = 200;

/** A file to import, and what to do with it. */
export interface Import {
  readonly format: Format;
  /** Stands for the file and how it is read. */
  readonly fingerprint: string;
  readonly dryRun: boolean;
  /** The product whose agreements end that the file lacks; `null`: none. */
  readonly endMissing: string | null;
  /** What the dry run answered, which must be what happens now; `null` where nobody has looked. */
  readonly hash: string | null;
}

export interface ImportResult extends Record<SavedAs, number> {
  readonly dryRun: boolean;
  readonly agreementsEnded: number;
  readonly mails: number;
  readonly rejected: readonly RejectedLine[];
  readonly warnings: readonly ImportWarning[];
  /** Whose agreement the file lacks: all are counted, the first named. */
  readonly missing: { product: string; controllers: number; externalIds: readonly string[] } | null;
  /** The first controllers as they were read. */
  readonly sample: readonly Controller[];
  /** The first controllers that are new or another, each with its differences. */
  readonly differences: readonly ControllerChange[];
  /** Stands for the file and for what is done with it. */
  readonly hash: string;
}

/** What becomes of one controller of a file. */
interface ControllerChange {
  readonly line: number;
  readonly externalId: string;
  readonly how: Exclude<SavedAs, 'unchanged'>;
  readonly name: string;
  readonly differences: readonly ControllerDifference[];
}

interface Means {
  readonly pool: pg.Pool;
  readonly schema: z.ZodType<Controller>;
  /** Who imports, and when it is at each call. */
  readonly by: () => Author;
}

/**
 * Saves the controllers of a file, batch by batch, once all of it is judged: good lines are saved, bad ones are reported. A dry
 * run does the same and rolls each batch back. No controller is in two of them, so together they say what would happen.
 * Refuses with `lines-rejected` where no line can be saved, or one cannot and agreements are to end; with `import-outdated`
 * where the file or what it does is not what the dry run said; with `product-unknown` for the product of `endMissing`. Throws `InvalidRequest` where agreements are to end unseen.
 */
export async function importControllers(order: Import, means: Means): Promise<ImportResult> {
  const { dryRun, endMissing, hash } = order;
  if (endMissing !== null && !dryRun && hash === null) {
    const message = 'Expected the hash that a dry run of this file has answered, because agreements are to end';
    throw new InvalidRequest([{ path: 'hash', message }]);
  }
  if (endMissing !== null && !(await knownProducts(means.pool)).includes(endMissing)) {
    throw refusedAt('endMissing', 'product-unknown', `There is no product ${endMissing}.`);
  }
  const review = await reviewOf(order.format, { ...means, endMissing });
  refuseRejected(order, review);
  if (!dryRun && hash !== null && hash !== (await run({ ...order, dryRun: true }, review, means)).hash) {
    throw new Refused('import-outdated', 'The file, or what it would do, is no longer what the dry run said.');
  }
  return run(order, review, means);
}

function refuseRejected({ endMissing, dryRun }: Import, { valid, rejected }: Review): void {
  const because =
    valid === 0 && (rejected.length > 0 || endMissing !== null)
      ? 'No line of the file can be saved.'
      : rejected.length > 0 && endMissing !== null && !dryRun
        ? 'A file that has rejected lines ends no agreements.'
        : null;
  if (because !== null) throw new Refused('lines-rejected', because, { rejected });
}

async function run(order: Import, review: Review, means: Means): Promise<ImportResult> {
  const { endMissing, dryRun, fingerprint } = order;
  const { rejected, missing, sample } = review;
  const warnings = limitedList<ImportWarning>(WARNINGS_NAMED);
  for (const warning of review.warnings) warnings.add(warning);
  const differences: ControllerChange[] = [];
  const done = await save(review, means, dryRun ? inDryRun : inTransaction, {
    warn: (warning) => warnings.add(warning),
    changed: (change) => {
      if (differences.length < DIFFERENCES_SHOWN) differences.push(change());
    },
  });
  if (endMissing !== null && rejected.length > 0) {
    const message = 'The file has rejected lines, and so ends no agreements';
    warnings.add({ line: null, externalId: null, code: 'nothing-ended', message });
  } else if (endMissing !== null) {
    done.agreementsEnded += await endAll(missing, endMissing, means, dryRun ? inDryRun : inTransaction);
  }
  const hash = createHash('sha256').update(JSON.stringify([fingerprint, endMissing, done, missing, rejected]));
  return {
    dryRun,
    ...done,
    rejected,
    warnings: warnings.all(moreWarnings),
    missing: endMissing === null ? null : missingOf(endMissing, missing),
    sample,
    differences,
    hash: hash.digest('hex'),
  };
}

function missingOf(product: string, externalIds: readonly string[]) {
  return { product, controllers: externalIds.length, externalIds: externalIds.slice(0, MISSING_NAMED) };
}

async function save(
  review: Review,
  { pool, by }: Means,
  transact: typeof inTransaction,
  tell: {
    readonly warn: (warning: ImportWarning) => void;
    /** Told of each change, which it may have made. */
    readonly changed: (change: () => ControllerChange) => void;
  },
) {
  const done = { created: 0, updated: 0, unchanged: 0, agreementsEnded: 0, mails: 0 };
  for await (const batch of batchesOf(review.controllers())) {
    const controllers = batch.map(({ controller }) => controller);
    const [saved, stored] = await transact(pool, async (tx) => [
      await saveControllers(tx, controllers, by()),
      await findNearDuplicates(
        tx,
        controllers.map(({ externalId }) => externalId),
        null,
      ),
    ]);
    for (const how of saved.savedAs.values()) done[how] += 1;
    done.agreementsEnded += saved.agreementsEnded;
    done.mails += saved.mails;
    const lines = new Map(batch.map(({ line, controller: { externalId } }) => [externalId, line]));
    for (const { savedAs: how, before, after } of saved.changed) {
      const { externalId, name } = after;
      const line = lines.get(externalId) ?? 0;
      tell.changed(() => ({ line, externalId, how, name, differences: controllerDifferences(before, after) }));
    }
    for (const { line, controller } of batch) {
      const { externalId } = controller;
      const others = review.nearDuplicatesOf(controller, stored.get(externalId) ?? NO_DUPLICATES);
      for (const warning of warningsOf(controller, others)) tell.warn({ line, externalId, ...warning });
    }
  }
  return done;
}

async function endAll(
  missing: readonly string[],
  product: string,
  { pool, by }: Means,
  transact: typeof inTransaction,
): Promise<number> {
  let ended = 0;
  for (let at = 0; at < missing.length; at += BATCH_SIZE) {
    const batch = missing.slice(at, at + BATCH_SIZE);
    ended += await transact(pool, (tx) => endAgreements(tx, batch, product, by()));
  }
  return ended;
}

async function* batchesOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

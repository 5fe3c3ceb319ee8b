import type { Transaction } from '../db/postgres.ts';
import { endVersions, endVersionsFor, insertVersion } from '../db/register.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import type { RegisterStep } from '../domain/register-version.ts';

/**
 * Carries out in the register what a change does to it from `day` on (D23, D43). The caller has put the activation on record, and
 * holds the locks of the entries (`lockEntries`).
 */
export async function applyEffects(
  tx: Transaction,
  change: AnnouncedChange,
  { ended, written }: RegisterStep,
  day: Temporal.PlainDate,
): Promise<void> {
  // The company that takes an entry's place comes first, and its children are under it (D47).
  let replacement: string | null = null;
  await (change.scope === 'all' ? endVersions(tx, ended, day) : endVersionsFor(tx, ended, change.id));
  for (const { entry, facts, validFor, endedFor } of written) {
    const parentId = facts.parentId !== null && facts.parentId === change.replaces ? replacement : facts.parentId;
    const id = await insertVersion(tx, {
      ...facts,
      parentId,
      product: change.product,
      entry,
      validFor,
      endedFor,
      from: day,
      changeId: change.id,
    });
    if (entry === null) replacement = id;
  }
}

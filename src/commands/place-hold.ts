import { findChange } from '../db/changes.ts';
import { findController } from '../db/controllers.ts';
import { findHold, insertHold, releaseHold as markReleased, type LegalHold } from '../db/legal-holds.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';

/** A hold as it is to be placed: of a change, or of a controller. */
export interface HoldToPlace {
  readonly changeId: string | null;
  /** External id. */
  readonly controller: string | null;
  readonly reason: string;
  /** `null`: until it is released. */
  readonly until: Temporal.Instant | null;
}

/**
 * Places a legal hold (D51): from its commit on nothing of the change, or of the controller, is emptied. What is emptied already
 * stays so. Refuses with `change-unknown` and `controller-unknown`.
 */
export async function placeHold(tx: Transaction, hold: HoldToPlace, by: Author): Promise<LegalHold> {
  const { changeId, controller: externalId } = hold;
  if (changeId !== null && (await findChange(tx, changeId)) === null) {
    throw refusedAt('change', 'change-unknown', `There is no change ${changeId}.`);
  }
  const controller = externalId === null ? null : await findController(tx, externalId);
  if (externalId !== null && controller === null) {
    throw refusedAt('controller', 'controller-unknown', `There is no controller ${externalId}.`);
  }
  return getHold(tx, await insertHold(tx, { ...hold, controllerId: controller?.id ?? null }, by));
}

/**
 * Releases a legal hold, for a reason, for good: what it kept is emptied by the next nightly job where its time has ended.
 * Refuses with `not-found` and `hold-already-released`.
 */
export async function releaseHold(tx: Transaction, id: string, reason: string, by: Author): Promise<LegalHold> {
  const isReleased = await markReleased(tx, id, reason, by);
  const hold = await getHold(tx, id);
  if (!isReleased) {
    const when = hold.releasedAt?.toString() ?? '';
    throw new Refused('hold-already-released', `Legal hold ${id} was released at ${when}.`);
  }
  return hold;
}

async function getHold(tx: Transaction, id: string): Promise<LegalHold> {
  const hold = await findHold(tx, id);
  if (hold === null) throw notFound(`legal hold ${id}`);
  return hold;
}

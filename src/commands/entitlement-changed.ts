import type { Transaction } from '../db/postgres.ts';
import { entryAddedBy } from '../db/register.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { entitlementInEvent, type ControllersInEvent, type NewEvent } from '../domain/event.ts';

/**
 * The event that tells which companies may be used otherwise from now on (D44): for all, or for the controllers of a wave. The caller
 * has carried out the activation in the register, and records it with the activation's own event.
 */
export async function entitlementChanged(
  tx: Transaction,
  change: AnnouncedChange,
  controllers: ControllersInEvent | null,
): Promise<NewEvent> {
  const entitlement = entitlementInEvent(change, await entryAddedBy(tx, change.id), controllers);
  return { type: 'entitlement.changed', entitlement };
}

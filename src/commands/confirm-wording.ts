import { appendToAuditLog } from '../db/audit-log.ts';
import { isSamePerson } from '../db/authors.ts';
import { markWordingConfirmed } from '../db/changes.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { ChangeView } from '../domain/change-view.ts';
import { isHeld } from '../domain/hold.ts';
import { Refused } from '../domain/refused.ts';
import { lockOpenChange } from './lock-open-change.ts';
import { recordEvents } from './record-events.ts';

/**
 * Confirms, as a second person, that only the words of a change's texts change (D39): until then it cannot be activated. Refuses with
 * `not-found`, `change-ended`, `wording-not-waiting`, and `second-person-needed` for the key that announced it.
 */
export async function confirmWording(tx: Transaction, id: string, by: Author): Promise<ChangeView> {
  const change = await lockOpenChange(tx, id);
  if (change.wordingOnly.length === 0) {
    throw new Refused('wording-not-waiting', 'The change does not state of any text that only its words change.');
  }
  if (change.wordingConfirmed !== null) {
    throw new Refused('wording-not-waiting', `${change.wordingConfirmed.by} has confirmed it already.`);
  }
  if (await isSamePerson(tx, change.announcedBy, by.actor)) {
    const detail = `${change.announcedBy} announced it: expected another key than that, found the same one.`;
    throw new Refused('second-person-needed', detail);
  }
  await markWordingConfirmed(tx, id, by);
  if (!isHeld(change)) return recordEvents(tx, id, by.at, [{ type: 'change.wording-confirmed' }]);
  // Of a change that is held nothing is told (D33), so the audit log alone has it.
  await appendToAuditLog(tx, by, [
    {
      action: 'change.wording-confirmed',
      subject: id,
      details: { product: change.product, texts: change.wordingOnly },
    },
  ]);
  return recordEvents(tx, id, by.at, []);
}

import { lockChange } from '../db/change-locks.ts';
import { markTold } from '../db/changes.ts';
import { audienceOf } from '../db/audience.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { lockProduct } from '../db/products.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { companiesOf } from '../domain/effect.ts';
import { isHeld } from '../domain/hold.ts';
import { tellControllers } from './tell-controllers.ts';

/**
 * Ends the hold of a change (D33): tells the controllers that its product has now, as an announcement without a hold does.
 * Nobody can be asked any more to see to a controller without a contact: it counts as not notified, which blocks, and the
 * operator gets a mail. Does nothing where another process has ended the hold, or the change was withdrawn. The caller has found
 * the hold to be over; the database refuses one that is not.
 */
export async function endHold(
  tx: Transaction,
  { id, product }: { id: string; product: string },
  now: Temporal.Instant,
): Promise<void> {
  // As an announcement does: nobody joins or leaves meanwhile.
  await lockProduct(tx, product);
  const change = await lockChange(tx, id);
  if (change?.status !== 'announced' || !isHeld(change)) return;
  const audience = await audienceOf(tx, product);
  const told = await markTold(tx, change, now);
  await tellControllers(tx, told, audience, now);
  const { first } = audience.withoutContact;
  if (first.length > 0) await tellOfMissingContacts(tx, told, first, now);
}

async function tellOfMissingContacts(
  tx: Transaction,
  change: AnnouncedChange,
  controllers: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  const { id } = change;
  const name = companiesOf(change).join(', ');
  await insertOperatorMail(tx, {
    kind: 'controllers-without-contact',
    subject: `Controllers without a contact get no notice of ${name}`,
    body: [
      `The hold of change ${id} (${name}) has ended, and its controllers are being notified. These lost their contacts, or`,
      `joined without one, while it was held, and get no notice: ${controllers.join(', ')}.`,
      'They count as not notified, and the change cannot be activated. Give them contacts and notify them again, or record a letter.',
    ].join('\n'),
    at,
  });
}

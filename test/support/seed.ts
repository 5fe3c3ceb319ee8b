/*
 * Fills a database by commands, for tests that start no Varsel. Tests that do tell their story over HTTP (`story.ts`).
 */

import type pg from 'pg';
import { announceChange } from '../../src/commands/announce-change.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { loadRegister } from '../../src/commands/load-register.ts';
import { findController } from '../../src/db/controllers.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { TRUETALK_REGISTER } from '../../src/examples/truetalk.ts';
import type { Announcement } from '../../src/domain/change.ts';
import type { ChangeView } from '../../src/domain/change-view.ts';
import { aController, anAnnouncement, aProduct } from './examples.ts';

/** A decision of the tests at this instant. */
export const at = (instant: string) => ({ at: Temporal.Instant.from(instant), actor: 'test' });

/** TrueTalk with its register and so many controllers, as it stands before any change. */
export async function seed(pool: pg.Pool, controllers: number, when: string): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await saveProduct(tx, aProduct(), at(when));
    await loadRegister(tx, 'truetalk', TRUETALK_REGISTER, at(when));
    const given = Array.from({ length: controllers }, (_, index) => aController(index + 1));
    await saveControllers(tx, given, at(when));
  });
}

/** Announces a change. */
export async function announce(
  pool: pg.Pool,
  when: string,
  overrides: Partial<Announcement> = {},
): Promise<ChangeView> {
  return inTransaction(pool, (tx) => announceChange(tx, anAnnouncement(overrides), at(when)));
}

/** Notifies controllers by letter, which needs no mail: their windows open on that day. */
export async function notifyAll(pool: pg.Pool, changeId: string, controllers: number, when: string): Promise<void> {
  const arrivedOn = Temporal.Instant.from(when).toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
  for (let number = 1; number <= controllers; number += 1) {
    await inTransaction(pool, (tx) =>
      recordLetter(tx, { changeId, externalId: `kunde-${number}`, arrivedOn, reference: 'test' }, at(when)),
    );
  }
}

/** The database's id of a controller. */
export async function controllerId(pool: pg.Pool, externalId: string): Promise<string> {
  const found = await findController(pool, externalId);
  if (found === null) throw new Error(`no controller ${externalId}`);
  return found.id;
}

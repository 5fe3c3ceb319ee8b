/*
 * Fills a database by commands, for tests that start no Varsel. Tests that do tell their story over HTTP (`story.ts`).
 */

import type pg from 'pg';
import { announceChange } from '../../src/commands/announce-change.ts';
import { recordLetter } from '../../src/commands/notify-controller.ts';
import { recordOutcomes } from '../../src/commands/record-outcomes.ts';
import { saveControllers } from '../../src/commands/save-controllers.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { loadRegister } from '../../src/commands/load-register.ts';
import { findController } from '../../src/db/controllers.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
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

/** Records that the mail server accepted the notice to a controller, as the sending does, without printing a deadline. */
export async function acceptNotice(
  pool: pg.Pool,
  changeId: string,
  externalId: string,
  when: string,
): Promise<{ messageId: string }> {
  const notice = await oneRow<{ messageId: string; controllerId: string }>(
    pool,
    `select m.id as "messageId", c.id as "controllerId" from messages m join controllers c on c.id = m.controller_id
     where m.change_id = $1 and m.kind = 'notice' and c.external_id = $2`,
    [changeId, externalId],
  );
  const finishedAt = Temporal.Instant.from(when);
  const outcome = {
    ...notice,
    changeId,
    kind: 'notice',
    leaseId: notice.messageId,
    outcome: 'accepted',
    startedAt: finishedAt,
    finishedAt,
    responseCode: 250,
    response: '250 2.0.0 OK',
    printedDeadline: null,
    nextAttemptAt: null,
  } as const;
  await inTransaction(pool, (tx) => recordOutcomes(tx, [outcome]));
  return notice;
}

/** The database's id of a controller. */
export async function controllerId(pool: pg.Pool, externalId: string): Promise<string> {
  const found = await findController(pool, externalId);
  if (found === null) throw new Error(`no controller ${externalId}`);
  return found.id;
}

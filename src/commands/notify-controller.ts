import { appendToAuditLog } from '../db/audit-log.ts';
import { lockChange } from '../db/change-locks.ts';
import { findController } from '../db/controllers.ts';
import { cancelWaitingNotices, insertMessages } from '../db/message-queue.ts';
import { insertLetter } from '../db/letters.ts';
import { findWindow, openWindows, type WindowOfController } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { AnnouncedChange } from '../domain/change.ts';
import { controllersInEvent } from '../domain/event.ts';
import { openingByLetter, refuseArrival } from '../domain/objection-window.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';

/**
 * Records that a letter reached a controller, with the day it arrived and a reference (D13). Opens the controller's window
 * by the same rule as a mail, if none is open yet, and writes `controller.notified`. Refuses with `not-found`, `change-ended`, and `arrival-date-out-of-range`
 * for a day before the announcement, or before the controller joined, or in the future.
 */
export async function recordLetter(
  tx: Transaction,
  letter: { changeId: string; externalId: string; arrivedOn: Temporal.PlainDate; reference: string },
  by: Author,
): Promise<void> {
  const { change, controllerId, window } = await lockForController(tx, letter.changeId, letter.externalId, by.at);
  const { terms } = change;
  const refusal = refuseArrival(letter.arrivedOn, { since: window.createdAt, now: by.at, timeZone: terms.timeZone });
  if (refusal !== null) throw refusedAt('arrivedOn', 'arrival-date-out-of-range', refusal);
  await insertLetter(tx, { ...letter, controllerId, ...by });
  const opening = openingByLetter(letter.arrivedOn, terms);
  await openWindows(tx, [{ changeId: change.id, controllerId, opening }]);
  if (window.deadline !== null) return;
  const controllers = controllersInEvent([letter.externalId]);
  await recordEvents(tx, change.id, by.at, [{ type: 'controller.notified', controllers }]);
}

/**
 * Notifies a controller again, at its present contacts. Notices to it that are not sent yet are replaced. An open window is
 * neither restarted nor moved (D8). Refuses with `not-found` and `change-ended`.
 */
export async function resendNotice(
  tx: Transaction,
  { changeId, externalId }: { changeId: string; externalId: string },
  by: Author,
): Promise<void> {
  const { change, controllerId } = await lockForController(tx, changeId, externalId, by.at);
  await cancelWaitingNotices(tx, changeId, [controllerId]);
  await insertMessages(tx, { kind: 'notice', change, controllerIds: [controllerId], now: by.at });
  await appendToAuditLog(tx, by, [{ action: 'notice.resent', subject: externalId, details: { change: changeId } }]);
}

/** Locks an announced change. Returns it with a controller that counts for it, and the controller's window as it is now. */
async function lockForController(
  tx: Transaction,
  changeId: string,
  externalId: string,
  now: Temporal.Instant,
): Promise<{ change: AnnouncedChange; controllerId: string; window: WindowOfController }> {
  const change = await lockChange(tx, changeId);
  if (change === null) throw notFound(`change ${changeId}`);
  const controller = await findController(tx, externalId);
  if (controller) await writeAheadOfFanOut(tx, change, [controller.id], now);
  const window = controller && (await findWindow(tx, changeId, controller.id));
  if (!controller || !window || window.leftAt !== null) {
    throw notFound(`controller ${externalId} that counts for change ${changeId}`);
  }
  if (change.status !== 'announced') {
    throw new Refused('change-ended', `The change is ${change.status}: there is nothing left to notify of.`);
  }
  return { change, controllerId: controller.id, window };
}

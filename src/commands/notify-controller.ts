import { appendToAuditLog } from '../db/audit-log.ts';
import { lockChange } from '../db/change-locks.ts';
import { findController } from '../db/controllers.ts';
import { cancelWaitingNotices, insertMessages } from '../db/message-queue.ts';
import { insertLetter } from '../db/letters.ts';
import { findWindow, openWindows } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { deadlineOf } from '../domain/objection-window.ts';
import { dayIn, startOfDay } from '../domain/instant.ts';
import type { Author } from '../domain/author.ts';
import { reachFirst } from './fan-out.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** The announced change, locked, and a controller that counts for it, since when. */
async function lockForController(
  tx: Transaction,
  changeId: string,
  externalId: string,
  now: Temporal.Instant,
): Promise<{ change: Change; controllerId: string; since: Temporal.Instant }> {
  const change = await lockChange(tx, changeId);
  if (change === null) throw notFound(`change ${changeId}`);
  const controller = await findController(tx, externalId);
  if (controller) await reachFirst(tx, change, [controller.id], now);
  const window = controller && (await findWindow(tx, changeId, controller.id));
  if (!controller || !window || window.leftAt !== null) {
    throw notFound(`controller ${externalId} that counts for change ${changeId}`);
  }
  if (change.status !== 'announced') {
    throw new Refused('change-ended', `The change is ${change.status}: there is nothing left to notify of.`);
  }
  return { change, controllerId: controller.id, since: window.createdAt };
}

/**
 * Records that a controller was reached by letter, with the day it arrived and a reference (D13): opens its window by the
 * same rule as a mail, if none is open yet. Refuses with `change-ended`, and `arrival-date-out-of-range` for a day before
 * the announcement, or before the controller joined, or in the future.
 */
export async function recordLetter(
  tx: Transaction,
  letter: { changeId: string; externalId: string; arrivedOn: Temporal.PlainDate; reference: string },
  by: Author,
): Promise<void> {
  const { change, controllerId, since } = await lockForController(tx, letter.changeId, letter.externalId, by.at);
  const { timeZone } = change.terms;
  const [first, last] = [dayIn(timeZone, since), dayIn(timeZone, by.at)];
  if (
    Temporal.PlainDate.compare(letter.arrivedOn, first) < 0 ||
    Temporal.PlainDate.compare(letter.arrivedOn, last) > 0
  ) {
    const detail = `arrivedOn must be from the day the controller is to be notified (${first.toString()}) to today (${last.toString()}), found ${letter.arrivedOn.toString()}.`;
    throw new Refused('arrival-date-out-of-range', detail, { errors: [{ path: 'arrivedOn', message: detail }] });
  }
  await insertLetter(tx, { ...letter, controllerId, ...by });
  const notifiedAt = startOfDay(letter.arrivedOn, timeZone);
  const deadline = deadlineOf(notifiedAt, change.terms);
  await openWindows(tx, [{ changeId: change.id, controllerId, opening: { notifiedAt, deadline } }]);
}

/**
 * Notifies a controller again, its contacts as they are now; notices still waiting for it are replaced. An open window is
 * neither restarted nor moved (D8). Refuses with `change-ended`.
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

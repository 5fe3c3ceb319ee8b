import { appendToAuditLog } from '../db/audit-log.ts';
import { lockChange } from '../db/change-locks.ts';
import { findController } from '../db/controllers.ts';
import { controllersWithFailedNotices } from '../db/failed-notices.ts';
import { cancelWaitingNotices, insertMessages } from '../db/message-queue.ts';
import { insertLetter } from '../db/letters.ts';
import { findWindow, openWindows, type WindowOfController } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { isStillTold, type Change } from '../domain/change.ts';
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
  const opening = openingByLetter(letter.arrivedOn, change);
  await openWindows(tx, [{ changeId: change.id, controllerId, opening }]);
  if (window.notifiedAt !== null) return;
  const controllers = controllersInEvent([letter.externalId]);
  await recordEvents(tx, change.id, by.at, [{ type: 'controller.notified', controllers }]);
}

/**
 * Notifies a controller again, at its present contacts. Notices to it that are not sent yet are replaced. An open window is
 * neither restarted nor moved (D8); once it has closed, the mail names the past deadline (D35). Refuses with `not-found` and `change-ended`.
 */
export async function resendNotice(
  tx: Transaction,
  { changeId, externalId }: { changeId: string; externalId: string },
  by: Author,
): Promise<void> {
  const { change, controllerId, window } = await lockForController(tx, changeId, externalId, by.at);
  const isClosed = window.deadline !== null && Temporal.Instant.compare(window.deadline, by.at) <= 0;
  await sendAnew(tx, change, [{ controllerId, externalId }], isClosed ? 'late-notice' : 'notice', by);
}

/** How many controllers one transaction notifies again. */
const RESENT_AT_ONCE = 2_000;

/**
 * Notifies again every controller that is not notified because its notices have failed (D12), up to `RESENT_AT_ONCE`, and says
 * how many are left. A repeat finds none whose notice is on its way. Refuses with `not-found` and `change-ended`.
 */
export async function resendFailedNotices(
  tx: Transaction,
  changeId: string,
  by: Author,
): Promise<{ controllers: number; notices: number; left: number }> {
  const change = await lockChange(tx, changeId);
  if (change === null) throw notFound(`change ${changeId}`);
  refuseEnded(change);
  const { first, count } = await controllersWithFailedNotices(tx, changeId, RESENT_AT_ONCE);
  const notices = await sendAnew(tx, change, first, 'notice', by);
  return { controllers: first.length, notices, left: count - first.length };
}

/** Replaces the notices to these controllers that are not sent yet by notices to their present contacts. Returns how many. */
async function sendAnew(
  tx: Transaction,
  change: Change,
  controllers: readonly { controllerId: string; externalId: string }[],
  kind: 'notice' | 'late-notice',
  by: Author,
): Promise<number> {
  const controllerIds = controllers.map(({ controllerId }) => controllerId);
  await cancelWaitingNotices(tx, change.id, controllerIds);
  const details = { change: change.id };
  await appendToAuditLog(
    tx,
    by,
    controllers.map(({ externalId: subject }) => ({ action: 'notice.resent', subject, details })),
  );
  return insertMessages(tx, { kind, change, controllerIds, now: by.at });
}

function refuseEnded(change: Change): void {
  if (isStillTold(change)) return;
  throw new Refused('change-ended', `The change is ${change.status}: there is nothing left to notify of.`);
}

/** Locks an announced change. Returns it with a controller that counts for it, and the controller's window as it is now. */
async function lockForController(
  tx: Transaction,
  changeId: string,
  externalId: string,
  now: Temporal.Instant,
): Promise<{ change: Change; controllerId: string; window: WindowOfController }> {
  const change = await lockChange(tx, changeId);
  if (change === null) throw notFound(`change ${changeId}`);
  const controller = await findController(tx, externalId);
  if (controller) await writeAheadOfFanOut(tx, change, [controller.id], now);
  const window = controller && (await findWindow(tx, changeId, controller.id));
  if (!controller || !window || window.leftAt !== null) {
    throw notFound(`controller ${externalId} that counts for change ${changeId}`);
  }
  refuseEnded(change);
  return { change, controllerId: controller.id, window };
}

import { companiesOf } from '../domain/effect.ts';
import { activationFor } from '../db/activations.ts';
import { insertBounce, reopenWindow, revokeNotice, windowWithoutNotice } from '../db/bounces.ts';
import { lockChange } from '../db/change-locks.ts';
import { findMessage, mayHaveArrived, type StoredMessage } from '../db/messages.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import {
  effectOfBounce,
  isUnsettled,
  memberReported,
  recipientReported,
  type BounceEffect,
  type RecipientReport,
} from '../domain/delivery-report.ts';
import { notFound, Refused } from '../domain/refused.ts';
import { changeFor } from '../domain/wave.ts';
import { recordEvents } from './record-events.ts';
import { restoreWindow } from './restore-window.ts';

/** The source of a report: a mail that is kept, or a mail provider's call of the API. */
export type BounceSource = { readonly inboundMailId: string } | { readonly evidence: unknown };

export interface RecordedBounce {
  readonly id: string;
  readonly message: StoredMessage;
  readonly effect: BounceEffect;
}

/** A message read under the lock of its change. */
export interface LockedMessage {
  readonly message: StoredMessage;
  readonly change: Change;
}

/** Locks a message's change, the lock under which the message's outcomes are recorded. Refuses with `not-found`. */
export async function lockMessage(tx: Transaction, messageId: string): Promise<LockedMessage> {
  const found = await findMessage(tx, messageId);
  const change = found && (await lockChange(tx, found.changeId));
  // Read again, because its status may have changed while we waited for the lock.
  const message = change && (await findMessage(tx, messageId));
  if (!message) throw notFound(`notice ${messageId}`);
  return { message, change };
}

/**
 * Records a mail system's report on a message. An accepted notice that is reported as failed is revoked (D12):
 * `notice.bounced` is written. If no other notice to its controller counts, and nothing proves that a notification arrived
 * (D30), the controller is again not notified; once the change is in force for it, that is an incident, of which the operator gets a
 * mail (D43). A
 * report of delivery can be such a proof, and then restores the window. Repeated and temporary reports are only recorded. A
 * controller's pending objections stay.
 * Refuses with `not-found`, and with `notice-in-flight` while the message `isUnsettled`.
 */
export async function recordBounce(
  tx: Transaction,
  messageId: string,
  report: RecipientReport,
  source: BounceSource,
  by: Author,
): Promise<RecordedBounce> {
  return recordBounceOf(tx, await lockMessage(tx, messageId), report, source, by);
}

/** As `recordBounce`, for a message that the caller has locked. */
export async function recordBounceOf(
  tx: Transaction,
  { message, change }: LockedMessage,
  report: RecipientReport,
  source: BounceSource,
  by: Author,
): Promise<RecordedBounce> {
  if (isUnsettled({ status: message.status, mayHaveArrived: await mayHaveArrived(tx, message.id) })) {
    throw new Refused('notice-in-flight', 'The notice is being sent at this moment. Report it again in some minutes.');
  }
  const window = await windowWithoutNotice(tx, message, recipientReported(report));
  const effect = effectOfBounce({
    action: report.action,
    kind: message.kind,
    isAccepted: message.status === 'accepted',
    changeStatus: changeFor(change, await activationFor(tx, change.id, message.controllerId)).status,
    isNotified: window !== null && window.notifiedAt !== null,
    isNotifiedOtherwise: window?.isNotifiedOtherwise === true,
  });
  const closed = effect === 'reopened' || effect === 'incident' ? window : null;
  const id = await insertBounce(
    tx,
    {
      message,
      report,
      inboundMailId: 'inboundMailId' in source ? source.inboundMailId : null,
      evidence: 'evidence' in source ? source.evidence : null,
      effect,
      closed,
    },
    by,
  );
  if (effect === 'none') {
    if (report.action === 'delivered') await restoreWindow(tx, change, message.controllerId, { bounceId: id }, by);
    return { id, message, effect };
  }
  const said = reasonOf(report);
  await revokeNotice(tx, message.id, `Bounced after it was accepted${said === '' ? '.' : `: ${said}`}`);
  if (effect === 'reopened' && closed !== null) await reopenWindow(tx, closed.windowId);
  if (effect === 'incident') {
    await reportIncident(tx, { message, change }, { id, said, member: memberReported(message.email, report) }, by);
  }
  const notice = { id: message.id, controller: message.controller, effect };
  await recordEvents(tx, change.id, by.at, [{ type: 'notice.bounced', notice }]);
  return { id, message, effect };
}

/** What a report says of the failure, in one line. */
export function reasonOf({ status, diagnostic }: RecipientReport): string {
  return [status, diagnostic].filter((part) => part !== null).join(' ');
}

async function reportIncident(
  tx: Transaction,
  { message, change }: LockedMessage,
  bounce: { id: string; said: string; member: string | null },
  by: Author,
): Promise<void> {
  await insertOperatorMail(tx, {
    kind: 'bounce-after-activation',
    subject: `Incident: a notice bounced after ${companiesOf(change).join(', ')} was activated`,
    body: [
      `The notice to ${message.email} of controller ${message.controller} has bounced: ${bounce.said}`,
      ...(bounce.member === null
        ? []
        : [`The report is about ${bounce.member}, to which that address passes mail on.`]),
      `No other notice to that controller stands, and nothing proves that it was notified of change ${change.id}`,
      `(${companiesOf(change).join(', ')}), which has been activated. This is on record as bounce ${bounce.id}.`,
    ].join('\n'),
    at: by.at,
  });
}

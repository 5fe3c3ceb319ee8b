import {
  findReportedMessage,
  insertBounce,
  reopenWindow,
  revokeNotice,
  windowWithoutNotice,
  type ReportedMessage,
} from '../db/bounces.ts';
import { lockChange } from '../db/change-locks.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { effectOfBounce, type BounceEffect, type RecipientReport } from '../domain/delivery-report.ts';
import type { Author } from '../domain/author.ts';
import { recordEvents } from './record-events.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** Where a report came from: a mail that is kept, or what a mail provider said over the API. */
export type BounceSource = { readonly inboundMailId: string } | { readonly evidence: unknown };

export interface RecordedBounce {
  readonly id: string;
  readonly message: ReportedMessage;
  readonly effect: BounceEffect;
}

/**
 * Records what a mail system reported of a message. A notice that was accepted and did not arrive after all is revoked
 * (D12): `notice.failed` is told, and where no other notice to its controller stands, its window closes again as not
 * notified. After activation that is an incident, of which the company is told by mail. Repeats and temporary reports change
 * nothing but the record. A controller's pending objections stay.
 * Refuses with `not-found`, and with `notice-in-flight` while the message is being handed over, or is to be once more: its
 * acceptance may not be on record yet, and a bounce that was judged before it would be forgotten.
 */
export async function recordBounce(
  tx: Transaction,
  messageId: string,
  report: RecipientReport,
  source: BounceSource,
  by: Author,
): Promise<RecordedBounce> {
  const found = await findReportedMessage(tx, messageId);
  const change = found && (await lockChange(tx, found.changeId));
  // Once more under the lock, which outcomes are recorded under, too.
  const message = change && (await findReportedMessage(tx, messageId));
  if (!message) throw notFound(`notice ${messageId}`);
  if (message.isUnsettled) {
    throw new Refused('notice-in-flight', 'The notice is being sent at this moment. Report it again in some minutes.');
  }
  const window = await windowWithoutNotice(tx, message);
  const effect = effectOfBounce({
    action: report.action,
    kind: message.kind,
    isAccepted: message.status === 'accepted',
    changeStatus: change.status,
    isNotified: window !== null && window.notifiedAt !== null,
    anotherStands: window?.anotherStands === true,
  });
  const closed = effect === 'reopened' || effect === 'incident' ? window : null;
  const id = await insertBounce(tx, {
    message,
    report,
    inboundMailId: 'inboundMailId' in source ? source.inboundMailId : null,
    evidence: 'evidence' in source ? source.evidence : null,
    effect,
    closed,
    ...by,
  });
  if (effect === 'none') return { id, message, effect };

  const said = [report.status, report.diagnostic].filter((part) => part !== null).join(' ');
  await revokeNotice(tx, message.id, `Bounced after it was accepted${said === '' ? '.' : `: ${said}`}`);
  if (effect === 'reopened' && closed !== null) await reopenWindow(tx, closed.windowId);
  if (effect === 'incident') {
    await insertOperatorMail(tx, {
      kind: 'bounce-after-activation',
      subject: `Incident: a notice bounced after ${change.subProcessor.name} was activated`,
      body: [
        `The notice to ${message.email} of controller ${message.controller} has bounced: ${said}`,
        `No other notice to that controller stands, so it was never notified of change ${change.id}`,
        `(${change.subProcessor.name}), which has been activated. This is on record as bounce ${id}.`,
      ].join('\n'),
      at: by.at,
    });
  }
  if (change.status === 'announced') {
    const notice = { id: message.id, controller: message.controller };
    await recordEvents(tx, change.id, by.at, [{ type: 'notice.failed', notice }]);
  }
  return { id, message, effect };
}

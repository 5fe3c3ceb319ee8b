import {
  approvalsOfController,
  insertApproval,
  insertApprovalMessages,
  isInForce,
  mayApprove,
  type NewApproval,
  type StoredApproval,
} from '../db/approvals.ts';
import { lockChange } from '../db/change-locks.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import { refuseApproval, type ApprovalRefusal } from '../domain/approval.ts';
import type { Author } from '../domain/author.ts';
import type { Change } from '../domain/change.ts';
import { isPossibleReceipt } from '../domain/objection.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { recordEvents } from './record-events.ts';
import { restoreWindow } from './restore-window.ts';

/** A controller's approval or refusal as it was received. `contentHash`: what its writer has read; left out, what stands. */
export type ReceivedApproval = Omit<NewApproval, 'contentHash'> & { readonly contentHash?: string };

/**
 * Records a written approval or refusal of a change that asks for it (D41, D42), and writes its event. A refusal stands from this
 * transaction on, and is acknowledged to every contact of its controller. So is an approval through a link, which takes effect
 * some hours after the first of these receipts was accepted. One that an officer records is told to nobody until a second
 * person has confirmed it (`confirmApproval`). Either proves, through a link, that the controller was notified (D30).
 * Refuses, and keeps nothing, with `not-found`, `received-at-out-of-range`, and as `refuseApproval` does.
 */
export async function recordApproval(tx: Transaction, received: ReceivedApproval, by: Author): Promise<StoredApproval> {
  const { change, said } = await judgeApproval(tx, received, by);
  const { changeId, controllerId, channel, decision } = said;
  const approval = await insertApproval(tx, said, by);
  if (channel === 'link') await restoreWindow(tx, change, controllerId, { approvalId: approval.id }, by);
  if (approval.status === 'standing') await insertApprovalMessages(tx, 'refusal-received', approval, by.at);
  if (approval.status === 'waiting') await insertApprovalMessages(tx, 'approval-received', approval, by.at);
  await recordEvents(tx, changeId, by.at, [{ type: `${decision}.received`, approval }]);
  return approval;
}

/** Locks the change and judges what its controller says, without recording it. Refuses as `recordApproval` does. */
export async function judgeApproval(
  tx: Transaction,
  received: ReceivedApproval,
  by: Author,
): Promise<{ change: Change; said: NewApproval }> {
  const { changeId, controllerId, receivedAt, decision } = received;
  // An activation takes the same lock, so exactly one of the two is first (D22).
  const change = await lockChange(tx, changeId);
  if (change) await writeAheadOfFanOut(tx, change, [controllerId], by.at);
  const window = change && (await findWindow(tx, changeId, controllerId));
  if (!change || !window) throw notFound('controller of that name that is told of this change');
  // Nobody approves what it has not been asked for, or was asked for under an agreement that has ended.
  const since = decision === 'approval' ? window.createdAt : change.announcedAt;
  if (!isPossibleReceipt(received, since, by.at)) {
    const from = decision === 'approval' ? 'the request to its controller' : 'the announcement';
    const detail = `receivedAt must be from ${from} (${since.toString()}) to now (${by.at.toString()}), found ${receivedAt.toString()}.`;
    throw refusedAt('receivedAt', 'received-at-out-of-range', detail);
  }
  const said = { ...received, contentHash: received.contentHash ?? change.contentHash ?? '' };
  const refusal = refuseApproval(said, {
    ...change,
    hasLeft: window.leftAt !== null,
    isInForce: await isInForce(tx, changeId, controllerId),
    mayApprove: said.from.email !== null && (await mayApprove(tx, controllerId, said.from.email)) === true,
    earlier: await approvalsOfController(tx, received, window.createdAt),
  });
  if (refusal !== null) throw refused(refusal, decision);
  return { change, said };
}

/** What each refusal says to who records: what was found, and what can be done. */
const WHY: Readonly<Record<ApprovalRefusal, string>> = {
  'change-ended': 'The change has ended: nobody can approve or refuse it any more.',
  'approval-not-asked':
    'The change asks for no approval: its controllers are told of it, and may object where it has a window.',
  'agreement-ended': 'The agreement of this controller has ended: it does not count for the change.',
  'already-in-force': 'The change is in force for this controller already.',
  'approval-of-another-version': 'What was read is not what was announced. Read the request again.',
  'approval-stands': 'An approval of this controller stands already. It is not needed twice.',
  'refusal-stands':
    'A refusal of this controller stands. It stands over every approval until it is withdrawn in writing: withdraw it first.',
  'may-not-approve': 'Only a contact who may approve (mayApprove) can do so through its link.',
  'authority-required': 'Say on what it rests that the writer may approve for the controller.',
};

function refused(refusal: ApprovalRefusal, decision: NewApproval['decision']): Refused {
  if (refusal === 'authority-required') return refusedAt('authority', refusal, WHY[refusal]);
  if (refusal === 'refusal-stands' && decision === 'refusal') {
    return new Refused(refusal, 'A refusal of this person stands already. It is not needed twice.');
  }
  return new Refused(refusal, WHY[refusal]);
}

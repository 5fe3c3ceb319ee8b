import { insertApprovalMessages, markEffective, markEnded, markReceiptsFailed, mayApprove } from '../db/approvals.ts';
import { customerOf, insertOfficerMail } from '../db/officer-mails.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { undeliveredApprovalMail } from '../domain/approval-mail.ts';
import { SYSTEM } from '../domain/author.ts';
import { companiesOf } from '../domain/effect.ts';
import { lockApproval, tellOf } from './end-approval.ts';

/**
 * Moves an approval on that waits (D42). One that is due at `now` takes effect; where who approved through a link may no longer
 * approve, it ends instead. One of which no receipt can arrive any more never takes effect, which the operator and the officers
 * are told once. Does nothing where it has moved on meanwhile.
 */
export async function moveApproval(tx: Transaction, id: string, now: Temporal.Instant): Promise<void> {
  const { change, approval, inForce } = await lockApproval(tx, id);
  if (approval.status !== 'waiting' || change.status !== 'announced' || inForce) return;
  const by = { at: now, actor: SYSTEM };
  const { takesEffectAt, channel, from, controllerId } = approval;
  if (takesEffectAt === null) {
    if (approval.receiptsFailedAt !== null) return;
    await markReceiptsFailed(tx, id, now);
    const concerned = { change, customer: await customerOf(tx, change.id, approval.controller) };
    await insertOfficerMail(tx, change.product, { ...undeliveredApprovalMail(concerned, approval), at: now });
    return insertOperatorMail(tx, {
      kind: 'approval-undelivered',
      subject: `No receipt of approval ${approval.number} of ${approval.controller} arrived`,
      body: [
        `Controller ${approval.controller} has approved ${companiesOf(change).join(', ')} (change ${change.id}), and every receipt of it has failed.`,
        'It does not take effect without one. Correct the contacts, and have the controller approve again.',
      ].join('\n'),
      at: now,
    });
  }
  if (Temporal.Instant.compare(takesEffectAt, now) > 0) return;
  if (channel === 'link' && (from.email === null || (await mayApprove(tx, controllerId, from.email)) !== true)) {
    const explanation = `${from.email ?? 'Who approved'} may no longer approve for the controller.`;
    await markEnded(tx, id, 'withdrawn', { explanation, mailId: null, messageId: null }, by);
    await insertApprovalMessages(tx, 'approval-ended', approval, now);
    await tellOf(tx, id, 'approval.withdrawn', by);
    return;
  }
  await markEffective(tx, id, now);
  await tellOf(tx, id, 'approval.effective', by);
}

import { createHash } from 'node:crypto';
import { insertContent, insertUnreadMail } from '../db/inbound-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Addressee, InboundMail } from '../domain/inbound-mail.ts';

/**
 * Puts a mail on record for each of its recipients, as it came and unread (D17, D28). It blocks from this transaction's commit
 * on: the change of the message whose tag an address bears; without a tag, every announced change (D20).
 * The same mail for the same message is recorded once.
 */
export async function recordMail(
  tx: Transaction,
  recipients: readonly (Addressee & { readonly sentTo: string })[],
  mail: Omit<InboundMail, 'sentTo'>,
): Promise<void> {
  const sha256 = createHash('sha256').update(mail.raw).digest();
  // The content first: it takes the longest, and an activation waits only for what follows.
  await insertContent(tx, sha256, mail.raw);
  for (const recipient of recipients) {
    await insertUnreadMail(tx, recipient, sha256, { ...mail, sentTo: recipient.sentTo });
  }
}

import type { InboundVerdict } from '../domain/inbound-mail.ts';
import { automaticReplyIn } from './automatic-reply.ts';
import { deliveryReportsIn } from './delivery-reports.ts';
import { withoutQuotedOriginal } from './quoted-original.ts';
import type { ReadMail } from './read-mail.ts';

/**
 * Says what a mail is: a delivery report, an automatic reply, or an answer that a person wrote. Judges by the mail and not by
 * the address that it came to, because programs mix the addresses up. `mail` is `null` for an unreadable mail. An unreadable or
 * unclear mail is an answer, so that a person reads it.
 */
export function judgeMail(mail: ReadMail | null, envelopeFrom: string): InboundVerdict {
  if (mail === null) {
    const content = {
      from: { name: null, email: envelopeFrom || null },
      subject: '',
      text: '[This mail could not be read by a program. It is kept as it came.]',
      quoted: '',
      attachments: [],
    };
    return { takenAs: 'answer', knownBy: 'unreadable', content };
  }
  const hasNullSender = envelopeFrom === '';
  const { text, quoted } = withoutQuotedOriginal(mail.text);
  const { from, subject, attachments } = mail;
  const sender = { name: from.name, email: from.email ?? (envelopeFrom || null) };
  const content = { from: sender, subject, text, quoted, attachments };
  const reported = deliveryReportsIn(mail, hasNullSender);
  if (reported !== null) return { takenAs: 'report', ...reported, content };
  const automatic = automaticReplyIn(mail, text, hasNullSender);
  if (automatic !== null) return { takenAs: 'automatic', knownBy: automatic, content };
  return { takenAs: 'answer', knownBy: 'nothing else', content };
}

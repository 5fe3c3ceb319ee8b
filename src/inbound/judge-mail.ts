import type { InboundVerdict } from '../domain/inbound-mail.ts';
import { automaticReplyIn } from './automatic-reply.ts';
import { deliveryReportsIn } from './delivery-reports.ts';
import { withoutQuotedOriginal } from './quoted-original.ts';
import type { ReadMail } from './read-mail.ts';

/**
 * What a mail is: a report of a mail system, an automatic reply, or what a person wrote. It is what it says and not what
 * address it came to, because programs mix those up. What nobody can read or make out is for a person to read.
 */
export function judgeMail(mail: ReadMail | null, envelopeFrom: string): InboundVerdict {
  if (mail === null) {
    const answer = {
      from: { name: null, email: envelopeFrom || null },
      subject: '',
      text: '[This mail could not be read by a program. It is kept as it came.]',
      quoted: '',
      attachments: [],
    };
    return { takenAs: 'answer', knownBy: 'unreadable', answer };
  }
  const isFromNobody = envelopeFrom === '';
  const found = deliveryReportsIn(mail, isFromNobody);
  if (found !== null) return { takenAs: 'report', ...found };
  const { text, quoted } = withoutQuotedOriginal(mail.text);
  const automatic = automaticReplyIn(mail, text, isFromNobody);
  if (automatic !== null) return { takenAs: 'automatic', knownBy: automatic };
  const { from, subject, attachments } = mail;
  const sender = { name: from.name, email: from.email ?? (envelopeFrom || null) };
  return { takenAs: 'answer', knownBy: 'nothing else', answer: { from: sender, subject, text, quoted, attachments } };
}

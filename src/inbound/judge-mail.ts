import type { AnswerContent } from '../domain/answer.ts';
import type { InboundVerdict } from '../domain/inbound-mail.ts';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';
import { automaticReplyIn } from './automatic-reply.ts';
import { deliveryReportsIn } from './delivery-reports.ts';
import { withoutQuotedOriginal, type OriginalMail } from './quoted-original.ts';
import type { ReadMail } from './read-mail.ts';

/** What is known of a mail besides what it says. */
export interface Circumstances {
  /** The mail of ours that it answers or reports on; `null` if it is not known. */
  readonly original: OriginalMail | null;
  readonly withoutSecrets: WithoutSecrets;
}

const UNKNOWN: Circumstances = { original: null, withoutSecrets: (text) => text };
const CUT = '[… the rest is in the mail itself]';

/**
 * Says what a mail is: a delivery report, an automatic reply, or an answer that a person wrote. Judges by the mail and not by
 * the address that it came to, because programs mix the addresses up. `mail` is `null` for an unreadable mail. An unreadable,
 * unclear or very long mail is an answer, so that a person reads it. Nothing in the verdict has a token of ours.
 */
export function judgeMail(
  mail: ReadMail | null,
  envelopeFrom: string,
  circumstances: Partial<Circumstances> = {},
): InboundVerdict {
  const { original, withoutSecrets } = { ...UNKNOWN, ...circumstances };
  const clean = original && { ...original, text: withoutSecrets(original.text), html: withoutSecrets(original.html) };
  const sender = addressWithout(withoutSecrets, envelopeFrom);
  if (mail === null) {
    const text = '[This mail could not be read by a program. It is kept as it came.]';
    const answer = { from: { name: null, email: sender }, subject: '', text, quoted: '', attachments: [] };
    return { takenAs: 'answer', knownBy: 'unreadable', answer };
  }
  const hasNullSender = envelopeFrom === '';
  const reported = deliveryReportsIn(mail, hasNullSender);
  if (reported !== null) {
    const reports = reported.reports.map((report) => ({
      ...report,
      diagnostic: report.diagnostic && withoutSecrets(report.diagnostic),
    }));
    return { takenAs: 'report', knownBy: reported.knownBy, reports };
  }
  const parts = [mail.text, mail.onlyInHtml].filter((part) => part.trim() !== '').map(withoutSecrets);
  const { text, quoted } = withoutQuotedOriginal(parts, clean, mail.from.email);
  const answer: AnswerContent = {
    from: {
      name: mail.from.name && withoutSecrets(mail.from.name),
      email: addressWithout(withoutSecrets, mail.from.email) ?? sender,
    },
    subject: withoutSecrets(mail.subject),
    text: mail.isCut ? `${text}\n\n${CUT}` : text,
    quoted,
    attachments: mail.attachments.map((each) => ({
      ...each,
      filename: each.filename && withoutSecrets(each.filename),
    })),
  };
  const knownBy = automaticReplyIn(mail, text, { hasNullSender, original: clean });
  if (knownBy !== null) return { takenAs: 'automatic', knownBy: withoutSecrets(knownBy), answer };
  return { takenAs: 'answer', knownBy: 'nothing else', answer };
}

/** `null` for an address of ours that has a tag: whoever has it can answer. */
function addressWithout(withoutSecrets: WithoutSecrets, address: string | null): string | null {
  return address === null || address === '' || withoutSecrets(address) !== address ? null : address;
}

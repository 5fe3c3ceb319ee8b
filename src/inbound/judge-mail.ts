import type { InboundVerdict, MailContent } from '../domain/inbound-mail.ts';
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
const UNREADABLE = '[This mail could not be read by a program. It is kept as it came.]';
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
  if (mail === null) {
    const sender = { name: null, email: addressWithout(withoutSecrets, envelopeFrom) };
    const content = { from: sender, subject: '', text: UNREADABLE, quoted: '', attachments: [] };
    return { takenAs: 'answer', knownBy: 'unreadable', content };
  }
  const hasNullSender = envelopeFrom === '';
  const known = original && { ...original, text: withoutSecrets(original.text), html: withoutSecrets(original.html) };
  const shown = mailWithout(withoutSecrets, mail);
  const parts = [shown.text, shown.onlyInHtml].filter((part) => part.trim() !== '');
  const { text, quoted } = withoutQuotedOriginal(parts, known, mail.from.email);
  const content: MailContent = {
    from: { ...shown.from, email: shown.from.email ?? addressWithout(withoutSecrets, envelopeFrom) },
    subject: shown.subject,
    text: shown.isCut ? `${text}\n\n${CUT}` : text,
    quoted,
    attachments: shown.attachments,
  };
  const reported = deliveryReportsIn({ ...shown, text: parts.join('\n\n') }, hasNullSender);
  if (reported !== null) return { takenAs: 'report', ...reported, content };
  const knownBy = automaticReplyIn(shown, text, { hasNullSender, original: known });
  if (knownBy !== null) return { takenAs: 'automatic', knownBy: withoutSecrets(knownBy), content };
  return { takenAs: 'answer', knownBy: 'nothing else', content };
}

/** The mail without our tokens, as everything but the attribution sees it. */
function mailWithout(withoutSecrets: WithoutSecrets, mail: ReadMail): ReadMail {
  const cut = (text: string | null) => text && withoutSecrets(text);
  return {
    ...mail,
    from: { name: cut(mail.from.name), email: addressWithout(withoutSecrets, mail.from.email) },
    subject: withoutSecrets(mail.subject),
    text: withoutSecrets(mail.text),
    onlyInHtml: withoutSecrets(mail.onlyInHtml),
    reports: mail.reports.map((each) => ({ ...each, text: withoutSecrets(each.text) })),
    attachments: mail.attachments.map((each) => ({ ...each, filename: cut(each.filename) })),
  };
}

/** `null` for an address of ours that has a tag: whoever has it can answer. */
function addressWithout(withoutSecrets: WithoutSecrets, address: string | null): string | null {
  return address === null || address === '' || withoutSecrets(address) !== address ? null : address;
}

import { ENCODERS, quotedPrintable1 } from './encoders.ts';
import { mimeBody, subjectField } from './mime.ts';
import { firstFields, mailboxValue, type Mailbox, type Sender } from './sender.ts';

/**
 * Unlike a message to a contact, a mail to the company itself must bring nothing back, no report either: what comes back is
 * told to the company by the next such mail, and two machines would write to each other for ever.
 */
const NOTHING_COMES_BACK = ['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All'];

/** Which one-way mail it is, and who gets it, when. */
export interface OneWay {
  readonly messageId: string;
  readonly to: Mailbox;
  readonly at: Temporal.Instant;
}

/** A mail to the company itself, whole but for a signature. */
export function composeOneWayMail(
  sender: Sender,
  { messageId, to, at }: OneWay,
  { subject, text, html }: { readonly subject: string; readonly text: string; readonly html: string },
): string {
  return [
    firstFields(sender, { to: mailboxValue(to), messageId }),
    subjectField(subject),
    `Date: ${ENCODERS['date-1'](at.toString())}`,
    ...NOTHING_COMES_BACK,
    mimeBody({ text: quotedPrintable1(text), html: quotedPrintable1(html), attachments: [] }),
  ].join('\r\n');
}

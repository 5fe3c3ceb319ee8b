import { dateField, headerField, mimeBody, quotedPrintable } from './mime.ts';

/**
 * Unlike a message to a contact, a mail to the company itself must bring nothing back, no report either: what comes back is
 * told to the company by the next such mail, and two machines would write to each other for ever.
 */
const NOTHING_COMES_BACK = ['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All'];

/** The content of a mail to the company itself, for the transport. */
export function composeOneWayMail({
  subject,
  text,
  html,
  at,
}: {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Temporal.Instant;
}): string {
  const parts = { text: quotedPrintable(text), html: quotedPrintable(html), attachments: [] };
  return [headerField('Subject', subject), dateField(at), ...NOTHING_COMES_BACK, mimeBody(parts)].join('\r\n');
}

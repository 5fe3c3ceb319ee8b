import { dateField, headerField, mimeBody, quotedPrintable } from './mime.ts';
import { escapeHtml } from './templates.ts';

/**
 * Unlike a message to a contact, a mail to the company itself must bring nothing back, no report either: what comes back is
 * told to the company by the next such mail, and two machines would write to each other for ever.
 */
const NOTHING_COMES_BACK = ['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All'];

/** The content of a mail to the company itself, for the transport: a plain text, and the same as HTML. */
export function composeOperatorMail({
  subject,
  body,
  at,
}: {
  readonly subject: string;
  readonly body: string;
  readonly at: Temporal.Instant;
}): string {
  const html = `<!doctype html><html lang="en"><body style="white-space:pre-line">${escapeHtml(body)}</body></html>`;
  const parts = { text: quotedPrintable(`${body}\n`), html: quotedPrintable(html), attachments: [] };
  return [headerField('Subject', subject), dateField(at), ...NOTHING_COMES_BACK, mimeBody(parts)].join('\r\n');
}

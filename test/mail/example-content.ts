import type { ComposedMessage } from '../../src/mail/compose.ts';
import { headerField, mimeBody, quotedPrintable } from '../../src/mail/mime.ts';

/** A message of these texts, as a transport takes it. */
export function contentWith(parts: Partial<ComposedMessage> = {}): string {
  const { subject = 'Underretning', html = '<p>Hej</p>', text = 'Hej\n', attachments = [] } = parts;
  const body = mimeBody({ html: quotedPrintable(html), text: quotedPrintable(text), attachments });
  return [headerField('Subject', subject), body].join('\r\n');
}

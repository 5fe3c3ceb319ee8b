import { composeMail, type ComposedMessage } from '../../src/mail/compose.ts';
import { quotedPrintable1 } from '../../src/mail/encoders.ts';
import type { MessageFacts } from '../../src/mail/message-view.ts';
import { mimeBody, subjectField } from '../../src/mail/mime.ts';
import { firstFields, mailboxValue, senderOf, type Mailbox } from '../../src/mail/sender.ts';
import type { OutgoingMail } from '../../src/mail/transport.ts';

export const SENDER = senderOf({
  from: 'Telenor Databeskyttelse <varsel@telenor.example>',
  replyTo: 'Indsigelser hos Telenor A/S <indsigelse@telenor.example>',
});

export const ID = '019ac0de-0000-7000-8000-000000000001';

/** The mail of these facts, as it is sent to this address. */
export function sourceOf(facts: MessageFacts, email = 'dpo@kunde.example'): string {
  const token = facts.link.slice(facts.link.lastIndexOf('/') + 1);
  return composeMail(facts, { messageId: ID, email, token, replyTo: null }, SENDER).mail;
}

/** The fields of these texts, from the subject on, and the body. */
export function contentWith(parts: Partial<Omit<ComposedMessage, 'attachments'>> = {}): string {
  const { subject = 'Underretning', html = '<p>Hej</p>', text = 'Hej\n' } = parts;
  const body = mimeBody({ html: quotedPrintable1(html), text: quotedPrintable1(text), attachments: [] });
  return [subjectField(subject), body].join('\r\n');
}

/** A finished mail as a transport takes it. Its fields of addresses are those of a message to `to`. */
export function outgoing(
  messageId: string,
  to: Mailbox,
  { content = contentWith(), ...envelope }: Partial<Pick<OutgoingMail, 'content' | 'returnPath'>> = {},
): OutgoingMail {
  const fields = firstFields(SENDER, { to: mailboxValue(to), messageId });
  return { messageId, to: to.address, returnPath: SENDER.address, ...envelope, content: `${fields}\r\n${content}` };
}

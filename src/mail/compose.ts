import { oneLine, type Language } from '../domain/text.ts';
import { calendarFileName, calendarLink, utc } from './calendar.ts';
import type { MessageFacts } from './message-view.ts';
import { dateField, joinEncoded, mimeBody, quotedPrintable, type Attachment } from './mime.ts';
import { filled, skeletonOf, type PersonalPart, type Piece } from './skeleton.ts';
import { escapeHtml } from './templates.ts';

export interface ComposedMessage {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** A calendar file where the message tells a deadline that the controller can use. */
  readonly attachments: readonly Attachment[];
}

/**
 * Puts a message into words: subject on one line, HTML, a text part that is good on its own, and the deadline as a calendar
 * file. Every field is shown as text. All messages that differ only in their personal parts share one rendered skeleton, so
 * that a notice to 100,000 contacts costs seconds. For previews and tests; `composeMime` is what is sent.
 */
export function composeMessage(facts: MessageFacts): ComposedMessage {
  const { subject, html, text, calendar } = skeletonOf(facts);
  const personal = personalParts(facts);
  return {
    subject: facts.reference === null ? subject : `${subject} [${facts.reference}]`,
    html: filled(html, (part) => escapeHtml(personal[part])).join(''),
    text: filled(text, (part) => personal[part]).join(''),
    attachments: attachmentsOf(calendar, facts.language, personal),
  };
}

/**
 * Asks Exchange for no absence notes. `Auto-Submitted` is left out on purpose: Dovecot and Sieve discard a mail that carries it
 * where they should report that it failed. So is `All`, which asks Exchange for no report of failure. A failure must be heard
 * of (D12).
 */
const NO_AUTOMATIC_REPLIES = 'X-Auto-Response-Suppress: OOF, AutoReply';

/** The same message as mail carries it, from its subject on. Only the personal parts are encoded for each message. */
export function composeMime(facts: MessageFacts): string {
  const { encoded, calendar } = skeletonOf(facts);
  const personal = personalParts(facts);
  const body = mimeBody({
    html: joinEncoded(filled(encoded.html, (part) => quotedPrintable(escapeHtml(personal[part])))),
    text: joinEncoded(filled(encoded.text, (part) => quotedPrintable(personal[part]))),
    attachments: attachmentsOf(calendar, facts.language, personal),
  });
  // The last encoded word may fill its line. A decoder keeps one space before text that is not encoded.
  const subject = facts.reference === null ? encoded.subject : `${encoded.subject}\r\n [${facts.reference}]`;
  return `${subject}\r\n${dateField(facts.composedAt)}\r\n${NO_AUTOMATIC_REPLIES}\r\n${body}`;
}

type PersonalParts = Readonly<Record<PersonalPart, string>>;

function personalParts(facts: MessageFacts): PersonalParts {
  return {
    link: facts.link,
    reference: facts.reference ?? '',
    controllerName: oneLine(facts.controllerName),
    contactName: oneLine(facts.contactName),
    controllerId: facts.controllerId.replaceAll('-', ''),
    composedAt: utc(facts.composedAt),
  };
}

function attachmentsOf(calendar: readonly Piece[] | null, language: Language, personal: PersonalParts): Attachment[] {
  if (calendar === null) return [];
  return [
    {
      filename: calendarFileName(language),
      contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
      content: filled(calendar, (part) => (part === 'link' ? calendarLink(personal.link) : personal[part])).join(''),
    },
  ];
}

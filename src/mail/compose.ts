import { contactPersonsOf } from '../domain/contact-persons.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { calendarFileName, calendarLink, utc } from './calendar.ts';
import { ENCODERS, quotedPrintable1, type Encoder } from './encoders.ts';
import { filledForm, formOf, type Form, type Slot } from './form.ts';
import type { MessageFacts } from './message-view.ts';
import { mimeBody, subjectField, type Attachment } from './mime.ts';
import { firstFields, type Sender } from './sender.ts';
import { filled, skeletonOf, type PersonalPart, type Piece, type Skeleton } from './skeleton.ts';
import { slotValues } from './slot-values.ts';
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
 * file. Every field is shown as text. For previews and tests; `composeMail` is what is sent.
 */
export function composeMessage(facts: MessageFacts): ComposedMessage {
  const { subject, html, text, calendar } = skeletonOf(facts);
  const personal = personalParts(facts);
  const valueOf = (part: PersonalPart) => personal[part] ?? '';
  return {
    subject: facts.reference === null ? subject : `${subject} [${facts.reference}]`,
    html: filled(html, (part) => escapeHtml(valueOf(part))).join(''),
    text: filled(text, valueOf).join(''),
    attachments:
      calendar === null
        ? []
        : [
            calendarFile(
              facts.language,
              filled(calendar, (part) => (part === 'link' ? calendarLink(facts.link) : valueOf(part))).join(''),
            ),
          ],
  };
}

/** A mail to one contact: which it is, and what in it only this message has. */
export interface Addressed {
  readonly messageId: string;
  /** As it is stored. */
  readonly email: string;
  /** The end of the message's link. */
  readonly token: string;
  /** The address that answers go to, and the part of it that only this message has; `null` for the sender's own. */
  readonly replyTo: { readonly address: string; readonly tag: string } | null;
}

/** A finished mail, and the form that it is made of: whole but for a signature. */
export interface ComposedMail {
  readonly mail: string;
  readonly form: Form;
  /** The objection or the approval whose words stand in the form; `null` where it holds nobody's. */
  readonly about: string | null;
}

/** The forms of each skeleton that is kept, by what they have besides its content. */
const forms = new WeakMap<Skeleton, Map<string, Form>>();

/**
 * A mail as it is sent. All messages that differ only in their slots share one form, so that a notice to 100,000 contacts costs
 * seconds; from the form and the values of its slots alone the same bytes are made again (`mailAsSent`, D50).
 */
export function composeMail(facts: MessageFacts, to: Addressed, sender: Sender): ComposedMail {
  const skeleton = skeletonOf(facts);
  const linkBase = facts.link.slice(0, facts.link.length - to.token.length);
  const [beforeTag = '', afterTag = ''] = to.replyTo?.address.split(to.replyTo.tag) ?? [];
  const frame = { linkBase, replyTo: to.replyTo === null ? null : ([beforeTag, afterTag] as const), sender };
  const form = skeleton.about === null ? sharedForm(facts, skeleton, frame) : newForm(facts, skeleton, frame);
  const values = slotValues(
    {
      ...facts,
      ...to,
      tag: to.replyTo?.tag ?? null,
      composedAt: facts.composedAt.toString(),
    },
    contactPersonsOf(facts.change),
  );
  return { mail: filledForm(form.pieces, values), form, about: skeleton.about };
}

/** What a form has of the installation that sends, besides its content. */
interface FormFrame {
  readonly linkBase: string;
  /** What stands before and after the tag of the address that answers go to. */
  readonly replyTo: readonly [string, string] | null;
  readonly sender: Sender;
}

function sharedForm(facts: MessageFacts, skeleton: Skeleton, frame: FormFrame): Form {
  const { linkBase, replyTo, sender } = frame;
  const key = [linkBase, replyTo, sender.from, sender.replyTo].join('\n');
  const ofSkeleton = forms.get(skeleton) ?? new Map<string, Form>();
  const form = ofSkeleton.get(key) ?? newForm(facts, skeleton, frame);
  forms.set(skeleton, ofSkeleton.set(key, form));
  return form;
}

/**
 * Asks Exchange for no absence notes. `Auto-Submitted` is left out on purpose: Dovecot and Sieve discard a mail that carries it
 * where they should report that it failed. So is `All`, which asks Exchange for no report of failure. A failure must be heard
 * of (D12).
 */
const NO_AUTOMATIC_REPLIES = 'X-Auto-Response-Suppress: OOF, AutoReply';

/** A message is ASCII without control characters, so these cannot stand in it. */
const SLOT = /\0(\d+)\0/;

function newForm({ language, reference }: MessageFacts, skeleton: Skeleton, frame: FormFrame): Form {
  const { linkBase, replyTo, sender } = frame;
  const slots: Slot[] = [];
  const place = (slot: string, ...as: Encoder[]) => {
    slots.push(slot === 'link' ? { slot: 'token', before: linkBase, as } : { slot, as });
    return `\0${slots.length - 1}\0`;
  };
  const body = (pieces: readonly Piece[], encodersOf: (part: PersonalPart) => readonly Encoder[]) =>
    pieces
      .map((piece) =>
        'part' in piece ? place(piece.part, ...encodersOf(piece.part), 'qp-1') : quotedPrintable1(piece.literal),
      )
      .join('');
  const to = `${place('contactName', 'line-1', 'display-name-1')}<${place('email')}>`;
  const [beforeTag, afterTag] = replyTo ?? [];
  const subject = subjectField(skeleton.subject);
  const head = [
    firstFields(sender, {
      to,
      messageId: place('messageId'),
      replyTo: replyTo === null ? undefined : `<${beforeTag}${place('tag')}${afterTag}>`,
    }),
    // The last encoded word may fill its line. A decoder keeps one space before text that is not encoded.
    reference === null ? subject : `${subject}\r\n [${place('reference')}]`,
    `Date: ${place('composedAt', 'date-1')}`,
    NO_AUTOMATIC_REPLIES,
  ];
  const calendar = skeleton.calendar && body(skeleton.calendar, (part) => IN_CALENDAR[part] ?? []);
  const message = [
    ...head,
    mimeBody({
      html: body(skeleton.html, (part) => [...(IN_TEXT[part] ?? []), 'html-1']),
      text: body(skeleton.text, (part) => IN_TEXT[part] ?? []),
      attachments: calendar === null ? [] : [calendarFile(language, calendar)],
    }),
  ].join('\r\n');
  return formOf(message.split(SLOT).map((piece, index) => (index % 2 === 0 ? piece : slots[Number(piece)]!)));
}

/** What is done to a part before it is encoded. */
const IN_TEXT: Readonly<Partial<Record<string, readonly Encoder[]>>> = {
  controllerName: ['line-1'],
  contactName: ['line-1'],
  code: ['grouped-1'],
};
const IN_CALENDAR: Readonly<Partial<Record<string, readonly Encoder[]>>> = {
  link: ['calendar-link-1'],
  controllerId: ['undashed-1'],
  composedAt: ['calendar-date-1'],
};

function personalParts(facts: MessageFacts): Readonly<Record<string, string>> {
  const persons = contactPersonsOf(facts.change).flatMap(({ name, email }, index) => [
    [`personName${index}`, name],
    [`personEmail${index}`, email],
  ]);
  return {
    link: facts.link,
    reference: facts.reference ?? '',
    code: ENCODERS['grouped-1'](facts.code ?? ''),
    controllerName: oneLine(facts.controllerName),
    contactName: oneLine(facts.contactName),
    controllerId: facts.controllerId.replaceAll('-', ''),
    composedAt: utc(facts.composedAt),
    ...Object.fromEntries(persons),
  };
}

function calendarFile(language: Language, content: string): Attachment {
  return {
    filename: calendarFileName(language),
    contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
    content,
  };
}

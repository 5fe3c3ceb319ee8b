import { changeInWords, namesInWords } from '../domain/change-words.ts';
import { envelopeAddressOf, isAsciiMailAddress } from '../domain/email-address.ts';
import { toldAs } from '../domain/message-content.ts';
import { statesDeadline } from '../domain/message.ts';
import { oneLine, type Language } from '../domain/text.ts';

import type { MessageFacts } from './message-view.ts';

/** The parts in which the calendar files of messages with the same content differ. */
type Personal = Readonly<Record<'link' | 'controllerId' | 'composedAt', string>>;

const FILE_NAMES: Record<Language, string> = { da: 'frist.ics', en: 'deadline.ics' };
const WORDS = {
  da: {
    objecting: { summary: 'Frist for indsigelse', act: 'Gør indsigelse her:' },
    answering: { summary: 'Frist for svar om godkendelse', act: 'Svar her:' },
  },
  en: {
    objecting: { summary: 'Deadline for objections', act: 'Object here:' },
    answering: { summary: 'Deadline for answering whether you approve', act: 'Answer here:' },
  },
} as const;

/** What a controller can do until a deadline. */
type Act = keyof (typeof WORDS)['da'];

export function calendarFileName(language: Language): string {
  return FILE_NAMES[language];
}

/**
 * A calendar file (RFC 5545) with the last minute of each deadline that the message tells and that its reader can use; `null`
 * where there is none.
 */
export function calendarOf(facts: MessageFacts, personal: Personal): string | null {
  const { kind, deadline, answerBy, change } = facts;
  const objecting = statesDeadline(kind) && kind !== 'late-notice' ? deadline : null;
  const tellsAnswerDay =
    kind === 'approval-reminder' ||
    ((kind === 'notice' || kind === 'late-notice') && toldAs(change) === 'approval-request');
  const answering = tellsAnswerDay ? answerBy : null;
  const events = [
    ...(objecting ? eventOf(facts, 'objecting', objecting, personal) : []),
    ...(answering ? eventOf(facts, 'answering', answering, personal) : []),
  ];
  if (events.length === 0) return null;
  const begin = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Varsel//Objection deadlines//EN', 'METHOD:PUBLISH'];
  return [...begin, ...events, 'END:VCALENDAR', ''].map((line) => folded(line)).join('\r\n');
}

/**
 * One deadline, in UTC so that no time zone can move it. Its UID is that of the controller's window, and its SEQUENCE rises with
 * the deadline (which never moves back, D11): a later file corrects the appointment of an earlier one.
 */
function eventOf(facts: MessageFacts, act: Act, deadline: Temporal.Instant, personal: Personal): string[] {
  const { change, language } = facts;
  const words = WORDS[language][act];
  const name = namesInWords(change, language);
  const product = oneLine(change.productName);
  const email = envelopeAddressOf(change.objectionAddress.email);
  const daysFromAnnouncement = deadline.since(change.announcedAt).total('hours') / 24;
  return [
    'BEGIN:VEVENT',
    `UID:${change.id.replaceAll('-', '')}-${personal.controllerId}${act === 'answering' ? '-reply' : ''}`,
    `DTSTAMP:${personal.composedAt}`,
    `SEQUENCE:${Math.max(0, Math.floor(daysFromAnnouncement))}`,
    `DTSTART:${utc(deadline.subtract({ minutes: 1 }))}`,
    `DTEND:${utc(deadline)}`,
    `ORGANIZER;CN=${quoted(change.processor.name)}:${isAsciiMailAddress(email) ? `mailto:${email}` : 'invalid:nomail'}`,
    `SUMMARY:${escaped(`${words.summary}: ${name} (${product})`)}`,
    // The link begins a folded line of its own: it can then be replaced without folding the rest anew.
    `DESCRIPTION:${escaped(`${descriptionOf(facts)}\n${words.act} `)}`,
    ` ${personal.link}`,
    'TRANSP:TRANSPARENT',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'TRIGGER:-P1D',
    `DESCRIPTION:${escaped(`${words.summary}: ${name} (${product})`)}`,
    'END:VALARM',
    'END:VEVENT',
  ];
}

function descriptionOf({ change, language }: MessageFacts): string {
  const text = changeInWords(change, language);
  return oneLine(text).replace(/^./u, (first) => first.toUpperCase());
}

/** A link as it stands on the line that `calendarWith` begins for it. */
export function calendarLink(link: string): string {
  return folded(` ${escaped(link)}`).slice(1);
}

/** An instant as iCalendar writes it: 20261203T225900Z. */
export function utc(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('"', '’')}"`;
}

/** Folds a content line into pieces of at most 75 octets, none of which ends inside a character. */
function folded(line: string): string {
  const length = Buffer.byteLength(line);
  if (length <= 75) return line;
  // Every character has one octet, as in a link.
  if (length === line.length) return line.replace(/^.{75}(?=.)|.{74}(?=.)/g, '$&\r\n ');
  let result = '';
  let octets = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    if (octets + more > 75) {
      result += '\r\n ';
      octets = 1;
    }
    result += character;
    octets += more;
  }
  return result;
}

import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';

/** The longest line of quoted-printable (76, RFC 2045) less a soft line break at its end and the two octets of an encoded dot. */
const LINE = 73;
const SOFT_BREAK = '=\r\n';
// Boundaries that no content can contain: in quoted-printable, hexadecimal digits or a line end follow every "=".
const MIXED = '=_mixed';
const ALTERNATIVE = '=_alternative';

/** A file beside the text of a message. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** The parts of a message's body. Both texts are already in quoted-printable. */
export interface EncodedParts {
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

/**
 * A text in quoted-printable, with CRLF as line ends. No line begins with a dot: SMTP would have to double it (RFC 5321,
 * 4.5.2).
 */
export function quotedPrintable(text: string): string {
  return wrap(encode(text.replace(/\r\n|[\r\n]/g, '\r\n')), LINE).replaceAll(/^\./gm, '=2E');
}

/**
 * Joins pieces that were each encoded on their own. Between two stands a soft line break, which decodes to nothing: so a
 * piece can be encoded once and put beside any other.
 */
export function joinEncoded(pieces: readonly string[]): string {
  let joined = '';
  for (const piece of pieces) if (piece !== '') joined += joined === '' ? piece : SOFT_BREAK + piece;
  return joined;
}

/** Text of ASCII that cannot be folded everywhere: with a word that nearly fills a line, or more than one space. */
const UNFOLDABLE = /^(?=.*(?:[^ ]{61}| {2}))[ -~]*$/;
/** Encoded words of this length can be folded, and one fits behind the name of the field. */
const ENCODED_WORD = 52;

/**
 * A header field, its value encoded and folded as the field needs (RFC 5322, RFC 2047), without a line end. The first line has
 * the beginning of the value. No line is longer than 78 characters, unless it holds an address that is too long for one.
 */
export function headerField(name: string, value: string | { name: string; address: string }): string {
  // nodemailer moves a first word that is too long to the next line. Some mail systems damage a field that begins so.
  return foldLines(`${name}: ${headerValue(name, value)}`, 76).replace(/^([\w-]+:)\r\n/, '$1');
}

function headerValue(name: string, value: string | { name: string; address: string }): string {
  const text = typeof value === 'string' ? value : value.name;
  if (!UNFOLDABLE.test(text)) return MimeNode.encodeHeaderValue(name, value);
  const encoded = encodeWord(text, 'Q', ENCODED_WORD);
  return typeof value === 'string' ? encoded : `${encoded} <${value.address}>`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The Date field of a message that was written at this instant. */
export function dateField(at: Temporal.Instant): string {
  const utc = at.toZonedDateTimeISO('UTC');
  const day = `${WEEKDAYS[utc.dayOfWeek - 1]}, ${utc.day} ${MONTHS[utc.month - 1]} ${utc.year}`;
  return `Date: ${day} ${utc.toPlainTime().toString({ smallestUnit: 'second' })} +0000`;
}

/**
 * The MIME fields and the body: an alternative of text and HTML, and files beside it. Whole bodies are joined with `+`: `join`
 * would copy 30 KB each time, while `+` copies once, when the message is written.
 */
export function mimeBody({ text, html, attachments }: EncodedParts): string {
  const alternative = multipart('alternative', ALTERNATIVE, [textPart('plain', text), textPart('html', html)]);
  return `MIME-Version: 1.0\r\n${
    attachments.length === 0 ? alternative : multipart('mixed', MIXED, [alternative, ...attachments.map(filePart)])
  }`;
}

function multipart(kind: string, boundary: string, parts: readonly string[]): string {
  let body = '';
  for (const part of parts) body += `--${boundary}\r\n${part}\r\n`;
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

function textPart(kind: 'plain' | 'html', encoded: string): string {
  return `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${encoded}`;
}

/** A file of text. In base64, a text costs points in spam filters. */
function filePart({ filename, contentType, content }: Attachment): string {
  return [
    `Content-Type: ${contentType};\r\n name=${filename}`,
    'Content-Transfer-Encoding: quoted-printable',
    `Content-Disposition: attachment; filename=${filename}`,
    '',
    quotedPrintable(content),
  ].join('\r\n');
}

import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';

/** Short of the longest line of quoted-printable (RFC 2045) by a soft line break behind it and a dot before it that is encoded. */
const LINE = 73;
const SOFT_BREAK = '=\r\n';
// Neither encoding can write these: in quoted-printable hexadecimal digits or a line end follow every "=".
const MIXED = '=_mixed';
const ALTERNATIVE = '=_alternative';

/** A file beside the text of a message. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** What a message consists of below its headers. Both texts are in quoted-printable already. */
export interface EncodedParts {
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

/**
 * A text in quoted-printable, its line ends as mail has them. No line begins with a dot, which would have to be doubled on its
 * way (RFC 5321, 4.5.2).
 */
export function quotedPrintable(text: string): string {
  return wrap(encode(text.replace(/\r\n|[\r\n]/g, '\r\n')), LINE).replaceAll(/^\./gm, '=2E');
}

/**
 * Pieces that are each encoded on their own, as one text: a soft line break between two begins a line and says nothing, so
 * that a piece can be encoded once and put beside any other.
 */
export function joinEncoded(pieces: readonly string[]): string {
  let joined = '';
  for (const piece of pieces) if (piece !== '') joined += joined === '' ? piece : SOFT_BREAK + piece;
  return joined;
}

/** Without one, each node draws a boundary of its own at random. */
const ROOT = new MimeNode('text/plain');

/** A header field with its value encoded and folded as its kind needs (RFC 5322, RFC 2047), without the line end behind it. */
export function headerField(name: string, value: string | { name: string; address: string }): string {
  return new MimeNode(undefined, { rootNode: ROOT }).setHeader(name, value).buildHeaders();
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** When a message was written, as its Date field tells it. */
export function dateField(at: Temporal.Instant): string {
  const utc = at.toZonedDateTimeISO('UTC');
  const day = `${WEEKDAYS[utc.dayOfWeek - 1]}, ${utc.day} ${MONTHS[utc.month - 1]} ${utc.year}`;
  return `Date: ${day} ${utc.toPlainTime().toString({ smallestUnit: 'second' })} +0000`;
}

/**
 * The fields that tell what the body is, and the body: an alternative of text and HTML, and files beside it. Put together
 * with `+`, here and wherever whole bodies are: `join` copies a message of 30 KB each time, and `+` when it is written.
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

/** In base64, so that no mail system on the way touches line ends or long lines. */
function filePart({ filename, contentType, content }: Attachment): string {
  return [
    `Content-Type: ${contentType};\r\n name=${filename}`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename=${filename}`,
    '',
    Buffer.from(content)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\r\n'),
  ].join('\r\n');
}

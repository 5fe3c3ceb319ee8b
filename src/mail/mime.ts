import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';

// Boundaries that no content can contain: in quoted-printable, hexadecimal digits or a line end follow every "=".
const MIXED = '=_mixed';
const ALTERNATIVE = '=_alternative';

/** A file beside the text of a message. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** The parts of a message's body, all in quoted-printable already. */
export interface EncodedParts {
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

/** Text of ASCII that cannot be folded everywhere: with a word that nearly fills a line, or more than one space. */
const UNFOLDABLE = /^(?=.*(?:[^ ]{61}| {2}))[ -~]*$/;
/** Encoded words of this length can be folded, and one fits behind the name of the field. */
const ENCODED_WORD = 52;

/**
 * The Subject field, its value encoded and folded (RFC 5322, RFC 2047), without a line end. The first line has the beginning of
 * the value. No line is longer than 78 characters.
 */
export function subjectField(subject: string): string {
  const value = UNFOLDABLE.test(subject)
    ? encodeWord(subject, 'Q', ENCODED_WORD)
    : MimeNode.encodeHeaderValue('Subject', subject);
  // nodemailer moves a first word that is too long to the next line. Some mail systems damage a field that begins so.
  return foldLines(`Subject: ${value}`, 76).replace(/^([\w-]+:)\r\n/, '$1');
}

/** The MIME fields and the body: an alternative of text and HTML, and files beside it. */
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
    content,
  ].join('\r\n');
}

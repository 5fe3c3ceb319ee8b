import { htmlToText } from 'html-to-text';
import { simpleParser, type Attachment, type ParsedMail, type SimpleParserOptions } from 'mailparser';
import { storable } from '../domain/text.ts';
import { undividedBody } from './undivided-body.ts';

/** The parts of a mail by which it is judged. Plain data, because it is posted from one thread to another. */
export interface ReadMail {
  /** By name in lower case, unfolded. If a name occurs several times, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly subject: string;
  readonly text: string;
  /** The parts for programs: `message/delivery-status` (RFC 3464), `message/disposition-notification` (RFC 8098). */
  readonly reports: readonly { contentType: string; text: string }[];
  readonly attachments: readonly { filename: string | null; contentType: string; bytes: number }[];
}

const MAX_TEXT = 200_000;
const MAX_LINE = 1_000;
const MAX_ATTACHMENTS = 200;
/** A real report has one such part. */
const MAX_REPORTS = 10;
const MAX_HEADERS = 1_000;
const MAX_HTML = 2_000_000;

const OPTIONS: SimpleParserOptions & { ignoreEmbedded: boolean } = {
  // Keeps the parts of a report out of the text for people.
  keepDeliveryStatus: true,
  ignoreEmbedded: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  keepCidLinks: true,
  checksumAlgo: false,
  maxHtmlLengthToParse: MAX_HTML,
};

const REPORT_TYPES = /^message\/(global-)?(delivery-status|disposition-notification)$/;

/**
 * Parses a mail. Texts, lines and lists are cut to fixed lengths, and PostgreSQL can store each of them. Throws for a mail
 * that cannot be parsed, for example one with far too many headers or parts.
 */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const mail = await simpleParser(raw, OPTIONS);
  mail.text ||= undividedBody(mail, raw, MAX_TEXT);
  const [sender] = mail.from?.value ?? [];
  const isReport = ({ contentType }: Attachment) => REPORT_TYPES.test(contentType.toLowerCase());
  return {
    headers: headersOf(mail),
    from: { name: singleLine(sender?.name) || null, email: singleLine(sender?.address) || null },
    subject: singleLine(mail.subject),
    text: storableLines(textOf(mail)).slice(0, MAX_TEXT),
    reports: mail.attachments
      .filter(isReport)
      .slice(0, MAX_REPORTS)
      .map(({ contentType, content }) => ({
        contentType: contentType.toLowerCase(),
        text: storableLines(content.toString('utf8', 0, MAX_TEXT)),
      })),
    attachments: mail.attachments
      .filter((each) => !isReport(each))
      .slice(0, MAX_ATTACHMENTS)
      .map(({ filename, contentType, size }) => ({
        filename: singleLine(filename) || null,
        contentType: singleLine(contentType),
        bytes: size,
      })),
  };
}

/** The text for people. Taken from the HTML where the plain text is empty, as some programs leave it. */
function textOf({ text = '', html, textConversionError }: ParsedMail): string {
  // HTML that mailparser gave up on may be built to cost too much, so it is not tried again.
  if (text.trim() !== '' || typeof html !== 'string' || html.length > MAX_HTML || textConversionError) return text;
  return htmlToText(html, { limits: { maxDepth: 100, maxChildNodes: 10_000 } });
}

function headersOf({ headerLines }: ParsedMail): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { key, line } of headerLines.slice(0, MAX_HEADERS)) {
    headers[key] ??= singleLine(line.slice(line.indexOf(':') + 1));
  }
  return headers;
}

/** The text as it is stored, with line feeds alone. */
function storableLines(text: string): string {
  return storable(text).replaceAll(/\r\n?/g, '\n');
}

/** The text on one line, without control characters, cut to `MAX_LINE`. */
function singleLine(text = ''): string {
  return text
    .slice(0, MAX_LINE * 4)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_LINE)
    .toWellFormed();
}

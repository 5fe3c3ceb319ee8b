import { simpleParser, type Attachment, type ParsedMail, type SimpleParserOptions } from 'mailparser';
import { storable } from '../domain/text.ts';
import { textOfHtml } from './html-text.ts';
import { undividedBody } from './undivided-body.ts';
import { runsIn, wordsOf } from './words.ts';

/** The parts of a mail by which it is judged. Plain data, because it is posted from one thread to another. */
export interface ReadMail {
  /** By name in lower case, unfolded. If a name occurs several times, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly subject: string;
  readonly text: string;
  /** The lines of the HTML whose words the text lacks. Some programs write a text beside it that says nothing. */
  readonly onlyInHtml: string;
  /** Whether the mail has more text than this. */
  readonly isCut: boolean;
  /**
   * The parts for programs: `message/delivery-status` (RFC 3464), `message/disposition-notification` (RFC 8098), and
   * `message/feedback-report` (RFC 5965).
   */
  readonly reports: readonly { contentType: string; text: string }[];
  readonly attachments: readonly { filename: string | null; contentType: string; bytes: number }[];
}

const MAX_TEXT = 200_000;
const MAX_LINE = 1_000;
const MAX_ATTACHMENTS = 200;
/** A real report has one such part. */
const MAX_REPORTS = 10;
const MAX_HEADERS = 1_000;
/** Three times as many as the largest attachment has. The parser holds each line as an object. */
const MAX_LINES = 1_000_000;

const OPTIONS: SimpleParserOptions & { ignoreEmbedded: boolean } = {
  // The cost of mailparser's own conversion has no bound that holds.
  skipHtmlToText: true,
  // Keeps the parts of a report out of the text for people.
  keepDeliveryStatus: true,
  ignoreEmbedded: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  keepCidLinks: true,
  checksumAlgo: false,
};

const REPORT_TYPES = /^message\/(global-)?(delivery-status|disposition-notification|feedback-report)$/;

/**
 * Parses a mail. Texts, lines and lists are cut to fixed lengths, and PostgreSQL can store each of them. Throws for a mail
 * that cannot be parsed, for example one with far too many headers, parts or lines.
 */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  if (hasTooManyLines(raw)) throw new Error(`more than ${MAX_LINES} lines`);
  const mail = await simpleParser(raw, OPTIONS);
  mail.text ||= undividedBody(mail, raw, MAX_TEXT);
  const [sender] = mail.from?.value ?? [];
  const isReport = ({ contentType }: Attachment) => REPORT_TYPES.test(contentType.toLowerCase());
  return {
    headers: headersOf(mail),
    from: { name: singleLine(sender?.name) || null, email: singleLine(sender?.address) || null },
    subject: singleLine(mail.subject),
    ...textsOf(mail),
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

function hasTooManyLines(raw: Buffer): boolean {
  let at = -1;
  for (let lines = 0; lines <= MAX_LINES; lines += 1) {
    at = raw.indexOf(10, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** The text for people, from the plain text and from the HTML where that says more. */
function textsOf({ text = '', html }: ParsedMail): Pick<ReadMail, 'text' | 'onlyInHtml' | 'isCut'> {
  const plain = cut(storableLines(text));
  const { text: htmlText, isCut } = typeof html === 'string' ? textOfHtml(html) : { text: '', isCut: false };
  const inHtml = cut(storableLines(htmlText), isCut);
  if (plain.text.trim() === '') return { text: inHtml.text, onlyInHtml: '', isCut: inHtml.isCut };
  const isInPlain = runsIn(plain.text);
  const onlyInHtml = inHtml.text.split('\n').filter((line) => {
    const words = wordsOf(line);
    return words.length > 0 && !isInPlain(words);
  });
  return { text: plain.text, onlyInHtml: onlyInHtml.join('\n'), isCut: plain.isCut || inHtml.isCut };
}

function cut(text: string, isCut = false): { text: string; isCut: boolean } {
  return { text: text.slice(0, MAX_TEXT).toWellFormed(), isCut: isCut || text.length > MAX_TEXT };
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

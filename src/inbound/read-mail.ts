import { htmlToText } from 'html-to-text';
import { simpleParser, type Attachment, type ParsedMail, type SimpleParserOptions } from 'mailparser';

/** What of a mail says what it is, in words. Plain data: it crosses from one thread to another. */
export interface ReadMail {
  /** By their names in small letters, unfolded; of several of one name the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly subject: string;
  readonly text: string;
  /** The parts that a mail system reads: `message/delivery-status` of RFC 3464, and the like. */
  readonly reports: readonly { contentType: string; text: string }[];
  readonly attachments: readonly { filename: string | null; contentType: string; bytes: number }[];
}

const LONGEST_TEXT = 200_000;
const LONGEST_LINE = 1_000;
const MOST_ATTACHMENTS = 200;
/** A report has one part of its kind. */
const MOST_REPORTS = 10;
const MOST_HEADERS = 1_000;
const LONGEST_HTML = 2_000_000;

const OPTIONS: SimpleParserOptions & { ignoreEmbedded: boolean } = {
  // The parts of a report stay apart from what is written to a person.
  keepDeliveryStatus: true,
  ignoreEmbedded: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  keepCidLinks: true,
  checksumAlgo: false,
  maxHtmlLengthToParse: LONGEST_HTML,
};

const REPORT_TYPES = /^message\/(global-)?(delivery-status|disposition-notification)$/;

/** Reads a mail, whatever it is. Throws for one that cannot be read, as for headers or parts beyond all measure. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const mail = await simpleParser(raw, OPTIONS);
  const [sender] = mail.from?.value ?? [];
  const isReport = ({ contentType }: Attachment) => REPORT_TYPES.test(contentType.toLowerCase());
  return {
    headers: headersOf(mail),
    from: { name: line(sender?.name) || null, email: line(sender?.address) || null },
    subject: line(mail.subject),
    text: kept(textOf(mail)).slice(0, LONGEST_TEXT),
    reports: mail.attachments
      .filter(isReport)
      .slice(0, MOST_REPORTS)
      .map(({ contentType, content }) => ({
        contentType: contentType.toLowerCase(),
        text: kept(content.toString('utf8', 0, LONGEST_TEXT)),
      })),
    attachments: mail.attachments
      .filter((each) => !isReport(each))
      .slice(0, MOST_ATTACHMENTS)
      .map(({ filename, contentType, size }) => ({
        filename: line(filename) || null,
        contentType: line(contentType),
        bytes: size,
      })),
  };
}

/** What is written to a person. Some programs send an empty text beside the HTML that says it. */
function textOf({ text = '', html, textConversionError }: ParsedMail): string {
  // What mailparser would not convert is built to cost too much.
  if (text.trim() !== '' || typeof html !== 'string' || html.length > LONGEST_HTML || textConversionError) return text;
  return htmlToText(html, { limits: { maxDepth: 100, maxChildNodes: 10_000 } });
}

function headersOf({ headerLines }: ParsedMail): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { key, line: written } of headerLines.slice(0, MOST_HEADERS)) {
    headers[key] ??= line(written.slice(written.indexOf(':') + 1));
  }
  return headers;
}

/** PostgreSQL keeps no U+0000, and a text is not lost for one. */
function kept(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd').replaceAll(/\r\n?/g, '\n');
}

/** On one line, without control characters. */
function line(text = ''): string {
  return text
    .slice(0, LONGEST_LINE * 4)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_LINE)
    .toWellFormed();
}

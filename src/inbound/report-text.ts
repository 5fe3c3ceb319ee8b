/** The words of a report that stand above the message it returns. */
export interface ReportText {
  readonly lines: readonly string[];
  /** The same on one line, with single spaces: mail systems break their sentences anywhere. */
  readonly flat: string;
}

/** What a report says of one recipient. */
export interface ReportedRecipient {
  readonly address: string;
  /** The address that an alias was expanded from. */
  readonly expandedFrom: string | null;
  /** The reason in the report's own words. */
  readonly reason: string | null;
}

const MAX_LINES = 200;
const MAX_LINE = 1_000;
const MAX_TEXT = 10_000;
const MAX_REASON = 1_000;
const MAX_RECIPIENTS = 100;

const ADDRESS = String.raw`(?![/.])[^\s<>()\[\]"'\x60,;:|=*]{1,128}@[\p{L}\d](?:[\p{L}\d.-]{0,253}[\p{L}\d])?`;
/** An address, or what mail systems write before one: brackets, a bullet, a label. */
const LEADING_ADDRESS = new RegExp(
  String.raw`^[\s>*•·"'<(|-]{0,40}(?<code>[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?)?["'<]?(?:mailto:)?(?<address>${ADDRESS})`,
  'iu',
);
const LABELLED_ADDRESS = new RegExp(
  String.raw`(?::\s{0,40}|\b(?:to|til|an|recipient)\s{1,40})["'<([]{0,3}(?:smtp:|mailto:)?(?<address>${ADDRESS})`,
  'iu',
);
const ANY_ADDRESS = new RegExp(`(?<address>${ADDRESS})`, 'iu');
const EXPANDED_FROM = new RegExp(
  String.raw`\((?:expanded|(?:ultimately )?generated|originally addressed) (?:from|by|to):?\s{0,10}<?(?<address>${ADDRESS})`,
  'iu',
);
/** Whom to ask, who sent it: the addresses in these lines are no recipients. */
const OTHER_ADDRESS =
  /^\s{0,80}[*>|-]{0,3}\s{0,10}(?:from|sender|original sender|envelope-from|mail from|reply-to|subject|cc|bcc|message-id|original-message-id|sender-mta|x-\S{1,60}|fra|von|de|emne|betreff)\s{0,10}:|\bcontact\b|\bassistance\b|please (?:reply|send|write)|\bkontakt|support@|>>> ?mail from/i;
/** The header of the message that some repeat within their sentence. It is no reason. */
const HEADER_LINE = /^\s{0,40}(?:to|cc|subject|subj|sent|date|til|emne|sendt|dato)\s{0,5}:/i;
/** What Exim says below the addresses of a warning. It gives no reason. */
const NO_ACTION = /\s{0,10}\bNo action is required on your part\b/i;
/** The rest of a line that only repeats the address. */
const NO_REASON = new RegExp(String.raw`^[\s>:;.,)\]"']{0,20}(?:<?${ADDRESS}>?)?[\s>:;.,)\]"']{0,20}$`, 'iu');
const RETURNED =
  /^[\s>|#*=_~-]{0,100}(?:(?:this is |here is |below is |below this line is |below the next line is |included is |attached is |attachment is |following is )?(?:a |the )?copy of (?:the|your|my) |(?:the )?(?:original|oprindelig|bounced|undelivered|unsent|returned) (?:message|meddelelse|mail|e-?mail)(?! (?:was|details|could|has|id|is not|size|til|to)\b)|message (?:text|headers?|follows)\b|the headers? (?:of|and)|nachricht im original|old message:|original mail as follows|(?:the )?first \d{1,4} lines|-- the header and|start of returned|mensaje original|your message reads)/i;
/** A field of the message that is returned, or of RFC 3464. */
const RAW_HEADER =
  /^>? ?(?:received|return-path|dkim-signature|x-originating-ip|authentication-results|reporting-mta|original-envelope-id|final-recipient):[ \t]{0,10}\S/i;
/** What stands between the parts of a mail whose boundary is damaged. */
const BETWEEN_PARTS = /^(?:--\S{1,200}|content-[a-z-]{1,40}:.*)$/i;
const LABELLED_REASON =
  /^[\s*-]{0,40}(?:(?:failure |reject |the |delay |for the following )?reason|error(?:-text| message)?|diagnostic code|the problem appears to be|additional information follows|remote host said|årsag|grund)\s{0,10}:\s{0,40}(.*)$/i;
const SMTP_REPLY = /(?:^|[\s:(<[])[45][0-7]\d[ -](?:[45]\.\d|[^\d\s])|(?:^|[^\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])/;

/** The report's own words: without the message that it returns, and not more than mail systems write. */
export function reportTextOf(text: string): ReportText {
  const all = text.split('\n', MAX_LINES * 5).map((line) => line.slice(0, MAX_LINE));
  const begin = all.findIndex((line) => line.trim() !== '');
  const found = all.findIndex((line, index) => index > begin && (RETURNED.test(line) || RAW_HEADER.test(line)));
  const lines: string[] = [];
  let length = 0;
  for (const line of all.slice(0, found === -1 ? undefined : found)) {
    if (BETWEEN_PARTS.test(line)) continue;
    length += line.length;
    if (lines.length === MAX_LINES || length > MAX_TEXT) break;
    lines.push(line);
  }
  return { lines, flat: flattened(lines) };
}

function flattened(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([-_=*#~.])\1{3,}/g, '$1$1$1')
    .trim();
}

/**
 * The recipients that a report names in its words, each once. Those that stand first in a line are preferred to those behind a
 * label, and these to those within a sentence.
 */
export function recipientsInWords({ lines }: ReportText): ReportedRecipient[] {
  for (const pattern of [LEADING_ADDRESS, LABELLED_ADDRESS, ANY_ADDRESS]) {
    const isLeading = pattern === LEADING_ADDRESS;
    const starts = lines.flatMap((line, index) => {
      const match = !isLeading && OTHER_ADDRESS.test(line) ? null : pattern.exec(line);
      if (match?.groups?.['address'] === undefined) return [];
      const { code, address } = match.groups;
      const rest = code === undefined ? line.slice(match.index + match[0].length) : line.slice(line.indexOf(code));
      return [{ index, address, rest }];
    });
    const found = new Map<string, ReportedRecipient>();
    for (const [position, { index, address, rest }] of starts.entries()) {
      if (found.has(address.toLowerCase()) || found.size === MAX_RECIPIENTS) continue;
      const next = starts.slice(position + 1).find((start) => start.address.toLowerCase() !== address.toLowerCase());
      const following = lines.slice(index + 1, next?.index);
      const expandedFrom = EXPANDED_FROM.exec([rest, ...following].join('\n'))?.groups?.['address'] ?? null;
      const isSentence = !isLeading || NO_REASON.test(rest);
      const reason = (isSentence ? labelledReason(following) : null) ?? reasonBelow(rest, following);
      found.set(address.toLowerCase(), { address, expandedFrom, reason });
    }
    if (found.size > 0) return [...found.values()];
  }
  return [];
}

/** The reason that begins behind an address: the rest of its line and the lines below, or else the next paragraph. */
function reasonBelow(rest: string, following: readonly string[]): string | null {
  let reason = NO_REASON.test(rest) ? '' : cleaned(rest);
  for (const line of following) {
    if (NO_ACTION.test(line)) break;
    if (EXPANDED_FROM.test(line) || HEADER_LINE.test(line)) continue;
    if (line.trim() === '' && reason !== '' && !reason.endsWith(':')) break;
    reason = cleaned(`${reason} ${line}`);
    if (reason.length > MAX_REASON) break;
  }
  return reason.length < 3 ? null : reason.slice(0, MAX_REASON).trim();
}

const cleaned = (text: string) => flattened([text]).replace(/^[\s>:;.,)\]"'*-]{1,20}/, '');

function labelledReason(lines: readonly string[]): string | null {
  const index = lines.findIndex((line) => LABELLED_REASON.test(line));
  if (index === -1) return null;
  return reasonBelow(LABELLED_REASON.exec(lines[index] ?? '')?.[1] ?? '', lines.slice(index + 1));
}

/** The reply of a mail server that stands in a report, like `550 5.1.1 …`; `null` where there is none. */
export function smtpReplyIn({ lines }: ReportText): string | null {
  const index = lines.findIndex((line) => SMTP_REPLY.test(line));
  return index === -1 ? null : reasonBelow(lines[index] ?? '', lines.slice(index + 1));
}

/**
 * The reason that a report gives for this recipient, or for all: a mail server's reply if there is one, for that is what the
 * others explain. `null` for a report without words.
 */
export function reasonInWords(text: ReportText, recipient?: ReportedRecipient): string | null {
  const own = recipient?.reason ?? null;
  if (own !== null && SMTP_REPLY.test(own)) return own;
  const [words = ''] = text.flat.split(NO_ACTION, 1);
  return smtpReplyIn(text) ?? own ?? labelledReason(text.lines) ?? (words.slice(0, MAX_REASON).trim() || null);
}

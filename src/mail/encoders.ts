/** What a mail's slot does with its value, step by step: by their names, a form on record says which. */
export type Encoder = keyof typeof ENCODERS;

/** The longest line of quoted-printable (76, RFC 2045) less a soft line break at its end and the two octets of an encoded dot. */
const LINE = 73;
const SOFT_BREAK = '=\r\n';
/** Encoded words of this length fit behind the name of any field (RFC 2047). */
const ENCODED_WORD = 52;

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * What makes the bytes of a mail from its values, when it is sent and when it is made again (D50). An encoder is never edited
 * once mails were sent by it: another way to encode is another encoder, `qp-2`. So nothing is imported here, no word of a library
 * is in the bytes, and test/mail/encoders.test.ts has what each makes of what, to the byte.
 */
export const ENCODERS = {
  /** A text on one line, without characters that hide text or turn its direction. */
  'line-1': (text: string) =>
    text
      .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      .replace(/\p{Cf}/gu, '')
      .trim(),
  /** A text for an HTML element or a quoted attribute. */
  'html-1': (text: string) => text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character),
  /** A piece of a body in quoted-printable, between soft line breaks, which decode to nothing and keep lines short. */
  'qp-1': (text: string) => `${SOFT_BREAK}${text === '' ? '' : quotedPrintable1(text) + SOFT_BREAK}`,
  /** The name before an address in angle brackets, with the space between; nothing where there is no name. */
  'display-name-1': (name: string) => (name === '' ? '' : `${displayName1(name)}\r\n `),
  /** A UUID without its dashes. */
  'undashed-1': (uuid: string) => uuid.replaceAll('-', ''),
  /** A code in two groups, which are easier to read and to type. */
  'grouped-1': (code: string) => code.replace(/(?=.{4}$)/, ' '),
  /** An instant as a Date field has it: `Mon, 23 Nov 2026 09:30:00 +0000`. */
  'date-1': (instant: string) => {
    const utc = Temporal.Instant.from(instant).toZonedDateTimeISO('UTC');
    const day = `${WEEKDAYS[utc.dayOfWeek - 1]}, ${utc.day} ${MONTHS[utc.month - 1]} ${utc.year}`;
    return `${day} ${[utc.hour, utc.minute, utc.second].map((each) => String(each).padStart(2, '0')).join(':')} +0000`;
  },
  /** An instant as iCalendar writes it: `20261203T225900Z`. */
  'calendar-date-1': (instant: string) => `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`,
  /** A link on a line of a calendar file that begins with a space, folded so that no line has more than 75 octets. */
  'calendar-link-1': (link: string) =>
    ` ${link.replace(/[\\;,]/g, '\\$&')}`.replace(/^.{75}(?=.)|.{74}(?=.)/g, '$&\r\n ').slice(1),
} as const satisfies Readonly<Record<string, (text: string) => string>>;

/**
 * A text in quoted-printable, with CRLF as line ends. No line begins with a dot: SMTP would have to double it (RFC 5321, 4.5.2).
 */
export function quotedPrintable1(text: string): string {
  return text
    .split(/\r\n|[\r\n]/)
    .map(encodedLine)
    .join('\r\n');
}

function encodedLine(line: string): string {
  let encoded = '';
  let column = 0;
  let left = line.length;
  for (const character of line) {
    left -= character.length;
    const isPlain = /[!-<>-~]/.test(character) || (/[ \t]/.test(character) && left > 0);
    let octets = isPlain ? character : inHex(character);
    if (column + octets.length > LINE) {
      encoded += SOFT_BREAK;
      column = 0;
    }
    if (column === 0 && octets === '.') octets = inHex(octets);
    encoded += octets;
    column += octets.length;
  }
  return encoded;
}

function inHex(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '=$&');
}

/** A quoted string where the name is short and of ASCII, or else encoded words, each on a line of its own. */
function displayName1(name: string): string {
  const quoted = `"${name.replace(/["\\]/g, '\\$&')}"`;
  // A reader could take what looks like an encoded word for one, also in quotes.
  if (/^[ -~]*$/.test(quoted) && quoted.length <= 60 && !name.includes('=?')) return quoted;
  const words = [''];
  for (const character of name) {
    const encoded = /[A-Za-z0-9]/.test(character) ? character : character === ' ' ? '_' : inHex(character);
    if ((words.at(-1) ?? '').length + encoded.length > ENCODED_WORD) words.push('');
    words[words.length - 1] += encoded;
  }
  return words.map((word) => `=?UTF-8?Q?${word}?=`).join('\r\n ');
}

/** A text in another spelling, and where each of its characters stands in the original. */
export interface Respelled {
  readonly text: string;
  /** For each character where it begins in the original. */
  readonly starts: readonly number[];
  /** For each character where it ends in the original. */
  readonly ends: readonly number[];
}

/** An encoding of an encoding of an encoding: no program adds more. */
const MAX_LAYERS = 4;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  plus: '+',
  lowbar: '_',
  hyphen: '-',
  dash: '-',
  equals: '=',
  percnt: '%',
};

/** The end of a line of quoted-printable, and the marks of quotation behind it. */
const SOFT_BREAK = /=\r?\n(?:[ \t]*(?:[>|]|[A-Za-z]{1,4}>))*[ \t]*/g;
/** What stands in the middle of a token: line breaks and the marks behind them, white space, invisible characters. */
const BETWEEN = /\n[ \t]*(?:(?:[>|]|[A-Za-z]{1,4}>)[ \t]*)*|[\s\p{Cf}\p{Mn}]+|\\(?!u00)/gu;
/** Lines of base64, with the beginning and the end of a word that may belong to it. */
const BASE64 =
  /(?:[A-Za-z0-9+/_-]{1,23}=?\r?\n[ \t>|]*)?([A-Za-z0-9+/_-]{24,}(?:=?\r?\n[ \t>|]*(?:[A-Za-z0-9+/_-]{1,23}=?\r?\n[ \t>|]*)?[A-Za-z0-9+/_-]{24,})*)(?:=?\r?\n[ \t>|]*[A-Za-z0-9+/_-]+)?/dg;
/** So many characters of a text in a row: as long as a token. */
const READABLE = /[\t\n\r -~]{42}/;

/**
 * Undoes what mail programs and gateways do to an address. `readable` is without HTML entities, quoted-printable,
 * percent-encoding and escapes of JSON, each also over another. In each of `joined` a token stands in one piece: without line
 * breaks and the marks of quotation behind them, white space, invisible characters and backslashes; further ones undo URL
 * Defense.
 */
export function spellingsOf(text: string): { readable: Respelled; joined: Respelled[] } {
  const unbroken = respelled(unchanged(text), SOFT_BREAK, () => '');
  // Joined before it is decoded, because a line can also end within "%2D".
  const decoded = withoutEncodings(respelled(unbroken, BETWEEN, () => ''));
  const spellings = [decoded];
  if (/urldefense/i.test(decoded.text)) {
    spellings.push(withoutEncodings(respelled(decoded, /-([2-7][0-9A-F])/g, ([, hex]) => characterOf(hex, 16))));
  }
  // Its third version writes an asterisk for a character that it finds unusual.
  if (decoded.text.includes('*')) {
    for (const character of ['_', '-']) spellings.push(respelled(decoded, /\*/g, () => character));
  }
  const joined = spellings.map((each) =>
    respelled(
      respelled(each, BETWEEN, () => ''),
      /[\u2010-\u2015\u2212]/g,
      () => '-',
    ),
  );
  return { readable: withoutEncodings(unbroken), joined };
}

/**
 * The places that are base64, and the texts that each may say: nobody knows where the encoding begins. A mail that is returned
 * as it came has such parts, and some gateways encode an address so. A short line before or behind is read, too, and not counted
 * to the place: it may be somebody's word, and says too little by itself.
 */
export function base64In(whole: string): { from: number; to: number; texts: string[] }[] {
  const { text, starts, ends } = respelled(unchanged(whole), /%(2[BF])/gi, ([, hex]) => characterOf(hex, 16));
  return [...text.matchAll(BASE64)].flatMap(({ 0: encoded, indices }) => {
    const characters = encoded.replaceAll(/[^A-Za-z0-9+/_-]/g, '');
    const texts = [0, 1, 2, 3]
      .map((skipped) => Buffer.from(characters.slice(skipped), 'base64').toString('latin1'))
      .filter((decoded) => READABLE.test(decoded));
    const [begin, end] = indices?.[1] ?? [0, 0];
    return texts.length === 0 ? [] : [{ from: starts[begin] ?? 0, to: ends[end - 1] ?? 0, texts }];
  });
}

function unchanged(text: string): Respelled {
  return {
    text,
    starts: Array.from({ length: text.length }, (_, index) => index),
    ends: Array.from({ length: text.length }, (_, index) => index + 1),
  };
}

function withoutEncodings(from: Respelled): Respelled {
  let current = from;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const before = current;
    current = respelled(current, /&(?:#(\d{1,4})|#x([0-9a-f]{1,4})|([a-z]{3,7}));/gi, ([whole, decimal, hex, name]) =>
      name === undefined ? characterOf(decimal ?? hex, decimal ? 10 : 16) : (NAMED[name.toLowerCase()] ?? whole),
    );
    current = respelled(current, /=\r?\n|(?:[=%]|\\u00)([2-7][0-9a-f]|0[ad])/gi, ([, hex]) =>
      hex === undefined ? '' : characterOf(hex, 16),
    );
    if (current === before) break;
  }
  return current;
}

function characterOf(digits: string | undefined, radix: 10 | 16): string {
  return String.fromCodePoint(Number.parseInt(digits ?? '', radix));
}

/** Replaces every match by at most one character. Returns the same object where nothing matches. */
function respelled(original: Respelled, pattern: RegExp, replace: (match: RegExpExecArray) => string): Respelled {
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let end = 0;
  const copyUntil = (to: number) => {
    text += original.text.slice(end, to);
    for (let index = end; index < to; index += 1) {
      starts.push(original.starts[index] ?? 0);
      ends.push(original.ends[index] ?? 0);
    }
  };
  for (const match of original.text.matchAll(pattern)) {
    const replacement = replace(match);
    if (replacement.length > 1) continue;
    const matchEnd = match.index + match[0].length;
    copyUntil(match.index);
    if (replacement !== '') {
      text += replacement;
      starts.push(original.starts[match.index] ?? 0);
      ends.push(original.ends[matchEnd - 1] ?? 0);
    }
    end = matchEnd;
  }
  if (end === 0) return original;
  copyUntil(original.text.length);
  return { text, starts, ends };
}

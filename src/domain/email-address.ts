const ATOM_CHARACTERS = "A-Za-z0-9!#$%&'*+/=?^_`{|}~-";
const ATOM = `[${ATOM_CHARACTERS}]+`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/** A top-level domain begins with a letter. Otherwise `a@0x7f.1` would pass, which names a host by its number. */
const TOP_LEVEL = '[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])';
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`);
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+${TOP_LEVEL}$`);

/** The same with letters and digits of any script (RFC 6531). Marks stand on a letter; nothing that is invisible is among them. */
const BEYOND_ASCII = '\\p{L}\\p{M}\\p{Nd}';
const ANY_ATOM = `(?!\\p{M})[${BEYOND_ASCII}${ATOM_CHARACTERS}]+`;
const ANY_LOCAL_PART = new RegExp(`^${ANY_ATOM}(?:\\.${ANY_ATOM})*$`, 'u');
const ANY_DOMAIN = new RegExp(`^[${BEYOND_ASCII}A-Za-z.-]+$`, 'u');
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Scripts whose letters look alike. A word that mixes them is made to be taken for another. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u];

/** The longest address and the longest part before the @, in bytes (RFC 5321). */
const MAX_BYTES = { address: 254, localPart: 64 };

/**
 * Whether a notice can safely be addressed to this string: RFC 5321 dot-atom@domain, at most 254 bytes in all and 64 before the
 * @, or the same with letters of other scripts (RFC 6531). Quotes, comments, commas, line breaks and other control characters
 * are refused: older grammars allow them, and they get mail misrouted. So are invisible characters, other forms of a letter,
 * and words that mix Latin, Greek and Cyrillic.
 */
export function isMailAddress(address: string): boolean {
  if (isAsciiMailAddress(address)) return true;
  if (typeof address !== 'string' || address.length > MAX_BYTES.address) return false;
  const { localPart, domain } = partsOf(address);
  return (
    ANY_LOCAL_PART.test(localPart) &&
    isUnambiguous(address) &&
    (DOMAIN.test(domain) || isDomainBeyondAscii(domain)) &&
    Buffer.byteLength(localPart) <= MAX_BYTES.localPart &&
    Buffer.byteLength(address) <= MAX_BYTES.address &&
    Buffer.byteLength(envelopeAddressOf(address)) <= MAX_BYTES.address
  );
}

/** The same for an address that every mail server understands. */
export function isAsciiMailAddress(address: string): boolean {
  if (typeof address !== 'string' || address.length > MAX_BYTES.address) return false;
  const { localPart, domain } = partsOf(address);
  return localPart.length <= MAX_BYTES.localPart && LOCAL_PART.test(localPart) && DOMAIN.test(domain);
}

/**
 * How an address stands in an SMTP envelope: `dpo@xn--r-0gal.dk` for `dpo@ærø.dk`, which every mail server understands. Any
 * other stays to the letter. Where the part before the @ has letters beyond ASCII, nothing but SMTPUTF8 carries it.
 */
export function envelopeAddressOf(address: string): string {
  const { localPart, domain } = partsOf(address);
  if (lettersBeyondAscii(localPart) !== '' || lettersBeyondAscii(domain) === '') return address;
  return `${localPart}@${domainToAscii(domain)}`;
}

/** The domain of an address as DNS has it, in lower case: `xn--r-0gal.dk` for `dpo@Ærø.dk`. */
export function mailDomainOf(address: string): string {
  return domainToAscii(partsOf(address).domain).toLowerCase();
}

/** Bounded, so that a long line costs no more than its length. No slash before the @: `node_modules/@scope` is none. */
const ADDRESS_IN_TEXT = /[^\s"'\\<>()[\],;:=&?/]{1,64}(?:@|%40)[^\s"'\\<>()[\],;:=&?/]{1,255}/gi;

/** A text without the mail addresses in it (D48), as they are and as they stand in the address of a request. */
export function withoutMailAddresses(text: string): string {
  return /@|%40/.test(text) ? text.replaceAll(ADDRESS_IN_TEXT, '[address]') : text;
}

/** The characters of a text that are not ASCII, each once and in order; `''` where there are none. */
export function lettersBeyondAscii(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return [...new Set(text.match(/[^\u0000-\u007f]/gu))].join('');
}

function partsOf(address: string): { localPart: string; domain: string } {
  const end = address.indexOf('@');
  return end < 0 ? { localPart: '', domain: '' } : { localPart: address.slice(0, end), domain: address.slice(end + 1) };
}

/** Whether a text is spelt in one way only, and is what it looks like. */
function isUnambiguous(text: string): boolean {
  if (!text.isWellFormed() || text.normalize('NFKC') !== text || INVISIBLE.test(text)) return false;
  return text.split(/[.@]/).every((word) => ALIKE.filter((script) => script.test(word)).length < 2);
}

/** Whether a domain has one form in ASCII, in capitals too, and that is a domain. */
function isDomainBeyondAscii(domain: string): boolean {
  if (!ANY_DOMAIN.test(domain) || /(?:^|\.)(?:-|xn--)|-(?:\.|$)/i.test(domain)) return false;
  const ascii = domainToAscii(domain);
  // Capitals of which this is not true are other letters in a domain than in a text: ẞ becomes ss, and ß does not.
  return DOMAIN.test(ascii) && ascii === domainToAscii(domain.toLowerCase());
}

/** A domain as DNS has it (UTS 46, as browsers do it); `''` where it has no such form. */
function domainToAscii(domain: string): string {
  const url = `http://${domain}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

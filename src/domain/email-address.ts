const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/** A top-level domain begins with a letter: without that, `a@0x7f.1` would be a number of a host. */
const TOP_LEVEL = '[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])';
const ADDRESS = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${TOP_LEVEL}$`);

/**
 * Whether a notice can safely be addressed to this string: RFC 5321 dot-atom@domain, at most 254 characters in all and 64
 * before the @. Quotes, comments, commas, line breaks and other control characters are legal in older grammars and
 * are how mail gets misrouted, so none of them is accepted.
 */
export function isMailAddress(address: string): boolean {
  return address.length <= 254 && address.indexOf('@') <= 64 && ADDRESS.test(address);
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/** A top-level domain begins with a letter. Otherwise `a@0x7f.1` would pass, which names a host by its number. */
const TOP_LEVEL = '[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])';
const ADDRESS = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${TOP_LEVEL}$`);

/**
 * Whether a notice can safely be addressed to this string: RFC 5321 dot-atom@domain, at most 254 characters in all and 64
 * before the @. Quotes, comments, commas, line breaks and other control characters are refused: older grammars allow them,
 * and they get mail misrouted.
 */
export function isMailAddress(address: string): boolean {
  return address.length <= 254 && address.indexOf('@') <= 64 && ADDRESS.test(address);
}

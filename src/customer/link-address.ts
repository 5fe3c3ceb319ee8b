import { UUID } from '../domain/uuid.ts';

/** More encodings over each other than any program makes: what is still encoded then is shown to nobody. */
const MAX_LAYERS = 8;
const ID = new RegExp(`^${UUID}$`, 'i');
const LINK = /^(?:https?:\/\/[^/]*)?\/+objections\/(?:[^/]*(\/[0-9a-f-]{36}(?:\/[a-z]{1,20})?)$|.*)/is;
/** A link that signs somebody in, and not the other addresses beside it. */
const SIGN_IN_LINK = /^(?:https?:\/\/[^/]*)?\/+console\/+sign-in\/+(?!(?:passkey|openid|openid\/callback)$).*/is;
/** A token has 43 characters. With 30 of them, 78 bits are left to guess. */
const LIKE_A_TOKEN = /[\w-]{30,}/g;

/** Whether an address is a customer's link, an address below one, or the link of a sample, however it is spelt. */
export function isLinkAddress(address: string): boolean {
  return /^(?:https?:\/\/[^/]*)?\/(?:objections|samples)\//i.test(decoded(address) ?? '');
}

/**
 * An address for logs and problems: without its query, and without the token of a customer's link or of one to sign in, which are
 * secrets. The address is decoded first, because a proxy, a mail program or a person can spell it in many ways, and may have cut it
 * short: whatever could be most of a token is left out, too.
 */
export function redactAddress(address: string): string {
  const shown = address.replace(/[?#].*$/s, '');
  const path = decoded(shown);
  if (path === null) return '/[address]';
  const redacted = path
    // Behind a token, only the addresses that Varsel has.
    .replace(LINK, '/objections/[token]$1')
    .replace(SIGN_IN_LINK, '/console/sign-in/[token]')
    .replace(LIKE_A_TOKEN, (run) => (ID.test(run) ? run : '[token]'));
  return redacted === path ? shown : redacted.replace(/[^\x21-\x7e]/g, '_');
}

/** Without percent-encoding of ASCII, also one over another; `null` where there is no end of them. */
function decoded(address: string): string | null {
  let current = address;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const next = current.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === current) return current;
    current = next;
  }
  return null;
}

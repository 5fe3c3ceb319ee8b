/** Whether an address is that of a customer's link, whatever follows. */
export function isLinkAddress(address: string): boolean {
  return address.startsWith('/objections/');
}

/**
 * An address without its query and without the token of a customer's link, which is a secret: this may stand in logs and in
 * problems. Also removes a token where a proxy or a mail program has spelled the address in another way.
 */
export function redactAddress(address: string): string {
  return address
    .replace(/\?.*$/s, '')
    .replace(/^\/objections\/[^/]+/, '/objections/[token]')
    .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, '[token]');
}

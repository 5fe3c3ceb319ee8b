/** Whether an address is a customer's link or an address below one. */
export function isLinkAddress(address: string): boolean {
  return address.startsWith('/objections/');
}

/**
 * An address for logs and problems: without its query, and without the token of a customer's link, which is a secret. Also
 * removes a token where a proxy or a mail program has rewritten the address.
 */
export function redactAddress(address: string): string {
  return address
    .replace(/\?.*$/s, '')
    .replace(/^\/objections\/[^/]+/, '/objections/[token]')
    .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, '[token]');
}

/** Of an address that somebody else may have made: its path and query where it is of the console, or else the console's first page. */
export function ownPath(address: unknown): string {
  const url = typeof address === 'string' ? URL.parse(address, 'http://console.invalid') : null;
  const isOurs = url?.origin === 'http://console.invalid' && /^\/console(\/|$)/.test(url.pathname);
  return isOurs ? url.pathname + url.search : '/console';
}

import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { WithoutSecrets } from '../security/secrets-in-text.ts';

/** The header that takes a request's id, and tells it. */
export const REQUEST_ID = 'x-request-id';

/**
 * The id of a request, for every line of the log about it, its response and its problem: its own `X-Request-Id` where that is 1
 * to 128 visible ASCII characters and has neither one of our tokens nor its own API key in it, and a new UUID of version 7 otherwise.
 */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>, withoutSecrets: WithoutSecrets): string {
  const given = headers[REQUEST_ID];
  if (typeof given !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(given)) return randomUUIDv7();
  const key = headers.authorization?.split(' ').at(-1) || null;
  const hasSecret = withoutSecrets(given) !== given || (key !== null && given.includes(key));
  return hasSecret ? randomUUIDv7() : given;
}

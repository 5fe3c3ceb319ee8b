import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { findSignedIn, touchSession } from '../db/sessions.ts';
import type { SignedIn } from '../domain/session.ts';
import { hashSecret, isCsrfTokenOf } from '../security/sessions.ts';
import { Problem } from './problems.ts';

/** A session's use is noted once a minute at most, so that what is asked for often does not write each time. */
const NOTED_EVERY_SECONDS = 60;

/** Browsers keep `__Host-` to the one host and to https, which a trial on `localhost` has not got. */
const nameOf = (publicUrl: string) => (publicUrl.startsWith('https:') ? '__Host-varsel' : 'varsel');

/** The cookie with this name that a browser sends; `null` for none. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(/; */);
  const [found, ...others] = pairs.filter((pair) => pair.startsWith(`${name}=`));
  // Of two cookies with this name one was put there by somebody else.
  return found === undefined || others.length > 0 ? null : found.slice(name.length + 1);
}

/** The secret of the session that a browser sends; `null` for none. */
export function sessionSecretOf(request: FastifyRequest, publicUrl: string): string | null {
  return cookieOf(request, nameOf(publicUrl));
}

/** The `Set-Cookie` of a session; of `null`, what makes the browser forget it. */
export function sessionCookie(secret: string | null, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  // Lax, because the identity provider's answer is a navigation from another site.
  return `${nameOf(publicUrl)}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure}${secret === null ? '; Max-Age=0' : ''}`;
}

/**
 * Who is signed in with the session that the browser sends; `null` for nobody. Notes that it is in use (D26), unless nobody has
 * used it: `isUse`.
 */
export async function signedInWith(
  request: FastifyRequest,
  { pool, now, publicUrl, isUse = true }: { pool: pg.Pool; now: Temporal.Instant; publicUrl: string; isUse?: boolean },
): Promise<SignedIn | null> {
  const secret = sessionSecretOf(request, publicUrl);
  const person = secret === null ? null : await findSignedIn(pool, hashSecret(secret), now);
  if (person === null || !isUse) return person;
  const { id, seenAt } = person.session;
  if (Math.abs(now.since(seenAt).total('seconds')) >= NOTED_EVERY_SECONDS) await touchSession(pool, id, now);
  return person;
}

/**
 * Refuses with `forbidden` a form by which another site would sign a browser in: there is no session yet whose token it could lack,
 * and browsers say where a form comes from.
 */
export function refuseSentFromElsewhere({ headers }: FastifyRequest): void {
  if ((headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin') return;
  throw new Problem('forbidden', 'The form does not come from a page of ours.');
}

/**
 * Refuses with `forbidden` what another site may have made the browser send: a request that says so itself, and one that lacks the
 * token which the pages of this session carry.
 */
export function refuseOtherSite(request: FastifyRequest, given: unknown, publicUrl: string): void {
  const secret = sessionSecretOf(request, publicUrl);
  const site = request.headers['sec-fetch-site'] ?? 'same-origin';
  const isOurs = site === 'same-origin' && secret !== null && typeof given === 'string' && isCsrfTokenOf(secret, given);
  if (!isOurs) throw new Problem('forbidden', 'The request does not come from a page of this session.');
}

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieOf } from '../../http/session.ts';
import type { SealedValues } from '../../security/sealed-values.ts';

/** How long somebody may take at the provider. */
const GOOD_FOR = Temporal.Duration.from({ minutes: 10 });

const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  begunAt: z.string(),
  /** Where to go on in the console. */
  to: z.string(),
  /** The session whose factors are proved anew; `null` where somebody signs in. */
  confirms: z.string().nullable(),
});

/** A sign-in through the provider that is under way in one browser, which keeps it, sealed (D58): beginning one writes nothing. */
export type Attempt = Readonly<z.output<typeof attemptSchema>>;

/** Browsers keep `__Host-` to the one host and to https, which a trial on `localhost` has not got. */
const nameOf = (publicUrl: string) => (publicUrl.startsWith('https:') ? '__Host-varsel-openid' : 'varsel-openid');

/** The `Set-Cookie` of an attempt; of `null`, what makes the browser forget it. */
export function attemptCookie(attempt: Attempt | null, seals: SealedValues, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const [value, age] = attempt === null ? ['', 0] : [seals.seal(attempt), GOOD_FOR.total('seconds')];
  // Lax, because the provider's answer is a navigation from another site.
  return `${nameOf(publicUrl)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}; Max-Age=${age}`;
}

/**
 * The attempt of the browser that an answer with this state is to; `null` where it has none, began it too long ago, or the answer
 * is to another.
 */
export function attemptOf(
  request: FastifyRequest,
  state: unknown,
  { seals, publicUrl, now }: { seals: SealedValues; publicUrl: string; now: Temporal.Instant },
): Attempt | null {
  const sealed = cookieOf(request, nameOf(publicUrl));
  const attempt = attemptSchema.safeParse(sealed === null ? null : seals.open(sealed)).data;
  if (attempt === undefined || attempt.state !== state) return null;
  return Temporal.Instant.compare(now, endOf(attempt)) < 0 ? attempt : null;
}

/** Until when the answer to an attempt is taken. */
export const endOf = ({ begunAt }: Attempt): Temporal.Instant => Temporal.Instant.from(begunAt).add(GOOD_FOR);

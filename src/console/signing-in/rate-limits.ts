import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { limiters, refuseAbove } from '../../web/rate-limit.ts';

/** What one address may send a minute to sign in with: far more than the people of an office do (docs/decisions/013). */
const SIGN_INS_PER_ADDRESS = 60;

/**
 * Limits what is sent to sign in, before its body is read. Nothing can be guessed there; each costs a query and a verification of a
 * signature.
 */
export async function limitSignIns(app: FastifyInstance): Promise<void> {
  const limiter = await limiters(app);
  const signIns = limiter({ name: 'signing-in', max: SIGN_INS_PER_ADDRESS, keyOf: ({ ip }) => normalizeIP(ip) });
  app.addHook('onRequest', async (request, reply) => {
    const isSent = request.method === 'POST' && request.url.startsWith('/console/sign-in');
    if (isSent) refuseAbove(await signIns(request, reply), reply);
  });
}

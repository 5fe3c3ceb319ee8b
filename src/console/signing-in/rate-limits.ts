import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { limiters, refuseAbove } from '../../web/rate-limit.ts';

/** What one address may send a minute to sign in with: far more than the people of an office do (docs/decisions/013). */
const SIGN_INS_PER_ADDRESS = 60;
/** How often a minute one address has us ask the identity provider. */
const QUESTIONS_PER_ADDRESS = 120;

/** The addresses that ask the provider, whoever opens them; its answer is asked about by the browser that has a question alone. */
const PROVIDER_ADDRESSES = ['/console/sign-in/openid', '/console/sign-out/openid'];

/**
 * Limits what is sent to sign in, before its body is read. Nothing can be guessed there; each costs a query and a verification of a
 * signature. What goes to the identity provider costs requests to it.
 */
export async function limitSignIns(app: FastifyInstance): Promise<void> {
  const limiter = await limiters(app);
  const keyOf = ({ ip }: FastifyRequest) => normalizeIP(ip);
  const signIns = limiter({ name: 'signing-in', max: SIGN_INS_PER_ADDRESS, keyOf });
  const questions = limiter({ name: 'asking-the-provider', max: QUESTIONS_PER_ADDRESS, keyOf });
  app.addHook('onRequest', async (request, reply) => {
    // By its route: the address itself can be spelt in many ways.
    const { url = '' } = request.routeOptions;
    const isSent = request.method === 'POST' && url.startsWith('/console/sign-in');
    if (isSent) refuseAbove(await signIns(request, reply), reply);
    const isQuestion = PROVIDER_ADDRESSES.includes(url);
    if (isQuestion) refuseAbove(await questions(request, reply), reply);
  });
}

import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { objectionsOfController } from '../db/objections.ts';
import { judgeObjection, statesReasons } from '../domain/objection.ts';
import { isAbove, limiters, refuseAbove } from '../web/rate-limit.ts';
import { ForgottenLink, openLink, findChangeAndWindow, type PageDependencies } from './customer-link.ts';
import { readObjection } from './form-fields.ts';

/** The limits per minute, each far above what a person does. */
const POSTS_PER_LINK = 30;
const GETS_PER_LINK_AND_ADDRESS = 600;
const UNKNOWN_LINKS_PER_ADDRESS = 60;

/**
 * Limits the requests to customers' links, in this process (docs/decisions/013). POSTs are counted per link, GETs per link and
 * address, and requests to unknown links per address. So no controller is limited by another, even from the same address.
 * The valid objection of a controller that has none pending is always accepted.
 */
export async function limitRates(app: FastifyInstance, dependencies: PageDependencies): Promise<void> {
  const limiter = await limiters(app);
  const unknownLinks = limiter({
    name: 'unknown-links',
    max: UNKNOWN_LINKS_PER_ADDRESS,
    keyOf: ({ ip }) => normalizeIP(ip),
  });
  const gets = limiter({
    name: 'opening-a-link',
    max: GETS_PER_LINK_AND_ADDRESS,
    keyOf: (request) => `${tokenOf(request)} ${normalizeIP(request.ip)}`,
  });
  const posts = limiter({ name: 'posting-to-a-link', max: POSTS_PER_LINK, keyOf: tokenOf });
  // Only verifies the proof in the token, so that counting costs no query.
  const isKnown = (request: FastifyRequest) => dependencies.links.messageIdOf(tokenOf(request)) !== null;

  // Before the body is read, so that guessing links cannot make us read megabytes.
  app.addHook('onRequest', async (request, reply) => {
    if (!isKnown(request)) refuseAbove(await unknownLinks(request, reply), reply);
    else if (request.method !== 'POST') refuseAbove(await gets(request, reply), reply);
  });
  // After the body is read, because a first objection is exempt.
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST' || !isKnown(request)) return;
    const counted = await posts(request, reply);
    if (isAbove(counted) && !(await isFirstObjection(dependencies, request))) refuseAbove(counted, reply);
  });
}

/** The token of a request's link; empty if its address has none. */
function tokenOf(request: FastifyRequest): string {
  return (request.params as { token?: string }).token ?? '';
}

/**
 * Whether a POST is an objection that would count (`judgeObjection`), from a controller that has none pending to the change.
 * This is no way around the limit: after one such objection one is pending, and withdrawing it is counted.
 */
async function isFirstObjection(dependencies: PageDependencies, request: FastifyRequest): Promise<boolean> {
  if (request.routeOptions.url !== '/objections/:token') return false;
  const receivedAt = dependencies.clock();
  const { reasons, name } = readObjection(request);
  // Checked first, because it needs no query.
  if (reasons.fault !== null || name.fault !== null || !statesReasons(reasons.text)) return false;
  const link = await openLink(dependencies, tokenOf(request)).catch((error: unknown) => {
    if (error instanceof ForgottenLink) return null;
    throw error;
  });
  if (link === null) return false;
  const { change, window } = await findChangeAndWindow(dependencies, link);
  const facts = { ...window, status: change.status, regime: change.regime, receivedAt, reasons: reasons.text };
  if (!judgeObjection(facts).allowed) return false;
  const [pending] = await objectionsOfController(dependencies.pool, link.message, { status: 'pending', limit: 1 });
  return pending === undefined;
}

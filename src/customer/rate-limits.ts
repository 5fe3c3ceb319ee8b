import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listObjections } from '../db/objections.ts';
import { judgeObjection, statesReasons } from '../domain/objection.ts';
import { openLink, findChangeAndWindow, type PageDependencies } from './customer-link.ts';
import { readObjection } from './form-fields.ts';

const MINUTE_MS = 60_000;
/** So many a minute, each far above what a person does. */
const POSTS_PER_LINK = 30;
const GETS_PER_LINK_AND_ADDRESS = 600;
const UNKNOWN_LINKS_PER_ADDRESS = 60;
/** So many links and addresses are counted at once; those not seen for longest are forgotten first. */
const COUNTED = 10_000;

/** Thrown for one request too many. */
class TooManyRequests extends Error {
  readonly statusCode = 429;

  constructor(seconds: number) {
    super(`Too many requests in a short time. Nothing was done; try again in ${seconds} seconds.`);
    this.name = 'TooManyRequests';
  }
}

/**
 * Limits how often customers' links are asked for, in this process (decision 13). What is sent through a link is counted for
 * that link, and an address only for links that do not exist: no controller waits for another, whatever they share. The
 * valid objection of a controller that has none pending is always taken.
 */
export async function limitRates(app: FastifyInstance, dependencies: PageDependencies): Promise<void> {
  await app.register(rateLimit, { global: false, cache: COUNTED });
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator });
  const unknownLinks = limiter(UNKNOWN_LINKS_PER_ADDRESS, ({ ip }) => normalizeIP(ip));
  const gets = limiter(GETS_PER_LINK_AND_ADDRESS, (request) => `${tokenOf(request)} ${normalizeIP(request.ip)}`);
  const posts = limiter(POSTS_PER_LINK, tokenOf);
  // The proof in the token is looked at and nothing else, so that counting costs no query.
  const isKnown = (request: FastifyRequest) => dependencies.links.messageIdOf(tokenOf(request)) !== null;

  // Before the body is read: who guesses links shall not make us read megabytes.
  app.addHook('onRequest', async (request, reply) => {
    if (!isKnown(request)) refuseAbove(await unknownLinks(request), reply);
    else if (request.method !== 'POST') refuseAbove(await gets(request), reply);
  });
  // After the body is read: what it says decides.
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST' || !isKnown(request)) return;
    const counted = await posts(request);
    if (isAbove(counted) && !(await isFirstObjection(dependencies, request))) refuseAbove(counted, reply);
  });
}

type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function isAbove(counted: Counted): counted is Extract<Counted, { isAllowed: false }> {
  return !counted.isAllowed && counted.isExceeded;
}

function refuseAbove(counted: Counted, reply: FastifyReply): void {
  if (!isAbove(counted)) return;
  const seconds = Math.max(1, counted.ttlInSeconds);
  reply.header('retry-after', seconds);
  throw new TooManyRequests(seconds);
}

/** The token of a request's link; empty where its address has none. */
function tokenOf(request: FastifyRequest): string {
  return (request.params as { token?: string }).token ?? '';
}

/**
 * Whether a POST is an objection that would count (D14, D15), from a controller that has none pending against the change. It
 * opens no way around the limit: after one such objection there is one pending, and withdrawing it is counted.
 */
async function isFirstObjection(dependencies: PageDependencies, request: FastifyRequest): Promise<boolean> {
  if (request.routeOptions.url !== '/objections/:token') return false;
  const receivedAt = dependencies.clock();
  const { reasons, name } = readObjection(request);
  if (reasons.fault !== null || name.fault !== null || !statesReasons(reasons.text)) return false;
  const link = await openLink(dependencies, tokenOf(request));
  const { change, window } = await findChangeAndWindow(dependencies, link);
  const facts = { status: change.status, deadline: window.deadline, receivedAt, reasons: reasons.text };
  if (!judgeObjection(facts).allowed) return false;
  const { changeId, controllerId } = link.message;
  const [pending] = await listObjections(dependencies.pool, {
    changeId,
    controllerId,
    status: 'pending',
    after: null,
    limit: 1,
  });
  return pending === undefined;
}

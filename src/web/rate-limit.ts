import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const MINUTE_MS = 60_000;
/** How many keys are counted at once by one limit. The least recently seen are dropped first. */
const MAX_COUNTED = 10_000;

/** Thrown for one request too many. */
class TooManyRequests extends Error {
  readonly statusCode = 429;

  constructor(seconds: number) {
    super(`Too many requests in a short time. Nothing was done; try again in ${seconds} seconds.`);
    this.name = 'TooManyRequests';
  }
}

export type Counted = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

/** Counts a request, and tells in the response what is left of the limit once it is counted. */
export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<Counted>;

/** A limit of requests a minute for each key, counted in this process (docs/decisions/013). */
export interface Limit {
  readonly name: string;
  readonly max: number;
  readonly keyOf: (request: FastifyRequest) => string;
}

/** Makes the limiters of a context. None limits anything by itself: see `refuseAbove`. */
export async function limiters(app: FastifyInstance): Promise<(limit: Limit) => Limiter> {
  await app.register(rateLimit, { global: false, cache: MAX_COUNTED });
  return ({ name, max, keyOf }) => {
    const count = app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator: keyOf });
    return async (request, reply) => {
      const counted = await count(request);
      if (!counted.isAllowed) tellLimit(reply, name, counted);
      return counted;
    };
  };
}

/** Tells a limit, what is left of it, and in how many seconds it is whole again (draft-ietf-httpapi-ratelimit-headers-10). */
function tellLimit(reply: FastifyReply, name: string, counted: Extract<Counted, { isAllowed: false }>): void {
  const { max, remaining, timeWindow, ttlInSeconds } = counted;
  reply.header('ratelimit-policy', `"${name}";q=${max};w=${timeWindow / 1000}`);
  reply.header('ratelimit', `"${name}";r=${remaining};t=${ttlInSeconds}`);
}

/** Whether a request was one too many. */
export function isAbove(counted: Counted): counted is Extract<Counted, { isAllowed: false }> {
  return !counted.isAllowed && counted.isExceeded;
}

/** Throws with status 429 for one request too many, and says when to come back. */
export function refuseAbove(counted: Counted, reply: FastifyReply): void {
  if (!isAbove(counted)) return;
  const seconds = Math.max(1, counted.ttlInSeconds);
  reply.header('retry-after', seconds);
  throw new TooManyRequests(seconds);
}

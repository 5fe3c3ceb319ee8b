import type { FastifyReply, FastifyRequest } from 'fastify';
import { proveFactorsThroughProvider, signInThroughProvider } from '../../commands/sign-in-through-provider.ts';
import { inTransaction } from '../../db/postgres.ts';
import { FRESH_FACTORS, judgeClaims, OLDEST_FACTORS } from '../../domain/provider-claims.ts';
import { sessionCookie } from '../../http/session.ts';
import type { ConsoleDependencies, OpenId } from '../dependencies.ts';
import { sendNamedFailure } from '../failure.ts';
import { consoleLanguage, sendShown, type Reader } from '../frame.ts';
import { ownPath } from '../own-path.ts';
import { personWith } from '../serve-console.ts';
import { attemptCookie, attemptOf, endOf, type Attempt } from './openid-attempt.ts';
import { ProviderFault } from './openid-faults.ts';
import { openIdTextsIn, type OpenIdOutcome } from './openid-texts.ts';

const BEGIN = '/console/sign-in/openid';
const CALLBACK = `${BEGIN}/callback`;

const STATUSES: Partial<Record<OpenIdOutcome, number>> = {
  confirmed: 200,
  'no-sign-out': 200,
  unavailable: 503,
  untrusted: 502,
};

/** What a page of an outcome is made with, beside its words. */
interface Ended {
  readonly outcome: OpenIdOutcome;
  /** What the provider said about it. */
  readonly found?: string | null;
  /** Of what was under way; `null` where nothing was. */
  readonly attempt?: Attempt | null;
}

/** One request about signing in through the provider. */
interface Asking {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly reader: Reader;
  readonly dependencies: ConsoleDependencies;
  readonly openId: OpenId;
}

/** A handler for who is signed in or is not; the page `notFound` where no provider is configured. */
function asking(handle: (asked: Asking) => Promise<FastifyReply>) {
  return (dependencies: ConsoleDependencies) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const reader = { person: null, language: consoleLanguage(request, reply), dependencies };
      const { openId } = dependencies;
      if (openId === null) return sendNamedFailure(request, reply, { name: 'notFound', status: 404 }, reader);
      return handle({ request, reply, reader, dependencies, openId });
    };
}

/**
 * `GET /console/sign-in/openid`: to the provider, and then to `to`. With `confirm`, whoever is signed in proves two factors anew.
 * Writes nothing but a cookie (D26).
 */
export const beginOpenId = asking(async (asked) => {
  const { request, reply, reader, dependencies, openId } = asked;
  const { api } = dependencies;
  const { to, confirm } = request.query as { to?: unknown; confirm?: unknown };
  const person = confirm === undefined ? null : await personWith(request, dependencies);
  if (confirm !== undefined && person === null) return reply.redirect('/console/sign-in', 303);
  try {
    const { url, secrets } = await openId.provider.begin({
      redirectUri: api.publicUrl() + CALLBACK,
      language: reader.language,
      maxAge: person === null ? OLDEST_FACTORS : FRESH_FACTORS,
      anew: person !== null,
      loginHint: person?.email ?? null,
    });
    const confirms = person?.session.id ?? null;
    const attempt = { ...secrets, begunAt: api.clock().toString(), to: ownPath(to), confirms };
    return reply.header('set-cookie', attemptCookie(attempt, openId.seals, api.publicUrl())).redirect(url.href, 303);
  } catch (error) {
    return sendFault(asked, error, null);
  }
});

/** `GET /console/sign-in/openid/callback`: the provider's answer, to the browser that asked for it (D58). */
export const finishOpenId = asking(async (asked) => {
  const { request, reply, dependencies, openId } = asked;
  const { clock, publicUrl: publicUrlOf } = dependencies.api;
  const publicUrl = publicUrlOf();
  const { state } = request.query as { state?: unknown };
  const attempt = attemptOf(request, state, { seals: openId.seals, publicUrl, now: clock() });
  if (attempt === null) return sendOutcome(asked, { outcome: 'not-asked' });
  reply.header('set-cookie', attemptCookie(null, openId.seals, publicUrl));
  try {
    // Not of the request's own address, whose host anybody can name.
    const callback = new URL(publicUrl + CALLBACK + new URL(request.url, publicUrl).search);
    const claims = await openId.provider.finish(callback, attempt);
    const { terms } = openId.provider;
    const now = clock();
    const verdict = judgeClaims(claims, {
      terms,
      oldest: attempt.confirms === null ? OLDEST_FACTORS : FRESH_FACTORS,
      now,
    });
    if (!verdict.proven) {
      const { because: outcome, found } = verdict;
      request.log.warn({ outcome, found }, 'the identity provider does not say what it has to');
      return await sendOutcome(asked, { outcome, found, attempt });
    }
    const { person } = verdict;
    const answer = {
      person,
      state: attempt.state,
      goodUntil: endOf(attempt),
      userAgent: request.headers['user-agent'] ?? '',
      now,
    };
    return await (attempt.confirms === null ? begun(asked, answer, attempt) : confirmed(asked, answer, attempt));
  } catch (error) {
    return sendFault(asked, error, attempt);
  }
});

type Answer = Parameters<typeof signInThroughProvider>[1];

/** Begins a session, and goes on to where the person wanted. */
async function begun(asked: Asking, answer: Answer, attempt: Attempt): Promise<FastifyReply> {
  const { request, reply, dependencies } = asked;
  const { pool, publicUrl } = dependencies.api;
  const current = await personWith(request, dependencies);
  const started = await inTransaction(pool, (tx) => signInThroughProvider(tx, answer, current));
  if (typeof started === 'string') return sendOutcome(asked, { outcome: started, attempt });
  return reply.header('set-cookie', sessionCookie(started.secret, publicUrl())).redirect(attempt.to, 303);
}

/** Proves the factors of the session anew that asked for it. */
async function confirmed(asked: Asking, answer: Answer, attempt: Attempt): Promise<FastifyReply> {
  const { request, dependencies } = asked;
  const current = await personWith(request, dependencies);
  if (current === null || current.session.id !== attempt.confirms) return sendOutcome(asked, { outcome: 'not-asked' });
  const proved = await inTransaction(dependencies.api.pool, (tx) => proveFactorsThroughProvider(tx, answer, current));
  return sendOutcome(asked, { outcome: proved === 'proved' ? 'confirmed' : proved, attempt });
}

/** `GET /console/sign-out/openid`: to the provider's own signing out, where it has that. */
export const signOutOpenId = asking(async (asked) => {
  const { reply, dependencies, openId } = asked;
  try {
    const url = await openId.provider.signOutUrl(`${dependencies.api.publicUrl()}/console/sign-in`);
    return url === null ? await sendOutcome(asked, { outcome: 'no-sign-out' }) : reply.redirect(url.href, 303);
  } catch (error) {
    return sendFault(asked, error, null);
  }
});

/** The page of a fault of the provider, which is logged. Throws any other error on. */
function sendFault(asked: Asking, error: unknown, attempt: Attempt | null): Promise<FastifyReply> {
  if (!(error instanceof ProviderFault)) throw error;
  const { kind, code, message } = error;
  asked.request.log.warn({ kind, code }, `signing in through the identity provider failed: ${message}`);
  return sendOutcome(asked, { outcome: kind, found: code, attempt });
}

function sendOutcome(asked: Asking, { outcome, found = null, attempt = null }: Ended): Promise<FastifyReply> {
  const { request, reply, reader, openId } = asked;
  const o = openIdTextsIn(reader.language);
  const { heading, body, administrator = [] } = o.outcome(openId.provider.terms)[outcome];
  const status = STATUSES[outcome] ?? 403;
  const query = new URLSearchParams({ ...(attempt && { to: attempt.to }), ...(attempt?.confirms && { confirm: '' }) });
  const next =
    status === 200
      ? { href: '/console', label: o.goOn }
      : { href: query.size === 0 ? '/console/sign-in' : `${BEGIN}?${query.toString()}`, label: o.again };
  const model = { o, heading, body, administrator, found, next };
  const view = 'console/signing-in/views/openid';
  const page = { view, title: heading, status, isError: status !== 200, isShownOnce: true, model } as const;
  return sendShown(request, reply, page, reader);
}

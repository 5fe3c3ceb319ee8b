import type { FastifyReply, FastifyRequest } from 'fastify';
import { signInByLink, type StartedSession } from '../../commands/sign-in.ts';
import { inTransaction } from '../../db/postgres.ts';
import { endSession } from '../../db/sessions.ts';
import { findSignInLink } from '../../db/sign-in-links.ts';
import { actorOfPerson } from '../../domain/author.ts';
import { refuseOtherSite, refuseSentFromElsewhere, sessionCookie } from '../../http/session.ts';
import { hashSecret } from '../../security/sessions.ts';
import { PASSKEY_SCRIPT } from '../../web/assets.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { consoleLanguage, sendShown, type Reader } from '../frame.ts';
import { answerFault, optionsToSignIn, signInAnswered } from '../passkeys/answers.ts';
import { passkeyTextsIn, type AnswerFault } from '../passkeys/texts.ts';
import type { Shown } from '../page.ts';
import { ownPath } from '../own-path.ts';
import { personWith } from '../serve-console.ts';
import { CSRF_FIELD, type Form } from '../visit.ts';
import { openIdTextsIn } from './openid-texts.ts';
import { signInTextsIn } from './texts.ts';

const GONE = 410;
const UNPROCESSABLE = 422;

type LinkRequest = FastifyRequest<{ Params: { secret: string } }>;

/** `GET /console/sign-in`: the ways to sign in. Who is signed in already is led on. */
export function showSignIn(dependencies: ConsoleDependencies) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const to = ownPath(textIn((request.query as Form).to));
    if ((await personWith(request, dependencies)) !== null) return reply.redirect(to, 303);
    const reader = readerOf(request, reply, dependencies);
    return sendShown(request, reply, signInPage(reader, to, null), reader);
  };
}

/** `GET /console/sign-in/passkey`: what a browser asks a passkey with. */
export function passkeyOptions(dependencies: ConsoleDependencies) {
  return async () => optionsToSignIn(dependencies);
}

/** `POST /console/sign-in/passkey`: signs in with a passkey, whoever's it is (D59). */
export function usePasskey(dependencies: ConsoleDependencies) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    refuseSentFromElsewhere(request);
    const reader = readerOf(request, reply, dependencies);
    const form = (request.body ?? {}) as Form;
    const [to, answer] = [ownPath(textIn(form.to)), textIn(form.passkey)];
    if (answer === '') return sendShown(request, reply, signInPage(reader, to, 'none'), reader);
    try {
      const started = await signInAnswered(dependencies, answer, request.headers['user-agent'] ?? '');
      return letIn(reply, started, to, dependencies);
    } catch (error) {
      const fault = answerFault(error);
      request.log.info({ err: error }, 'a passkey was not taken');
      return sendShown(request, reply, signInPage(reader, to, fault), reader);
    }
  };
}

/**
 * `GET /console/sign-in/:secret`: a one-time link. It signs in when its form is sent, because mail systems open links (D26, D59). Only
 * the link of a trial, which no mail carries, sends it by itself.
 */
export function showLink(dependencies: ConsoleDependencies) {
  return async (request: LinkRequest, reply: FastifyReply) => {
    const { api } = dependencies;
    const { secret } = request.params;
    const reader = readerOf(request, reply, dependencies);
    const link = await findSignInLink(api.pool, hashSecret(secret), api.clock());
    if (link === null) return sendShown(request, reply, saidOf(reader, 'used'), reader);
    const t = signInTextsIn(reader.language);
    const model = {
      t,
      name: link.name,
      intro: dependencies.isTrial ? t.linkIntro : [...t.linkIntro, t.linkNext],
      action: `/console/sign-in/${encodeURIComponent(secret)}`,
      isSentByItself: link.purpose === 'first-administrator',
    };
    return sendShown(request, reply, { view: 'console/signing-in/views/link', title: t.title, model }, reader);
  };
}

/** `POST /console/sign-in/:secret`: signs in by a one-time link. */
export function useLink(dependencies: ConsoleDependencies) {
  return async (request: LinkRequest, reply: FastifyReply) => {
    refuseSentFromElsewhere(request);
    const { api, isTrial } = dependencies;
    const reader = readerOf(request, reply, dependencies);
    const userAgent = request.headers['user-agent'] ?? '';
    const started = await inTransaction(api.pool, (tx) =>
      signInByLink(tx, request.params.secret, { isTrial, userAgent }, api.clock()),
    );
    if (started === null) return sendShown(request, reply, saidOf(reader, 'used'), reader);
    return letIn(reply, started, '/console', dependencies);
  };
}

/** `POST /console/sign-out`: ends the session. */
export function signOut(dependencies: ConsoleDependencies) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { api } = dependencies;
    const person = await personWith(request, dependencies);
    if (person !== null) {
      refuseOtherSite(request, ((request.body ?? {}) as Form)[CSRF_FIELD], api.publicUrl());
      const by = { at: api.clock(), actor: actorOfPerson(person.id) };
      await inTransaction(api.pool, (tx) => endSession(tx, person.session.id, by));
    }
    reply.header('set-cookie', sessionCookie(null, api.publicUrl()));
    const reader = readerOf(request, reply, dependencies);
    const isOpenId = person?.session.method === 'openid' && dependencies.openId !== null;
    return sendShown(request, reply, saidOf(reader, 'out', isOpenId), reader);
  };
}

function letIn(
  reply: FastifyReply,
  { secret }: StartedSession,
  to: string,
  { api }: ConsoleDependencies,
): FastifyReply {
  return reply.header('set-cookie', sessionCookie(secret, api.publicUrl())).redirect(to, 303);
}

function signInPage({ language, dependencies }: Reader, to: string, fault: AnswerFault | null): Shown {
  const t = signInTextsIn(language);
  const p = passkeyTextsIn(language);
  const openId = dependencies.openId && {
    href: `/console/sign-in/openid?${new URLSearchParams({ to }).toString()}`,
    label: openIdTextsIn(language).signIn,
  };
  return {
    view: 'console/signing-in/views/sign-in',
    title: t.title,
    ...(fault !== null && { status: UNPROCESSABLE, isError: true }),
    model: {
      t,
      p,
      to,
      openId,
      told: fault && p.fault[fault],
      wayBack: dependencies.isTrial ? t.wayBackInTrial : t.wayBack,
      passkeyScript: PASSKEY_SCRIPT.url,
    },
  };
}

function saidOf({ language }: Reader, what: 'used' | 'out', isOpenId = false): Shown {
  const t = signInTextsIn(language);
  const [heading, paragraph] = what === 'used' ? [t.usedHeading, t.used] : [t.outHeading, t.out];
  const status = what === 'used' ? GONE : 200;
  const alsoOut = isOpenId ? openIdTextsIn(language).alsoOut : null;
  return { view: 'console/signing-in/views/said', title: heading, status, model: { t, heading, paragraph, alsoOut } };
}

/** Nobody, in the language of the request. */
function readerOf(request: FastifyRequest, reply: FastifyReply, dependencies: ConsoleDependencies): Reader {
  return { person: null, language: consoleLanguage(request, reply), dependencies };
}

/** A field's text; empty where it came not at all or twice. */
const textIn = (value: Form[string]): string => (typeof value === 'string' ? value : '');

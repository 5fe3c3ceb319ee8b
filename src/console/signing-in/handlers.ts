import type { FastifyReply, FastifyRequest } from 'fastify';
import { signInByLink } from '../../commands/sign-in.ts';
import { inTransaction } from '../../db/postgres.ts';
import { endSession } from '../../db/sessions.ts';
import { actorOfPerson } from '../../domain/author.ts';
import { refuseOtherSite, sessionCookie } from '../../http/session.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { consoleLanguage, sendShown, type Reader } from '../frame.ts';
import type { Shown } from '../page.ts';
import { personWith } from '../serve-console.ts';
import { CSRF_FIELD, type Form } from '../visit.ts';
import { signInTextsIn } from './texts.ts';

const GONE = 410;

/** `GET /console/sign-in`: the ways to sign in. */
export function showSignIn(dependencies: ConsoleDependencies) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const reader = readerOf(request, reply, dependencies);
    const t = signInTextsIn(reader.language);
    return sendShown(
      request,
      reply,
      { view: 'console/signing-in/views/sign-in', title: t.title, model: { t } },
      reader,
    );
  };
}

/** `GET /console/sign-in/:secret`: a one-time link. It signs in when its form is sent, which the page does by itself (D26). */
export function showLink(dependencies: ConsoleDependencies) {
  return (request: FastifyRequest<{ Params: { secret: string } }>, reply: FastifyReply) => {
    const reader = readerOf(request, reply, dependencies);
    const t = signInTextsIn(reader.language);
    const model = { t, action: `/console/sign-in/${encodeURIComponent(request.params.secret)}` };
    return sendShown(request, reply, { view: 'console/signing-in/views/link', title: t.title, model }, reader);
  };
}

/** `POST /console/sign-in/:secret`: signs in by a one-time link. */
export function useLink(dependencies: ConsoleDependencies) {
  return async (request: FastifyRequest<{ Params: { secret: string } }>, reply: FastifyReply) => {
    const { api, isTrial } = dependencies;
    const reader = readerOf(request, reply, dependencies);
    const userAgent = request.headers['user-agent'] ?? '';
    const started = await inTransaction(api.pool, (tx) =>
      signInByLink(tx, request.params.secret, { isTrial, userAgent }, api.clock()),
    );
    if (started === null) return sendShown(request, reply, saidOf(reader, 'used'), reader);
    return reply.header('set-cookie', sessionCookie(started.secret, api.publicUrl())).redirect('/console', 303);
  };
}

/** `POST /console/sign-out`: ends the session. */
export function signOut(dependencies: ConsoleDependencies) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { api } = dependencies;
    const person = await personWith(request, dependencies);
    if (person !== null) {
      refuseOtherSite(request, (request.body as Form)[CSRF_FIELD], api.publicUrl());
      const by = { at: api.clock(), actor: actorOfPerson(person.id) };
      await inTransaction(api.pool, (tx) => endSession(tx, person.session.id, by));
    }
    reply.header('set-cookie', sessionCookie(null, api.publicUrl()));
    const reader = readerOf(request, reply, dependencies);
    return sendShown(request, reply, saidOf(reader, 'out'), reader);
  };
}

function saidOf({ language }: Reader, what: 'used' | 'out'): Shown {
  const t = signInTextsIn(language);
  const [heading, paragraph] = what === 'used' ? [t.usedHeading, t.used] : [t.outHeading, t.out];
  const status = what === 'used' ? GONE : 200;
  return { view: 'console/signing-in/views/said', title: heading, status, model: { t, heading, paragraph } };
}

/** Nobody, in the language of the request. */
function readerOf(request: FastifyRequest, reply: FastifyReply, dependencies: ConsoleDependencies): Reader {
  return { person: null, language: consoleLanguage(request, reply), dependencies };
}

import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newestKeptForm } from '../db/kept-forms.ts';
import type { SignedIn } from '../domain/session.ts';
import { scopesOfCaller } from '../domain/caller.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import { sendFile } from '../http/send-file.ts';
import { cookieOf, sessionSecretOf } from '../http/session.ts';
import { csrfTokenOf } from '../security/sessions.ts';
import { acceptedLanguage } from '../web/accepted-language.ts';
import { chosenLanguage } from '../web/language.ts';
import { prints, renderPage, renderPart } from '../web/page.ts';
import { CONSOLE_STYLESHEET, SCRIPT } from '../web/assets.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { consoleTextsIn, PLACES } from './frame-texts.ts';
import type { Shown } from './page.ts';
import { typedTexts } from './typed-texts.ts';

/** Our styles, our script, our forms, and mails in frames of our own; nothing of another site, and no frame on one. */
export const CONSOLE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A mail in its frame: its own styles, and nothing else. */
const MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** A file that somebody else has made, for whoever's browser shows it all the same. */
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

const LANGUAGE_COOKIE = 'varsel-language';

/** The language of the console: the one that is asked for, else that of the last choice, else the browser's. */
export function consoleLanguage(request: FastifyRequest, reply: FastifyReply): Language {
  const chosen = chosenLanguage(request);
  if (chosen !== null) {
    reply.header('set-cookie', `${LANGUAGE_COOKIE}=${chosen}; Path=/console; HttpOnly; SameSite=Lax; Max-Age=31536000`);
    return chosen;
  }
  const kept = cookieOf(request, LANGUAGE_COOKIE);
  return LANGUAGES.find((language) => language === kept) ?? acceptedLanguage(request.headers['accept-language']);
}

/** Who a page is for, and what it is made with. */
export interface Reader {
  /** `null` for nobody. */
  readonly person: SignedIn | null;
  readonly language: Language;
  readonly dependencies: Pick<ConsoleDependencies, 'api' | 'isTrial' | 'openId'>;
}

/** Sends what a page of the console shows, in the frame of who is signed in. */
export async function sendShown(
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Shown,
  { person, language, dependencies: { api, isTrial } }: Reader,
): Promise<FastifyReply> {
  if ('to' in shown) return reply.redirect(shown.to, 303);
  if ('json' in shown) return reply.send(shown.json);
  if ('mail' in shown) {
    // In its sandbox a mail has no origin, which browsers would otherwise try to keep by itself, and warn that they cannot.
    reply.removeHeader('origin-agent-cluster');
    return reply.header('content-security-policy', MAIL_POLICY).type('text/html; charset=utf-8').send(shown.mail);
  }
  if ('file' in shown) {
    reply.header('content-security-policy', FILE_POLICY);
    return sendFile(request, reply, shown.type, { content: shown.file, name: shown.name });
  }
  const secret = sessionSecretOf(request, api.publicUrl());
  const words = consoleTextsIn(language);
  const scopes = person === null ? [] : scopesOfCaller(person);
  const path = request.url.replace(/\?.*$/s, '');
  const common = {
    words,
    language,
    person: person && { name: person.name },
    csrf: secret === null ? '' : csrfTokenOf(secret),
    once: ('once' in shown && shown.once) || randomUUID(),
  };
  reply.type('text/html; charset=utf-8');
  if ('part' in shown) return reply.send(renderPart(shown.part, { ...shown.model, ...common }));
  /** A form that waits to be sent again (D57): told on every page that is not about one, and is no failure. */
  const keptFormOf = async ({ status = 200 }: { status?: number }, address: string) =>
    person === null || status !== 200 || address.startsWith('/console/kept/')
      ? null
      : newestKeptForm(api.pool, person.id, api.clock());
  const page = {
    ...shown.model,
    ...common,
    language,
    title: shown.title,
    isError: shown.isError ?? false,
    sender: null,
    otherLanguagePath: hasOwnAddress(request) && !shown.isShownOnce ? inOtherLanguage(request, language) : null,
    script: SCRIPT.url,
    consoleStylesheet: CONSOLE_STYLESHEET.url,
    keptForm: await keptFormOf(shown, path),
    isTrial,
    lost: [] as readonly string[],
    mayAnnounce: scopes.includes('changes:announce'),
    places: PLACES.filter(({ scope }) => person !== null && (scope === null || scopes.includes(scope))).map(
      ({ key, href }) => ({
        href,
        name: words.places[key],
        isHere: href === '/console' ? path === href : path === href || path.startsWith(`${href}/`),
      }),
    ),
  };
  const html = renderPage(shown.view, page);
  const lost = typedInto(shown, request).filter((text) => !prints(html, text));
  reply.code(shown.status ?? 200);
  return reply.send(lost.length === 0 ? html : renderPage(shown.view, Object.assign(page, { lost })));
}

/** What was typed into the form that a page answers; nothing where it was taken. */
function typedInto({ status = 200, typed }: { status?: number; typed?: readonly string[] }, request: FastifyRequest) {
  return typed ?? (request.method === 'POST' && status >= 400 ? typedTexts(request.body) : []);
}

/** Whether the address shows a page by itself: that of a form often does. */
function hasOwnAddress({ method, server, routeOptions: { url } }: FastifyRequest): boolean {
  return method === 'GET' || (url !== undefined && server.hasRoute({ method: 'GET', url }));
}

function inOtherLanguage(request: FastifyRequest, language: Language): string {
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('lang', language === 'da' ? 'en' : 'da');
  return url.pathname + url.search;
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { recordForgotten } from '../commands/record-forgotten.ts';
import { inTransaction } from '../db/postgres.ts';
import { forgottenAlarm } from '../domain/forgotten-alarm.ts';
import { acceptedLanguage } from '../web/accepted-language.ts';
import { chosenLanguage, otherLanguagePath } from '../web/language.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { noSuchPage, pathsOf, type ForgottenLink, type PageDependencies } from './customer-link.ts';
import { readObjection, type Submission } from './form-fields.ts';
import { textsIn, type Texts } from './texts.ts';

/** The page behind a link whose message is not on record. */
interface ForgottenPage extends PageFrame {
  readonly t: Texts;
  readonly words: Texts['forgotten'];
  readonly action: string;
  readonly isReceived: boolean;
  readonly reasons: string;
  readonly name: string;
  readonly error: string | null;
}

/**
 * Responds to a request to a link that we made and whose message is not on record: we have forgotten it (D32). The page says so,
 * and takes what its reader wants to say. What is sent is kept for officers. Logs an alarm, once in this process.
 */
export function forgottenLinkHandler({ pool, clock }: PageDependencies) {
  const alarm = forgottenAlarm('a link that we made');
  return async (link: ForgottenLink, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    alarm(request.log, link.messageId);
    const isSent = request.method === 'POST' && request.routeOptions.url === '/objections/:token';
    if (!isSent) {
      // A program gets what it gets for any address that leads nowhere.
      if (prefersJson(request)) throw noSuchPage();
      return show(request, reply, link, { status: 200, sent: null, isReceived: false });
    }
    const receivedAt = clock();
    const sent = readObjection(request);
    const text = sent.reasons.text.trim();
    const { messageId } = link;
    const kept = { messageId, name: sent.name.text, text, remoteAddress: request.ip, receivedAt };
    const isReceived =
      text !== '' && sent.reasons.fault === null && (await inTransaction(pool, (tx) => recordForgotten(tx, kept)));
    if (prefersJson(request)) return reply.code(isReceived ? 202 : 422).send({ onRecord: isReceived });
    return show(request, reply, link, { status: isReceived ? 202 : 422, sent, isReceived });
  };
}

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  link: ForgottenLink,
  { status, sent, isReceived }: { status: number; sent: Submission | null; isReceived: boolean },
): Promise<FastifyReply> {
  const lang = chosenLanguage(request);
  const language = lang ?? acceptedLanguage(request.headers['accept-language']);
  const { forgotten: words } = textsIn(language);
  const isWrong = sent !== null && !isReceived;
  const heading = isReceived ? words.received.heading : words.heading;
  const page: ForgottenPage = {
    language,
    t: textsIn(language),
    words,
    title: heading,
    isError: isWrong,
    sender: null,
    otherLanguagePath: sent === null ? otherLanguagePath(request, language) : null,
    action: pathsOf(link, lang).page,
    isReceived,
    reasons: sent?.reasons.text ?? '',
    name: sent?.name.text ?? '',
    error: isWrong ? words.error : null,
  };
  return sendLinkPage(reply, status, 'customer/views/forgotten', page);
}

import { companiesOf } from '../domain/effect.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StoredObjection } from '../db/objections.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { deadlineInWords, instantInWords } from '../domain/wording.ts';
import {
  findOwnObjection,
  openLink,
  pathsOf,
  findChangeAndWindow,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { otherLanguagePath, pageLanguage } from '../web/language.ts';
import { canObject, linkState } from '../domain/link-state.ts';
import { objectionInWords, type ObjectionInWords } from './objection-in-words.ts';
import { textsIn, type Texts } from './texts.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';

export type ObjectionRequest = FastifyRequest<{ Params: { token: string; objectionId: string } }>;

/** The content of a page about one objection: the receipt, and the question before a withdrawal. */
export interface OneObjectionPage extends PageFrame {
  readonly t: Texts;
  readonly heading: string;
  readonly objection: ObjectionInWords;
  readonly name: string;
  readonly product: string;
  readonly controller: string;
  /** Whether the controller can object again. */
  readonly canObject: boolean;
  /** The deadline in words while the window is open, otherwise `null`. */
  readonly openUntil: string | null;
  readonly email: string;
  readonly pagePath: string;
  /** Why a withdrawal was not possible; otherwise `null`. */
  readonly problem: string | null;
  /** What the reader is told of a withdrawal that waits; otherwise `null`. */
  readonly waiting: string | null;
}

/** The content of a page about one objection. Changes nothing (D26). */
export async function oneObjectionPage(
  dependencies: PageDependencies,
  link: CustomerLink,
  objection: StoredObjection,
  request: FastifyRequest,
): Promise<OneObjectionPage> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const changeAndWindow = await findChangeAndWindow(dependencies, link);
  const { change, window } = changeAndWindow;
  const { timeZone } = change.terms;
  const paths = pathsOf(link, lang);
  const state = linkState(changeAndWindow, dependencies.clock());
  const heading = textsIn(language).receipt.heading[objection.status](objection.number);
  return {
    language,
    t: textsIn(language),
    title: heading,
    heading,
    isError: false,
    sender: { processor: change.processor.name, product: change.productName },
    otherLanguagePath: otherLanguagePath(request, language),
    objection: objectionInWords(objection, { language, timeZone, paths }),
    name: oneLine(companiesOf(change).join(', ')),
    product: change.productName,
    controller: oneLine(link.message.controllerName),
    canObject: canObject(state),
    openUntil: state === 'open' && window.deadline ? deadlineInWords(window.deadline, timeZone, language) : null,
    email: change.objectionAddress.email,
    pagePath: paths.page,
    problem: null,
    waiting: waitingInWords(objection, timeZone, language),
  };
}

/** What is to be known of a withdrawal that waits; `null` where none does. */
function waitingInWords({ withdrawal }: StoredObjection, timeZone: string, language: Language): string | null {
  if (withdrawal?.status !== 'waiting') return null;
  const { waiting: t } = textsIn(language).withdrawal;
  const { email, requestedAt, takesEffectAt, delayHours } = withdrawal;
  const when =
    takesEffectAt === null ? t.afterAllAreTold(delayHours) : t.at(instantInWords(takesEffectAt, timeZone, language));
  return `${t.asked(email, instantInWords(requestedAt, timeZone, language))} ${when}`;
}

/** Sends the receipt with why nothing can be done about the objection. */
export async function showReceiptWith(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  {
    link,
    objection,
    problem,
  }: { link: CustomerLink; objection: StoredObjection; problem: keyof Texts['withdrawal']['problem'] },
): Promise<FastifyReply> {
  const { language } = pageLanguage(request, link.message.language);
  const page: OneObjectionPage = {
    ...(await oneObjectionPage(dependencies, link, objection, request)),
    isError: true,
    problem: textsIn(language).withdrawal.problem[problem],
  };
  return sendLinkPage(reply, 409, 'customer/views/receipt', page);
}

/** `GET /objections/:token/:objectionId`: the receipt of an objection, with its present status. */
export function showReceipt(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    return sendLinkPage(
      reply,
      200,
      'customer/views/receipt',
      await oneObjectionPage(dependencies, link, objection, request),
    );
  };
}

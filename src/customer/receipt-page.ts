import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StoredObjection } from '../db/objections.ts';
import { oneLine } from '../domain/text.ts';
import { deadlineInWords } from '../domain/wording.ts';
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
import { sendPage, type PageFrame } from '../web/page.ts';

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
    name: oneLine(change.subProcessor.name),
    product: change.productName,
    controller: oneLine(link.message.controllerName),
    canObject: canObject(state),
    openUntil: state === 'open' && window.deadline ? deadlineInWords(window.deadline, timeZone, language) : null,
    email: change.objectionAddress.email,
    pagePath: paths.page,
    problem: null,
  };
}

/** `GET /objections/:token/:objectionId`: the receipt of an objection, with its present status. */
export function showReceipt(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    return sendPage(
      reply,
      200,
      'customer/views/receipt',
      await oneObjectionPage(dependencies, link, objection, request),
    );
  };
}

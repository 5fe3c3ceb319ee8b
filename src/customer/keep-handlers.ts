import type { FastifyReply } from 'fastify';
import { stopWithdrawal } from '../commands/withdraw-objection.ts';
import { inTransaction } from '../db/postgres.ts';
import type { StoredObjection } from '../db/objections.ts';
import { viewOfObjection } from '../domain/objection.ts';
import { Refused } from '../domain/refused.ts';
import type { FormError } from '../web/form-error.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { sendLinkPage } from './send-link-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import {
  authorOf,
  findOwnObjection,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { isTicked } from './form-fields.ts';
import { oneObjectionPage, showReceiptWith, type ObjectionRequest, type OneObjectionPage } from './receipt-page.ts';
import { textsIn } from './texts.ts';

/** The page that asks whether to stop the withdrawal of an objection. */
interface KeepPage extends OneObjectionPage {
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly confirmationError: string | null;
}

/**
 * `GET /objections/:token/:objectionId/keep`: asks whether to stop a withdrawal: "that was not us" (D31). Changes nothing (D26).
 */
export function askWhetherToKeep(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    if (!isWaiting(objection)) {
      return showReceiptWith(dependencies, request, reply, { link, objection, problem: 'nothingToStop' });
    }
    return showQuestion(dependencies, request, reply, { link, objection, isWrong: false });
  };
}

/**
 * `POST /objections/:token/:objectionId/keep`: stops a withdrawal that waits (D31). A form must have its box ticked: scanners
 * press the buttons that they find in mails, and no withdrawal would ever take effect (D26).
 */
export function keepObjection(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const at = dependencies.clock();
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    if (!isTicked(request) && isWaiting(objection)) {
      return showQuestion(dependencies, request, reply, { link, objection, isWrong: true });
    }
    try {
      const kept = await inTransaction(dependencies.pool, (tx) => stopWithdrawal(tx, objection.id, authorOf(link, at)));
      if (prefersJson(request)) return reply.send(viewOfObjection(kept));
      return reply.redirect(pathsOf(link, chosenLanguage(request)).receipt(objection.id), 303);
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      const current = await findOwnObjection(dependencies, link, objection.id);
      return showReceiptWith(dependencies, request, reply, { link, objection: current, problem: 'nothingToStop' });
    }
  };
}

function isWaiting({ withdrawal }: StoredObjection): boolean {
  return withdrawal?.status === 'waiting';
}

async function showQuestion(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  { link, objection, isWrong }: { link: CustomerLink; objection: StoredObjection; isWrong: boolean },
): Promise<FastifyReply> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { keep: t } = textsIn(language);
  const heading = t.heading(objection.number);
  const message = isWrong ? t.confirmationMissing : null;
  const receipt = await oneObjectionPage(dependencies, link, objection, request);
  const page: KeepPage = {
    ...receipt,
    title: heading,
    heading,
    isError: isWrong,
    otherLanguagePath: isWrong ? null : receipt.otherLanguagePath,
    errors: message === null ? [] : [{ summary: message, field: 'confirmed', message, notes: [] }],
    action: pathsOf(link, lang).keep(objection.id),
    confirmationError: message,
  };
  return sendLinkPage(reply, isWrong ? 422 : 200, 'customer/views/keep', page);
}

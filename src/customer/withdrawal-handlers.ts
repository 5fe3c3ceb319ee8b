import type { FastifyReply } from 'fastify';
import { Refused } from '../domain/refused.ts';
import { resolveObjection } from '../commands/resolve-objection.ts';
import { inTransaction } from '../db/postgres.ts';
import type { StoredObjection } from '../db/objections.ts';
import { viewOfObjection } from '../domain/objection.ts';
import { charactersIn } from '../domain/text.ts';
import {
  authorOf,
  findOwnObjection,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { oneObjectionPage, type ObjectionRequest, type OneObjectionPage } from './receipt-page.ts';
import { MAX_EXPLANATION_LENGTH, readWithdrawal, type Withdrawal } from './form-fields.ts';
import { textsIn } from './texts.ts';
import type { FormError } from '../web/form-error.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { sendPage } from '../web/page.ts';

/** The page that asks whether to withdraw an objection. */
interface WithdrawalPage extends OneObjectionPage {
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly isConfirmed: boolean;
  readonly confirmationError: string | null;
  readonly explanation: string;
  readonly limit: string;
  readonly explanationCount: string | null;
  readonly explanationError: string | null;
}

/**
 * `GET /objections/:token/:objectionId/withdraw`: asks whether to withdraw. Changes nothing, because scanners open links
 * (D26).
 */
export function askWhetherToWithdraw(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    if (objection.status !== 'pending') return showNothingToWithdraw(dependencies, request, reply, link, objection);
    return showQuestion(dependencies, request, reply, { link, objection, sent: null });
  };
}

/**
 * `POST /objections/:token/:objectionId/withdraw`: withdraws the controller's own pending objection (D19). A form must have
 * its box ticked: scanners press buttons, and the controller would lose its right (D26).
 */
export function withdrawObjection(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const at = dependencies.clock();
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    const sent = readWithdrawal(request);
    const { explanation, isConfirmed } = sent;
    if (!isConfirmed || explanation.fault !== null) {
      return objection.status === 'pending'
        ? showQuestion(dependencies, request, reply, { link, objection, sent })
        : showNothingToWithdraw(dependencies, request, reply, link, objection);
    }
    try {
      const withdrawn = await inTransaction(dependencies.pool, (tx) =>
        resolveObjection(
          tx,
          objection.id,
          { outcome: 'withdrawn', explanation: explanation.text.trim() === '' ? null : explanation.text },
          authorOf(link, at),
        ),
      );
      if (prefersJson(request)) return reply.send(viewOfObjection(withdrawn));
      return reply.redirect(pathsOf(link, chosenLanguage(request)).receipt(objection.id), 303);
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      const current = await findOwnObjection(dependencies, link, objection.id);
      return showNothingToWithdraw(dependencies, request, reply, link, current);
    }
  };
}

/** Sends the page that asks whether to withdraw, with what was `sent` and its errors if a form could not be accepted. */
async function showQuestion(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  { link, objection, sent }: { link: CustomerLink; objection: StoredObjection; sent: Withdrawal | null },
): Promise<FastifyReply> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { withdrawal: t, count, characters } = textsIn(language);
  const text = sent?.explanation.text ?? '';
  const fault = sent?.explanation.fault ?? null;
  const confirmationError = sent === null || sent.isConfirmed ? null : t.confirmationMissing;
  const heading = t.heading(objection.number);
  const explanationError =
    fault?.because === 'too-long'
      ? t.explanationTooLong(count(fault.limit), count(fault.found))
      : fault && t.explanationRepeated;
  const errors = [
    ...(explanationError === null ? [] : [formError('explanation', explanationError)]),
    ...(confirmationError === null ? [] : [formError('confirmed', confirmationError)]),
  ];
  const isWrong = errors.length > 0;
  const receipt = await oneObjectionPage(dependencies, link, objection, request);
  const page: WithdrawalPage = {
    ...receipt,
    title: heading,
    heading,
    isError: isWrong,
    otherLanguagePath: isWrong ? null : receipt.otherLanguagePath,
    errors,
    action: pathsOf(link, lang).withdrawal(objection.id),
    isConfirmed: sent?.isConfirmed ?? false,
    confirmationError,
    explanation: text,
    limit: count(MAX_EXPLANATION_LENGTH),
    explanationCount: isWrong && text !== '' ? characters(charactersIn(text), MAX_EXPLANATION_LENGTH) : null,
    explanationError,
  };
  const status = fault?.because === 'repeated' ? 400 : 422;
  return sendPage(reply, isWrong ? status : 200, 'customer/views/withdrawal', page);
}

function formError(field: string, message: string): FormError {
  return { summary: message, field, message, notes: [] };
}

/** Sends the receipt with the error that there is nothing to withdraw (any more). */
async function showNothingToWithdraw(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  link: CustomerLink,
  objection: StoredObjection,
): Promise<FastifyReply> {
  const { language } = pageLanguage(request, link.message.language);
  const { withdrawal: t } = textsIn(language);
  const page: OneObjectionPage = {
    ...(await oneObjectionPage(dependencies, link, objection, request)),
    isError: true,
    problem: objection.status === 'rejected' ? t.notPending : t.alreadyResolved,
  };
  return sendPage(reply, 409, 'customer/views/receipt', page);
}

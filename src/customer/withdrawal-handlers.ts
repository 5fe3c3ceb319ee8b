import type { FastifyReply } from 'fastify';
import { askForCode, purposeOf, requestWithdrawal, type TypedCode } from '../commands/withdraw-objection.ts';
import { inTransaction } from '../db/postgres.ts';
import type { StoredObjection } from '../db/objections.ts';
import type { ContactOfObjection } from '../db/withdrawals.ts';
import { viewOfObjection } from '../domain/objection.ts';
import { Refused } from '../domain/refused.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { chosenLanguage } from '../web/language.ts';
import {
  authorOf,
  findOwnObjection,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { usableCode, viewOfSentCode, wrongCode } from './codes.ts';
import { readWithdrawal, type Withdrawal } from './form-fields.ts';
import { showReceiptWith, type ObjectionRequest } from './receipt-page.ts';
import { sendWithdrawalPage } from './withdrawal-page.ts';

/**
 * `GET /objections/:token/:objectionId/withdraw`: asks whether to withdraw, or for the code that was mailed to the link's
 * contact a moment ago. Changes nothing (D26).
 */
export function askWhetherToWithdraw(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    const because = reasonAgainst(objection);
    if (because !== null) return showReceiptWith(dependencies, request, reply, { link, objection, problem: because });
    const code = await usableCode(dependencies, codeFor(link, objection));
    return sendWithdrawalPage(dependencies, request, reply, { link, objection, code, fault: null });
  };
}

/**
 * `POST /objections/:token/:objectionId/withdraw`: without a code, mails one to the link's contact; with it, asks for the
 * withdrawal of the controller's own pending objection (D31). The steps are the same for a person and a program.
 */
export function withdrawObjection(dependencies: PageDependencies) {
  return async (request: ObjectionRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const objection = await findOwnObjection(dependencies, link, request.params.objectionId);
    const sent = readWithdrawal(request);
    try {
      if (sent.code === null) return await mailCode(dependencies, request, reply, link, objection);
      return await useCode(dependencies, request, reply, { link, objection, sent, code: sent.code });
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      if (error.code === 'code-limit') {
        const code = await usableCode(dependencies, codeFor(link, objection));
        return sendWithdrawalPage(dependencies, request, reply, { link, objection, code, fault: { kind: 'limit' } });
      }
      const current = await findOwnObjection(dependencies, link, objection.id);
      const because = reasonAgainst(current);
      if (because === null) throw error;
      return showReceiptWith(dependencies, request, reply, { link, objection: current, problem: because });
    }
  };
}

/** Why the objection cannot be withdrawn; `null` when it can. */
function reasonAgainst({ status, withdrawal }: StoredObjection) {
  if (status === 'rejected') return 'notPending';
  if (status === 'resolved') return 'alreadyResolved';
  return withdrawal?.status === 'waiting' ? 'alreadyRequested' : null;
}

function contactOf({ message }: CustomerLink, { id }: StoredObjection): ContactOfObjection {
  return { objectionId: id, controllerId: message.controllerId, email: message.email };
}

function codeFor(link: CustomerLink, objection: StoredObjection) {
  return purposeOf(contactOf(link, objection), { id: objection.changeId });
}

async function mailCode(
  { pool, clock }: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  link: CustomerLink,
  objection: StoredObjection,
): Promise<FastifyReply> {
  const at = clock();
  const mailed = await inTransaction(pool, (tx) => askForCode(tx, contactOf(link, objection), authorOf(link, at)));
  if (prefersJson(request)) {
    return reply.code(202).send(viewOfSentCode(mailed));
  }
  return reply.redirect(pathsOf(link, chosenLanguage(request)).withdrawal(objection.id), 303);
}

interface Typed {
  readonly link: CustomerLink;
  readonly objection: StoredObjection;
  readonly sent: Withdrawal;
  readonly code: string;
}

async function useCode(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  { link, objection, sent, code }: Typed,
): Promise<FastifyReply> {
  const { pool, clock, codes, withoutSecrets } = dependencies;
  const faulty = sent.explanation.fault !== null || code.trim() === '';
  // Nobody loses a try because a comment is too long, or the field was left empty.
  const typed: TypedCode | null = faulty
    ? null
    : await inTransaction(pool, (tx) =>
        requestWithdrawal(
          tx,
          contactOf(link, objection),
          {
            isCodeOf: (messageId) => codes.isCodeOf(messageId, code),
            explanation: sent.explanation.text.trim() === '' ? null : withoutSecrets(sent.explanation.text),
          },
          authorOf(link, clock()),
        ),
      );
  if (typed?.isRight) {
    if (prefersJson(request)) return reply.code(202).send(viewOfObjection(typed.objection));
    return reply.redirect(pathsOf(link, chosenLanguage(request)).receipt(objection.id), 303);
  }
  const triesLeft = typed?.triesLeft ?? null;
  if (prefersJson(request)) throw wrongCode(triesLeft);
  const usable = await usableCode(dependencies, codeFor(link, objection));
  return sendWithdrawalPage(dependencies, request, reply, {
    link,
    objection,
    code: usable,
    fault: { kind: 'typed', sent, triesLeft },
  });
}

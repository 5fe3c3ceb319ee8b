import type { FastifyReply } from 'fastify';
import { askToWithdrawRefusal, codeFor, withdrawRefusalWithCode } from '../commands/answer-through-link.ts';
import type { StoredApproval } from '../db/approvals.ts';
import { inTransaction } from '../db/postgres.ts';
import { viewOfApproval } from '../domain/approval.ts';
import { Refused } from '../domain/refused.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { sendLinkPage } from './send-link-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { readCode } from './answer-fields.ts';
import { approvalPage, sendApprovalPage, type ApprovalRequest } from './approval-page.ts';
import { APPROVAL_TEXTS } from './approval-texts.ts';
import { sendCodePage } from './code-page.ts';
import { usableCode, viewOfSentCode, wrongCode } from './codes.ts';
import {
  answeringOf,
  authorOf,
  findOwnApproval,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';

/** `GET …/answer/:approvalId/withdraw`: asks whether to withdraw a refusal, or for the code that was mailed. Changes nothing (D26). */
export function askWhetherToWithdrawRefusal(dependencies: PageDependencies) {
  return async (request: ApprovalRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const refusal = await findOwnApproval(dependencies, link, request.params.approvalId);
    const page = await approvalPage(dependencies, request, link, refusal);
    const { withdrawPath: action, language } = page;
    if (action === null) return showProblem(dependencies, request, reply, link, refusal, 'approval-already-ended');
    const code = await usableCode(dependencies, codeFor(answeringOf(link), refusal.id));
    if (code !== null) return sendCodePage(dependencies, request, reply, { link, refusal, code, fault: null });
    const { withdraw: question } = APPROVAL_TEXTS[language];
    const heading = question.heading(refusal.number);
    const codeFirst = question.codeFirst(link.message.email);
    const asked = { ...page, title: heading, heading, question, codeFirst, action };
    return sendLinkPage(reply, 200, 'customer/views/refusal-withdraw', asked);
  };
}

/**
 * `POST …/answer/:approvalId/withdraw`: without a code, mails one to the link's contact; with it, withdraws a refusal of its own
 * controller (D42). It takes a code, because it moves the change towards its activation.
 */
export function withdrawRefusal(dependencies: PageDependencies) {
  return async (request: ApprovalRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const refusal = await findOwnApproval(dependencies, link, request.params.approvalId);
    const code = readCode(request);
    try {
      return code === null
        ? await mailCode(dependencies, request, reply, link, refusal)
        : await useCode(dependencies, request, reply, { link, refusal, code });
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      const problem = error.code === 'code-limit' ? 'code-limit' : 'approval-already-ended';
      return showProblem(dependencies, request, reply, link, refusal, problem);
    }
  };
}

async function mailCode(
  { pool, clock }: PageDependencies,
  request: ApprovalRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { id }: StoredApproval,
): Promise<FastifyReply> {
  const by = authorOf(link, clock());
  const mailed = await inTransaction(pool, (tx) => askToWithdrawRefusal(tx, answeringOf(link), id, by));
  if (prefersJson(request)) {
    return reply.code(202).send(viewOfSentCode(mailed));
  }
  return reply.redirect(pathsOf(link, chosenLanguage(request)).withdrawRefusal(id), 303);
}

async function useCode(
  dependencies: PageDependencies,
  request: ApprovalRequest,
  reply: FastifyReply,
  { link, refusal, code }: { link: CustomerLink; refusal: StoredApproval; code: string },
): Promise<FastifyReply> {
  const { pool, clock, codes } = dependencies;
  const isCodeOf = (messageId: string) => codes.isCodeOf(messageId, code);
  const typed =
    code.trim() === ''
      ? null
      : await inTransaction(pool, (tx) =>
          withdrawRefusalWithCode(tx, answeringOf(link), refusal.id, isCodeOf, authorOf(link, clock())),
        );
  if (typed?.isRight) {
    if (prefersJson(request)) return reply.send(viewOfApproval(typed.approval));
    return reply.redirect(pathsOf(link, chosenLanguage(request)).approval(refusal.id), 303);
  }
  const triesLeft = typed?.triesLeft ?? null;
  if (prefersJson(request)) throw wrongCode(triesLeft);
  const usable = await usableCode(dependencies, codeFor(answeringOf(link), refusal.id));
  if (usable === null) return showProblem(dependencies, request, reply, link, refusal, 'code-over');
  return sendCodePage(dependencies, request, reply, { link, refusal, code: usable, fault: { triesLeft } });
}

async function showProblem(
  dependencies: PageDependencies,
  request: ApprovalRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { id }: StoredApproval,
  because: 'approval-already-ended' | 'code-limit' | 'code-over',
): Promise<FastifyReply> {
  const words = APPROVAL_TEXTS[pageLanguage(request, link.message.language).language];
  const problem = because === 'code-over' ? words.code.over : words.problems[because];
  const status = because === 'code-limit' ? 429 : because === 'code-over' ? 422 : 409;
  const approval = await findOwnApproval(dependencies, link, id);
  return sendApprovalPage(dependencies, request, reply, { link, approval, problem, status });
}

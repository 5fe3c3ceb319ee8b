import type { FastifyReply } from 'fastify';
import { stopApproval } from '../commands/end-approval.ts';
import type { StoredApproval } from '../db/approvals.ts';
import { inTransaction } from '../db/postgres.ts';
import { viewOfApproval } from '../domain/approval.ts';
import { Refused } from '../domain/refused.ts';
import type { FormError } from '../web/form-error.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { sendLinkPage } from './send-link-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { approvalPage, sendApprovalPage, type ApprovalPage, type ApprovalRequest } from './approval-page.ts';
import { APPROVAL_TEXTS, type ApprovalTexts } from './approval-texts.ts';
import {
  authorOf,
  findOwnApproval,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { isTicked } from './form-fields.ts';

/** The page that asks whether to stop an approval. */
interface StopPage extends ApprovalPage {
  readonly question: ApprovalTexts['stop'];
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly confirmationError: string | null;
}

/** `GET …/answer/:approvalId/stop`: asks whether to stop an approval: "that was not us" (D42). Changes nothing (D26). */
export function askWhetherToStop(dependencies: PageDependencies) {
  return async (request: ApprovalRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const approval = await findOwnApproval(dependencies, link, request.params.approvalId);
    return showQuestion(dependencies, request, reply, { link, approval, isWrong: false });
  };
}

/**
 * `POST …/answer/:approvalId/stop`: stops an approval before it takes effect, or ends it afterwards (D42). It takes no code, because
 * it moves no change towards its activation. A form must have its box ticked: scanners press the buttons that they find (D26).
 */
export function stopAnswer(dependencies: PageDependencies) {
  return async (request: ApprovalRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const at = dependencies.clock();
    const link = await openLink(dependencies, request.params.token);
    const approval = await findOwnApproval(dependencies, link, request.params.approvalId);
    if (!isTicked(request)) return showQuestion(dependencies, request, reply, { link, approval, isWrong: true });
    try {
      const stopped = await inTransaction(dependencies.pool, (tx) =>
        stopApproval(tx, approval.id, link.message.id, authorOf(link, at)),
      );
      if (prefersJson(request)) return await reply.send(viewOfApproval(stopped));
      return await reply.redirect(pathsOf(link, chosenLanguage(request)).approval(approval.id), 303);
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      return showEnded(dependencies, request, reply, link, approval);
    }
  };
}

async function showEnded(
  dependencies: PageDependencies,
  request: ApprovalRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { id }: StoredApproval,
): Promise<FastifyReply> {
  const { language } = pageLanguage(request, link.message.language);
  const approval = await findOwnApproval(dependencies, link, id);
  const problem = APPROVAL_TEXTS[language].problems['approval-already-ended'];
  return sendApprovalPage(dependencies, request, reply, { link, approval, problem });
}

async function showQuestion(
  dependencies: PageDependencies,
  request: ApprovalRequest,
  reply: FastifyReply,
  { link, approval, isWrong }: { link: CustomerLink; approval: StoredApproval; isWrong: boolean },
): Promise<FastifyReply> {
  const receipt = await approvalPage(dependencies, request, link, approval);
  const { stopPath: action } = receipt;
  if (action === null) return showEnded(dependencies, request, reply, link, approval);
  const { stop: question } = APPROVAL_TEXTS[receipt.language];
  const heading = question.heading(approval.number);
  const message = isWrong ? question.missing : null;
  const page: StopPage = {
    ...receipt,
    title: heading,
    heading,
    isError: isWrong,
    otherLanguagePath: isWrong ? null : receipt.otherLanguagePath,
    question,
    errors: message === null ? [] : [{ summary: message, field: 'confirmed', message, notes: [] }],
    action,
    confirmationError: message,
  };
  return sendLinkPage(reply, isWrong ? 422 : 200, 'customer/views/approval-stop', page);
}

import type { FastifyReply } from 'fastify';
import {
  approveWithCode,
  askToApprove,
  codeFor,
  refuseThroughLink,
  type TypedAnswer,
} from '../commands/answer-through-link.ts';
import { inTransaction } from '../db/postgres.ts';
import { viewOfApproval } from '../domain/approval.ts';
import { approvalStatement } from '../domain/approval-statement.ts';
import type { Change } from '../domain/change.ts';
import type { MailedCode } from '../domain/mailed-code.ts';
import type { PageStatement } from '../domain/page-statement.ts';
import { InvalidRequest, Refused } from '../domain/refused.ts';
import { chosenLanguage, pageLanguage } from '../web/language.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { readAnswer, saysSomething, type TypedAnswerFields } from './answer-fields.ts';
import { sendAnswerPage, showProblem, answerErrors } from './answer-page.ts';
import { sendApprovalPage } from './approval-page.ts';
import { sendCodePage } from './code-page.ts';
import { statedToApprover } from './page-statement.ts';
import { usableCode, viewOfSentCode, wrongCode } from './codes.ts';
import {
  answeringOf,
  authorOf,
  findChangeAndWindow,
  noSuchPage,
  openLink,
  pathsOf,
  type CustomerLink,
  type LinkRequest,
  type PageDependencies,
} from './customer-link.ts';

/**
 * `GET /objections/:token/answer`: the question for a controller's approval, or the field for the code that was mailed a moment
 * ago. A program gets what is asked. Changes nothing (D26).
 */
export function showAnswer(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    if (prefersJson(request)) return reply.send(await requestOf(dependencies, link, request));
    const code = await codeToApprove(dependencies, link);
    if (code === null) return sendAnswerPage(dependencies, request, reply, { link, sent: null, errors: [] });
    return sendCodePage(dependencies, request, reply, { link, refusal: null, code, fault: null });
  };
}

/**
 * `POST /objections/:token/answer`: refuses at once, or has a code mailed to who may approve; with the code, approves (D42). The
 * steps are the same for a person and a program.
 */
export function receiveAnswer(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const sent = readAnswer(request);
    try {
      // Who says no, or adds a condition, does not approve, whatever code stands beside it.
      const isOfCode = sent.decision !== 'refusal' && sent.comment.text.trim() === '';
      if (sent.code !== null && isOfCode) return await useCode(dependencies, request, reply, link, sent.code);
      const errors = answerErrors(sent, pageLanguage(request, link.message.language).language);
      if (errors.length > 0) {
        if (prefersJson(request)) throw invalid(sent);
        return await sendAnswerPage(dependencies, request, reply, { link, sent, errors });
      }
      return sent.decision === 'refusal'
        ? await refuse(dependencies, request, reply, link, sent)
        : await mailCode(dependencies, request, reply, link, sent);
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused)) throw error;
      return showProblem(dependencies, request, reply, { link, sent, code: error.code });
    }
  };
}

/** What a program is asked: the statement that it would approve, and its version. */
async function requestOf(dependencies: PageDependencies, link: CustomerLink, request: LinkRequest) {
  const { change } = await findChangeAndWindow(dependencies, link);
  if (!change.regime.approval) throw noSuchPage();
  const { language } = pageLanguage(request, link.message.language);
  const statement = approvalStatement(change, link.message.controllerName, language);
  return { changeId: change.id, contentHash: change.contentHash, statement };
}

/** What the page stated to who answers on it; `null` for a program, which reads none. */
function statedOn(request: LinkRequest, link: CustomerLink, change: Change): PageStatement | null {
  return prefersJson(request) ? null : statedToApprover(change, pageLanguage(request, link.message.language).language);
}

/** The code to approve that can still be typed; the link of a former contact has none. */
async function codeToApprove(dependencies: PageDependencies, link: CustomerLink): Promise<MailedCode | null> {
  return link.isOfContact ? usableCode(dependencies, codeFor(answeringOf(link), null)) : null;
}

async function refuse(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { name, role, comment }: TypedAnswerFields,
): Promise<FastifyReply> {
  const { pool, clock, withoutSecrets } = dependencies;
  const at = clock();
  const { change } = await findChangeAndWindow(dependencies, link);
  const typed = {
    name: saysSomething(name) ? withoutSecrets(name.text) : link.message.name,
    role: saysSomething(role) ? withoutSecrets(role.text) : null,
    statement: comment.text.trim() === '' ? null : withoutSecrets(comment.text),
    stated: statedOn(request, link, change),
  };
  const refusal = await inTransaction(pool, (tx) =>
    refuseThroughLink(tx, answeringOf(link), typed, authorOf(link, at)),
  );
  if (prefersJson(request)) return reply.code(201).send(viewOfApproval(refusal));
  // The link of a former contact opens no receipt (D25).
  if (!link.isOfContact)
    return sendApprovalPage(dependencies, request, reply, { link, approval: refusal, status: 201 });
  return reply.redirect(pathsOf(link, chosenLanguage(request)).approval(refusal.id), 303);
}

async function mailCode(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { contentHash, name, role }: TypedAnswerFields,
): Promise<FastifyReply> {
  const { pool, clock, withoutSecrets } = dependencies;
  const at = clock();
  const { change } = await findChangeAndWindow(dependencies, link);
  const { language } = pageLanguage(request, link.message.language);
  const approving = {
    contentHash,
    name: withoutSecrets(name.text),
    role: withoutSecrets(role.text),
    statement: approvalStatement(change, link.message.controllerName, language),
  };
  const stated = statedOn(request, link, change);
  const mailed = await inTransaction(pool, (tx) =>
    askToApprove(tx, answeringOf(link), approving, stated, authorOf(link, at)),
  );
  if (prefersJson(request)) {
    return reply.code(202).send({ ...viewOfSentCode(mailed), statement: approving.statement });
  }
  return reply.redirect(pathsOf(link, chosenLanguage(request)).answer, 303);
}

async function useCode(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  link: CustomerLink,
  code: string,
): Promise<FastifyReply> {
  const { pool, clock, codes } = dependencies;
  // Nobody loses a try because the field was left empty.
  const typed: TypedAnswer | null =
    code.trim() === ''
      ? null
      : await inTransaction(pool, (tx) =>
          approveWithCode(
            tx,
            answeringOf(link),
            (messageId) => codes.isCodeOf(messageId, code),
            authorOf(link, clock()),
          ),
        );
  if (typed?.isRight) {
    const { approval } = typed;
    if (prefersJson(request)) return reply.code(201).send(viewOfApproval(approval));
    return reply.redirect(pathsOf(link, chosenLanguage(request)).approval(approval.id), 303);
  }
  const triesLeft = typed?.triesLeft ?? null;
  if (prefersJson(request)) throw wrongCode(triesLeft);
  const usable = await codeToApprove(dependencies, link);
  if (usable === null) return showProblem(dependencies, request, reply, { link, sent: null, code: 'code-wrong' });
  return sendCodePage(dependencies, request, reply, { link, refusal: null, code: usable, fault: { triesLeft } });
}

function invalid({ decision, name, role, comment }: TypedAnswerFields): InvalidRequest {
  const errors = [
    ...(decision === null ? [{ path: 'decision', message: 'Expected approval or refusal' }] : []),
    ...(saysSomething(name) ? [] : [{ path: 'name', message: 'Expected the name of who approves' }]),
    ...(saysSomething(role) ? [] : [{ path: 'role', message: 'Expected the position of who approves' }]),
    ...(comment.text.trim() === ''
      ? []
      : [{ path: 'comment', message: 'Expected no comment: an approval with a condition is none' }]),
  ];
  return new InvalidRequest(decision === null ? errors.slice(0, 1) : errors);
}

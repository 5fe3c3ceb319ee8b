import type { FastifyReply, FastifyRequest } from 'fastify';
import { isInForce, type StoredApproval } from '../db/approvals.ts';
import { isLive } from '../domain/approval.ts';
import type { Change } from '../domain/change.ts';
import { companiesOf } from '../domain/effect.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { instantInWords } from '../domain/wording.ts';
import { otherLanguagePath, pageLanguage } from '../web/language.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';
import { APPROVAL_TEXTS, type ApprovalTexts } from './approval-texts.ts';
import {
  findChangeAndWindow,
  findOwnApproval,
  openLink,
  pathsOf,
  type CustomerLink,
  type PageDependencies,
} from './customer-link.ts';
import { textsIn, type Texts } from './texts.ts';

export type ApprovalRequest = FastifyRequest<{ Params: { token: string; approvalId: string } }>;

/** The content of a page about one approval or refusal: its receipt, and the questions before it ends. */
export interface ApprovalPage extends PageFrame {
  readonly t: Texts;
  readonly words: ApprovalTexts['receipt'];
  readonly heading: string;
  readonly number: number;
  /** Where it stands, and what can be done, in sentences. */
  readonly lines: readonly string[];
  readonly isFormer: boolean;
  readonly received: string;
  readonly channel: string;
  readonly from: string | null;
  readonly concerns: string;
  readonly controller: string;
  readonly text: string | null;
  readonly email: string;
  readonly pagePath: string;
  readonly receiptPath: string;
  readonly stopPath: string | null;
  readonly withdrawPath: string | null;
  /** Why what was asked for was not done; otherwise `null`. */
  readonly problem: string | null;
}

/** The content of a page about one approval or refusal. Changes nothing (D26). */
export async function approvalPage(
  dependencies: PageDependencies,
  request: FastifyRequest,
  link: CustomerLink,
  approval: StoredApproval,
): Promise<ApprovalPage> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { change } = await findChangeAndWindow(dependencies, link);
  const { receipt: words } = APPROVAL_TEXTS[language];
  const t = textsIn(language);
  const paths = pathsOf(link, lang);
  const inForce = await isInForce(dependencies.pool, change.id, approval.controllerId, approval.recordedAt);
  const stands = isLive(approval) && approval.ended === null;
  const canEnd = stands && link.isOfContact && (inForce || change.status === 'announced');
  const heading = (stands ? words.heading : words.heading.ended)[approval.decision](approval.number);
  const { name, role, email } = approval.from;
  return {
    language,
    t,
    words,
    title: heading,
    heading,
    isError: false,
    sender: { processor: change.processor.name, product: change.productName },
    otherLanguagePath: link.isOfContact ? otherLanguagePath(request, language) : null,
    number: approval.number,
    lines: linesOf(approval, { change, inForce, stands, language }),
    isFormer: !link.isOfContact,
    received: instantInWords(approval.receivedAt, change.terms.timeZone, language),
    channel: t.objections.channel[approval.channel],
    from: [name, role, email].flatMap((part) => (part ? [oneLine(part)] : [])).join(', ') || null,
    concerns: `${companiesOf(change).map(oneLine).join(', ')}, ${oneLine(change.productName)}`,
    controller: oneLine(link.message.controllerName),
    text: approval.statement,
    email: change.objectionAddress.email,
    pagePath: paths.page,
    receiptPath: paths.approval(approval.id),
    stopPath: canEnd && approval.decision === 'approval' ? paths.stop(approval.id) : null,
    withdrawPath: canEnd && approval.status === 'standing' ? paths.withdrawRefusal(approval.id) : null,
    problem: null,
  };
}

/** Where it stands, and what can be done. */
function linesOf(
  approval: StoredApproval,
  { change, inForce, stands, language }: { change: Change; inForce: boolean; stands: boolean; language: Language },
): string[] {
  const { receipt: words } = APPROVAL_TEXTS[language];
  const { timeZone, approvalEffectiveAfterHours } = change.terms;
  const at = (instant: Temporal.Instant) => instantInWords(instant, timeZone, language);
  const { ended, effectiveAt, takesEffectAt } = approval;
  if (!stands && ended !== null) {
    const how = words.ended[approval.status === 'stopped' ? 'stopped' : 'withdrawn'](at(ended.endedAt));
    return [how, inForce ? words.afterwards : words.next[approval.decision]];
  }
  if (approval.status === 'standing') return [inForce ? words.inForce : words.standing[change.scope]];
  if (approval.status === 'unconfirmed') return [words.unconfirmed];
  if (effectiveAt !== null) return [words.effective(at(effectiveAt)), ...(inForce ? [words.inForce] : [])];
  return [takesEffectAt === null ? words.waiting(approvalEffectiveAfterHours) : words.due(at(takesEffectAt))];
}

/** Sends the receipt. */
export async function sendApprovalPage(
  dependencies: PageDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  {
    link,
    approval,
    problem = null,
    status = problem === null ? 200 : 409,
  }: { link: CustomerLink; approval: StoredApproval; problem?: string | null; status?: number },
): Promise<FastifyReply> {
  const page = await approvalPage(dependencies, request, link, approval);
  return sendLinkPage(reply, status, 'customer/views/approval', {
    ...page,
    isError: problem !== null,
    problem,
  } as ApprovalPage);
}

/** `GET /objections/:token/answer/:approvalId`: the receipt of an approval or a refusal, as it stands. */
export function showApproval(dependencies: PageDependencies) {
  return async (request: ApprovalRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    const approval = await findOwnApproval(dependencies, link, request.params.approvalId);
    return sendApprovalPage(dependencies, request, reply, { link, approval });
  };
}

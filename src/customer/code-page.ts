import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StoredApproval } from '../db/approvals.ts';
import type { MailedCode } from '../domain/mailed-code.ts';
import { instantInWords } from '../domain/wording.ts';
import type { FormError } from '../web/form-error.ts';
import { otherLanguagePath, pageLanguage } from '../web/language.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';
import { APPROVAL_TEXTS, type ApprovalTexts } from './approval-texts.ts';
import { findChangeAndWindow, pathsOf, type CustomerLink, type PageDependencies } from './customer-link.ts';

/** The page that asks for the code that was mailed: to approve, or to withdraw a refusal (D42). */
interface CodePage extends PageFrame {
  readonly words: ApprovalTexts['code'];
  readonly what: 'approval' | 'refusal';
  readonly heading: string;
  readonly errors: readonly FormError[];
  readonly codeError: string | null;
  readonly action: string;
  readonly backPath: string;
  readonly email: string;
  readonly until: string;
  readonly told: string;
  /** What is approved, and by whom; `null` of a code that withdraws. */
  readonly approving: MailedCode['approving'];
}

/** What the page is about. */
export interface AskedCode {
  readonly link: CustomerLink;
  /** The refusal that the code withdraws; `null` of one to approve. */
  readonly refusal: StoredApproval | null;
  readonly code: MailedCode;
  /** What is wrong with the code that was typed: `triesLeft` is `null` where none was. */
  readonly fault: { readonly triesLeft: number | null } | null;
}

/** Sends the page that asks for a code. */
export async function sendCodePage(
  dependencies: PageDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { link, refusal, code, fault }: AskedCode,
): Promise<FastifyReply> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { change } = await findChangeAndWindow(dependencies, link);
  const { code: words, told } = APPROVAL_TEXTS[language];
  const paths = pathsOf(link, lang);
  const what = refusal === null ? 'approval' : 'refusal';
  const codeError = fault && (fault.triesLeft === null ? words.missing : words.wrong(fault.triesLeft));
  const page: CodePage = {
    language,
    title: words.heading[what],
    heading: words.heading[what],
    isError: codeError !== null,
    sender: { processor: change.processor.name, product: change.productName },
    otherLanguagePath: codeError === null ? otherLanguagePath(request, language) : null,
    words,
    what,
    errors: codeError === null ? [] : [{ summary: codeError, field: 'code', message: codeError, notes: [] }],
    codeError,
    action: refusal === null ? paths.answer : paths.withdrawRefusal(refusal.id),
    backPath: refusal === null ? paths.page : paths.approval(refusal.id),
    email: link.message.email,
    until: instantInWords(code.expiresAt, change.terms.timeZone, language),
    told: told(link.message.controllerName),
    approving: code.approving,
  };
  return sendLinkPage(reply, codeError === null ? 200 : 422, 'customer/views/approval-code', page);
}

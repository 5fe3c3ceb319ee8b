import type { FastifyReply } from 'fastify';
import type { StoredObjection } from '../db/objections.ts';
import { charactersIn } from '../domain/text.ts';
import type { MailedCode } from '../domain/mailed-code.ts';
import { instantInWords } from '../domain/wording.ts';
import type { FormError } from '../web/form-error.ts';
import { pageLanguage } from '../web/language.ts';
import { sendLinkPage } from './send-link-page.ts';
import { findChangeAndWindow, pathsOf, type CustomerLink, type PageDependencies } from './customer-link.ts';
import { MAX_EXPLANATION_LENGTH, type Withdrawal } from './form-fields.ts';
import { oneObjectionPage, type ObjectionRequest, type OneObjectionPage } from './receipt-page.ts';
import { textsIn, type Texts } from './texts.ts';

/** The page that asks whether to withdraw an objection, and then for the code. */
interface WithdrawalPage extends OneObjectionPage {
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly email: string;
  /** Until when the code can be typed; `null` where none was mailed, or it cannot be used any more. */
  readonly codeUntil: string | null;
  readonly code: string;
  readonly codeError: string | null;
  readonly explanation: string;
  readonly limit: string;
  readonly explanationCount: string | null;
  readonly explanationError: string | null;
}

/** What was wrong with what was sent. */
export type WithdrawalFault =
  | { readonly kind: 'limit' }
  /** `triesLeft` is `null` where the code was not tried. */
  | { readonly kind: 'typed'; readonly sent: Withdrawal; readonly triesLeft: number | null };

/** What the page is about. */
export interface Withdrawing {
  readonly link: CustomerLink;
  readonly objection: StoredObjection;
  readonly code: MailedCode | null;
  readonly fault: WithdrawalFault | null;
}

/** Sends the page of a withdrawal: the question, or the field for the code where one can be used, with what was wrong. */
export async function sendWithdrawalPage(
  dependencies: PageDependencies,
  request: ObjectionRequest,
  reply: FastifyReply,
  { link, objection, code, fault }: Withdrawing,
): Promise<FastifyReply> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { withdrawal: t, count, characters } = textsIn(language);
  const sent = fault?.kind === 'typed' ? fault.sent : null;
  const text = sent?.explanation.text ?? '';
  const explanationError = sent === null ? null : explanationErrorOf(sent, t, count);
  const codeError = fault?.kind === 'typed' && code !== null ? codeErrorOf(fault, t) : null;
  const errors: FormError[] = [
    ...(fault?.kind === 'limit' ? [pageError(t.codeLimit.summary, t.codeLimit.body(link.message.email))] : []),
    ...(fault?.kind === 'typed' && code === null ? [pageError(t.codeOver.summary, t.codeOver.body)] : []),
    ...(codeError === null ? [] : [fieldError('code', codeError)]),
    ...(explanationError === null || code === null ? [] : [fieldError('explanation', explanationError)]),
  ];
  const isWrong = errors.length > 0;
  const heading = code === null ? t.heading(objection.number) : t.codeHeading(objection.number);
  const { timeZone } = (await findChangeAndWindow(dependencies, link)).change.terms;
  const receipt = await oneObjectionPage(dependencies, link, objection, request);
  const page: WithdrawalPage = {
    ...receipt,
    title: heading,
    heading,
    isError: isWrong,
    otherLanguagePath: isWrong ? null : receipt.otherLanguagePath,
    errors,
    action: pathsOf(link, lang).withdrawal(objection.id),
    email: link.message.email,
    codeUntil: code && instantInWords(code.expiresAt, timeZone, language),
    code: sent?.code ?? '',
    codeError,
    explanation: text,
    limit: count(MAX_EXPLANATION_LENGTH),
    explanationCount: isWrong && text !== '' ? characters(charactersIn(text), MAX_EXPLANATION_LENGTH) : null,
    explanationError,
  };
  const failed = fault?.kind === 'limit' ? 429 : sent?.explanation.fault?.because === 'repeated' ? 400 : 422;
  return sendLinkPage(reply, isWrong ? failed : 200, 'customer/views/withdrawal', page);
}

function explanationErrorOf({ explanation: { fault } }: Withdrawal, t: Texts['withdrawal'], count: Texts['count']) {
  if (fault === null) return null;
  if (fault.because === 'repeated') return t.explanationRepeated;
  return t.explanationTooLong(count(fault.limit), count(fault.found));
}

function codeErrorOf(
  { sent, triesLeft }: Extract<WithdrawalFault, { kind: 'typed' }>,
  t: Texts['withdrawal'],
): string | null {
  if (triesLeft !== null) return t.codeWrong(triesLeft);
  return sent.code?.trim() === '' ? t.codeMissing : null;
}

function fieldError(field: string, message: string): FormError {
  return { summary: message, field, message, notes: [] };
}

function pageError(summary: string, message: string): FormError {
  return { summary, field: null, message, notes: [] };
}

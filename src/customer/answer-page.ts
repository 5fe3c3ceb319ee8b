import type { FastifyReply } from 'fastify';
import type { RefusalCode } from '../domain/refused.ts';
import type { Language } from '../domain/text.ts';
import type { FormError } from '../web/form-error.ts';
import { otherLanguagePath, pageLanguage } from '../web/language.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';
import { saysSomething, type TypedAnswerFields } from './answer-fields.ts';
import { answerSection, type AnswerSection } from './answer-section.ts';
import { APPROVAL_TEXTS } from './approval-texts.ts';
import {
  findChangeAndWindow,
  pathsOf,
  type CustomerLink,
  type LinkRequest,
  type PageDependencies,
} from './customer-link.ts';
import type { Typed } from './form-fields.ts';
import { textsIn } from './texts.ts';

/** The page with the question for a controller's approval alone. */
interface AnswerPage extends PageFrame {
  readonly heading: string;
  readonly errors: readonly FormError[];
  /** `null` where there is nothing to answer any more. */
  readonly answer: AnswerSection | null;
  readonly pagePath: string;
  readonly back: string;
}

/** What is wrong with an answer, at its fields. A refusal needs none of them. */
export function answerErrors(sent: TypedAnswerFields, language: Language): FormError[] {
  const { errors: t } = APPROVAL_TEXTS[language];
  const errors: FormError[] = [];
  const add = (field: string, message: string) =>
    errors.push({
      summary: message,
      field: field === 'decision' ? field : `answer-${field}`,
      message,
      notes: [t.notSent],
    });
  if (sent.decision === null) add('decision', t.decision);
  for (const field of ['name', 'role', 'comment'] as const) {
    const fault = faultInWords(sent[field], language);
    if (fault !== null) add(field, fault);
  }
  if (sent.decision !== 'approval') return errors;
  if (!saysSomething(sent.name)) add('name', t.nameMissing);
  if (!saysSomething(sent.role)) add('role', t.roleMissing);
  if (sent.comment.text.trim() !== '') add('comment', t.conditional);
  return errors;
}

/** What is wrong with a typed text, in words; `null` where nothing is. */
export function faultInWords({ fault }: Typed, language: Language): string | null {
  const { errors: t } = APPROVAL_TEXTS[language];
  const { count } = textsIn(language);
  if (fault === null) return null;
  return fault.because === 'repeated' ? t.repeated : t.tooLong(count(fault.limit), count(fault.found));
}

/** Sends the page of the question, with what was typed and what is wrong with it. */
export async function sendAnswerPage(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  {
    link,
    sent,
    errors,
    status = 422,
  }: { link: CustomerLink; sent: TypedAnswerFields | null; errors: readonly FormError[]; status?: number },
): Promise<FastifyReply> {
  const reading = pageLanguage(request, link.message.language);
  const { language } = reading;
  const changeAndWindow = await findChangeAndWindow(dependencies, link);
  const typed = sent && {
    decision: sent.decision,
    name: sent.name.text,
    role: sent.role.text,
    comment: sent.comment.text,
    errors,
  };
  const answer = await answerSection(dependencies, link, changeAndWindow, { reading, typed });
  const { change } = changeAndWindow;
  const words = APPROVAL_TEXTS[language];
  const page: AnswerPage = {
    language,
    title: words.title,
    heading: words.title,
    isError: errors.length > 0,
    sender: { processor: change.processor.name, product: change.productName },
    otherLanguagePath: errors.length > 0 ? null : otherLanguagePath(request, language),
    errors,
    answer,
    pagePath: pathsOf(link, reading.lang).page,
    back: words.receipt.back,
  };
  return sendLinkPage(reply, errors.length > 0 ? status : 200, 'customer/views/answer', page);
}

/** Sends the page of the question with why an answer was not taken. What has no words here is thrown again. */
export function showProblem(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  { link, sent, code }: { link: CustomerLink; sent: TypedAnswerFields | null; code: RefusalCode },
): Promise<FastifyReply> {
  const words = APPROVAL_TEXTS[pageLanguage(request, link.message.language).language];
  const problems: Partial<Record<RefusalCode, string>> = { ...words.problems, 'code-wrong': words.code.over };
  const summary = problems[code];
  if (summary === undefined) throw new Error(`no words for ${code}`);
  const errors = [{ summary, field: null, message: words.errors.nothingDone, notes: [] }];
  const status = code === 'code-limit' ? 429 : code === 'code-wrong' ? 422 : 409;
  return sendAnswerPage(dependencies, request, reply, { link, sent, errors, status });
}

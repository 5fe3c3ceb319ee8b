import type { FastifyReply } from 'fastify';
import { nominateApprover } from '../commands/nominate-approver.ts';
import { inTransaction } from '../db/postgres.ts';
import { isMailAddress } from '../domain/email-address.ts';
import { InvalidRequest, Refused } from '../domain/refused.ts';
import { oneLine } from '../domain/text.ts';
import type { FormError } from '../web/form-error.ts';
import { otherLanguagePath, pageLanguage } from '../web/language.ts';
import type { PageFrame } from '../web/page.ts';
import { sendLinkPage } from './send-link-page.ts';
import { prefersJson } from '../web/prefers-json.ts';
import { readNomination, saysSomething, type TypedNomination } from './answer-fields.ts';
import { faultInWords } from './answer-page.ts';
import { APPROVAL_TEXTS, type ApprovalTexts } from './approval-texts.ts';
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

/** The page on which a contact names who may approve, and the thanks for it. */
interface NominationPage extends PageFrame {
  readonly words: ApprovalTexts['nominate'];
  readonly heading: string;
  readonly body: string;
  readonly errors: readonly FormError[];
  readonly errorOf: Readonly<Record<string, string | undefined>>;
  readonly typed: Readonly<Record<'name' | 'email' | 'role', string>>;
  readonly action: string;
  readonly isReceived: boolean;
  readonly pagePath: string;
  readonly back: string;
}

/** `GET /objections/:token/nominate`: asks who may approve for the link's controller. Changes nothing (D26). */
export function askWhoMayApprove(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openNominating(dependencies, request);
    return show(dependencies, request, reply, link, { sent: null, errors: [], status: 200 });
  };
}

/** `POST /objections/:token/nominate`: puts on record who may approve; an officer confirms it before it is so (D42). */
export function nominate(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openNominating(dependencies, request);
    const sent = readNomination(request);
    const { language } = pageLanguage(request, link.message.language);
    const words = APPROVAL_TEXTS[language];
    const faults = faultsOf(sent);
    if (faults.length > 0) {
      if (prefersJson(request)) {
        throw new InvalidRequest(faults.map((path) => ({ path, message: `Expected the ${path} of who may approve` })));
      }
      const errors = faults.map((field) => {
        const missing = { ...words.nominate.missing, email: words.errors.emailWrong };
        const message = faultInWords(sent[field], language) ?? missing[field];
        return { summary: message, field, message, notes: [] };
      });
      return show(dependencies, request, reply, link, { sent, errors, status: 422 });
    }
    try {
      await save(dependencies, link, sent);
    } catch (error) {
      if (prefersJson(request) || !(error instanceof Refused) || error.code !== 'nomination-limit') throw error;
      const errors = [
        { summary: words.problems['nomination-limit'], field: null, message: words.errors.nothingDone, notes: [] },
      ];
      return show(dependencies, request, reply, link, { sent, errors, status: 429 });
    }
    if (prefersJson(request)) return reply.code(202).send({ onRecord: true });
    return show(dependencies, request, reply, link, { sent, errors: [], status: 202 });
  };
}

/** The link of a contact of now to a change that asks for approval; of any other there is no such page. */
async function openNominating(dependencies: PageDependencies, request: LinkRequest): Promise<CustomerLink> {
  const link = await openLink(dependencies, request.params.token);
  const { change, window } = await findChangeAndWindow(dependencies, link);
  const isAsked = change.regime.approval && change.status === 'announced' && window.leftAt === null;
  if (!isAsked || !link.isOfContact) throw noSuchPage();
  return link;
}

function faultsOf(sent: TypedNomination): (keyof TypedNomination)[] {
  return (['name', 'email', 'role'] as const).filter(
    (field) =>
      sent[field].fault !== null ||
      !saysSomething(sent[field]) ||
      (field === 'email' && !isMailAddress(sent.email.text)),
  );
}

function save({ pool, clock, withoutSecrets }: PageDependencies, link: CustomerLink, sent: TypedNomination) {
  const { changeId, controllerId, messageId } = answeringOf(link);
  const by = authorOf(link, clock());
  const [name, role] = [sent.name, sent.role].map(({ text }) => withoutSecrets(text)) as [string, string];
  const nomination = { changeId, controllerId, messageId, email: sent.email.text, name, role };
  return inTransaction(pool, (tx) => nominateApprover(tx, nomination, by));
}

async function show(
  dependencies: PageDependencies,
  request: LinkRequest,
  reply: FastifyReply,
  link: CustomerLink,
  { sent, errors, status }: { sent: TypedNomination | null; errors: readonly FormError[]; status: number },
): Promise<FastifyReply> {
  const { language, lang } = pageLanguage(request, link.message.language);
  const { nominate: words, receipt } = APPROVAL_TEXTS[language];
  const { change } = await findChangeAndWindow(dependencies, link);
  const isReceived = status === 202;
  const heading = isReceived ? words.received : words.heading;
  const paths = pathsOf(link, lang);
  const name = sent?.name.text ?? '';
  const page: NominationPage = {
    language,
    title: heading,
    heading,
    isError: errors.length > 0,
    sender: { processor: change.processor.name, product: change.productName },
    otherLanguagePath: sent === null ? otherLanguagePath(request, language) : null,
    words,
    body: isReceived ? words.next(name) : words.body(oneLine(link.message.controllerName), change.processor.name),
    errors,
    errorOf: Object.fromEntries(errors.map(({ field, message }) => [field ?? '', message])),
    typed: { name, email: sent?.email.text ?? '', role: sent?.role.text ?? '' },
    action: paths.nomination,
    isReceived,
    pagePath: paths.page,
    back: receipt.back,
  };
  return sendLinkPage(reply, status, 'customer/views/nominate', page);
}

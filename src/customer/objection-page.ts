import type { FastifyRequest } from 'fastify';
import { objectionsOfController, type StoredObjection } from '../db/objections.ts';
import { endOf } from '../domain/change.ts';
import { dayIn } from '../domain/instant.ts';
import { answerByOf } from '../domain/objection-window.ts';
import { MAX_REASONS_LENGTH } from '../domain/objection.ts';
import { charactersIn, oneLine, passage, type Language, type Passage } from '../domain/text.ts';
import { dayInWords, deadlineInWords, windowRuleInWords } from '../domain/wording.ts';
import { answerSection, type AnswerSection } from './answer-section.ts';
import { describeChange, type ChangeInWords } from './change-in-words.ts';
import {
  pathsOf,
  findChangeAndWindow,
  type ChangeAndWindow,
  type CustomerLink,
  type LinkPaths,
  type PageDependencies,
} from './customer-link.ts';
import { otherLanguagePath, pageLanguage, type PageLanguage } from '../web/language.ts';
import { canObject, linkState, timeLeft, type LinkState } from '../domain/link-state.ts';
import { objectionInWords, type ObjectionInWords } from './objection-in-words.ts';
import type { FormError } from '../web/form-error.ts';
import { textsIn, type Texts } from './texts.ts';
import type { PageFrame } from '../web/page.ts';

/** The most objections and attempts that are listed. */
const MAX_LISTED = 100;

/** The page behind a link: the planned change, until when and how to object, or how the change ended. */
export interface ObjectionPage extends PageFrame {
  readonly t: Texts;
  readonly heading: string;
  readonly state: LinkState;
  /** Whether the change has not ended, so that the page speaks of it as planned. */
  readonly isPlanned: boolean;
  readonly change: ChangeInWords;
  readonly contact: { readonly name: string; readonly email: string; readonly controller: string };
  /** Whether the reader is a contact still; otherwise the page shows no objections. */
  readonly isOfContact: boolean;
  /** Where a contact gets its controller's share of the evidence; `null` for a former contact. */
  readonly documentationPath: string | null;
  /** What a letter or a new e-mail can name, so that it is known whose it is. */
  readonly reference: string;
  readonly objectionWindowDays: number;
  readonly deadline: string | null;
  /** How the deadline is computed. */
  readonly rule: string;
  readonly timeLeft: ReturnType<typeof timeLeft> | null;
  /** The day the change or the agreement ended. */
  readonly endedOn: string | null;
  readonly withdrawalReason: Passage | null;
  readonly objections: readonly ObjectionInWords[];
  /** Whether one of them is pending, which keeps the change from being activated (D18). */
  readonly hasObjected: boolean;
  readonly hasMoreObjections: boolean;
  readonly errors: readonly FormError[];
  readonly form: ObjectionForm | null;
  /** Where the controller answers a request for its approval (D42); `null` where there is nothing to answer. */
  readonly answer: AnswerSection | null;
  /** Until when that answer is asked for; `null` while the controller is not notified. */
  readonly answerBy: string | null;
}

/** The form. If it cannot be sent, it only shows the typed text again. */
interface ObjectionForm {
  readonly action: string;
  readonly canBeSent: boolean;
  readonly limit: string;
  readonly reasons: string;
  readonly name: string;
  /** After an error, how many characters were typed and how many are left: no script counts while typing. */
  readonly reasonsCount: string | null;
  readonly reasonsError: string | null;
  readonly nameError: string | null;
}

/** The text that a reader typed and its errors, to be shown again. */
export interface Rejected {
  readonly reasons: string;
  readonly name: string;
  readonly errors: readonly FormError[];
}

/** What the page is made of. */
export interface PageFacts extends ChangeAndWindow {
  readonly changeInWords: ChangeInWords;
  readonly contact: { readonly name: string; readonly email: string; readonly controllerName: string };
  readonly isOfContact: boolean;
  readonly reference: string;
  /** What the controller has sent about the change, up to one more than is listed. */
  readonly sent: readonly StoredObjection[];
  readonly reading: PageLanguage;
  readonly paths: LinkPaths;
  readonly otherLanguagePath: string;
  readonly rejected: Rejected | null;
  readonly answer: AnswerSection | null;
}

/** The content of the page behind a link at `now`. Changes nothing (D26). */
export async function objectionPage(
  dependencies: PageDependencies,
  link: CustomerLink,
  request: FastifyRequest,
  now: Temporal.Instant,
  rejected: Rejected | null = null,
): Promise<ObjectionPage> {
  const reading = pageLanguage(request, link.message.language);
  const changeAndWindow = await findChangeAndWindow(dependencies, link);
  return pageWith(
    {
      ...changeAndWindow,
      changeInWords: describeChange(changeAndWindow.change, reading.language),
      contact: link.message,
      isOfContact: link.isOfContact,
      reference: dependencies.references.of(changeAndWindow.window.number),
      sent: link.isOfContact ? await objectionsOf(dependencies, link) : [],
      reading,
      paths: pathsOf(link, reading.lang),
      otherLanguagePath: otherLanguagePath(request, reading.language),
      rejected,
      answer: await answerSection(dependencies, link, changeAndWindow, { reading }),
    },
    now,
  );
}

/** The page with these facts, as it is at `now`. */
export function pageWith(facts: PageFacts, now: Temporal.Instant): ObjectionPage {
  const { changeInWords, contact, reading, paths, rejected, sent } = facts;
  const { language } = reading;
  const { timeZone, objectionWindowDays } = facts.change.terms;
  const { deadline, notifiedAt } = facts.window;
  const answerBy = notifiedAt && answerByOf(notifiedAt, facts.change);
  const state = linkState(facts, now);
  const heading = headingOf(changeInWords, language);
  const endedAt = endOf(facts.change) ?? facts.window.leftAt;
  const withdrawalReason = facts.change.status === 'withdrawn' ? facts.change.withdrawalReason : null;
  return {
    language,
    t: textsIn(language),
    title: heading,
    heading,
    isError: rejected !== null,
    sender: { processor: changeInWords.processor, product: changeInWords.product },
    otherLanguagePath: rejected === null ? facts.otherLanguagePath : null,
    state,
    isPlanned: facts.change.status === 'announced',
    change: changeInWords,
    contact: { name: oneLine(contact.name), email: contact.email, controller: oneLine(contact.controllerName) },
    isOfContact: facts.isOfContact,
    documentationPath: facts.isOfContact ? paths.documentation : null,
    reference: facts.reference,
    objectionWindowDays,
    deadline: deadline && deadlineInWords(deadline, timeZone, language),
    rule: windowRuleInWords(facts.change.terms, language),
    timeLeft: deadline && timeLeft(deadline, timeZone, now),
    endedOn: endedAt && dayInWords(dayIn(timeZone, endedAt), language),
    withdrawalReason: withdrawalReason && passage(withdrawalReason, language),
    objections: sent
      .slice(0, MAX_LISTED)
      .map((objection) => objectionInWords(objection, { language, timeZone, paths })),
    hasObjected: sent.some(({ status }) => status === 'pending'),
    hasMoreObjections: sent.length > MAX_LISTED,
    errors: rejected?.errors ?? [],
    answer: facts.answer,
    answerBy: answerBy && deadlineInWords(answerBy, timeZone, language),
    form: formOf(state, rejected, { action: paths.page, name: contact.name, reading }),
  };
}

/** What the link's controller has sent about the link's change, up to one more than is listed. */
function objectionsOf({ pool }: PageDependencies, { message }: CustomerLink) {
  const { changeId, controllerId } = message;
  return objectionsOfController(pool, { changeId, controllerId }, { limit: MAX_LISTED + 1 });
}

function headingOf({ kind, names, product, comparisons: [main] }: ChangeInWords, language: Language): string {
  return textsIn(language).heading[kind](names, product, main?.current ?? '');
}

function formOf(
  state: LinkState,
  rejected: Rejected | null,
  { action, name, reading }: { action: string; name: string; reading: PageLanguage },
): ObjectionForm | null {
  const canBeSent = canObject(state);
  if (!canBeSent && rejected === null) return null;
  const errorAt = (field: 'reasons' | 'name') =>
    rejected?.errors.find((error) => error.field === field)?.message ?? null;
  const { count, characters } = textsIn(reading.language);
  return {
    action,
    canBeSent,
    limit: count(MAX_REASONS_LENGTH),
    reasons: rejected?.reasons ?? '',
    name: rejected?.name ?? name,
    reasonsCount: rejected && characters(charactersIn(rejected.reasons), MAX_REASONS_LENGTH),
    reasonsError: errorAt('reasons'),
    nameError: errorAt('name'),
  };
}

import { approvalsOfController, isInForce, mayApprove, type StoredApproval } from '../db/approvals.ts';
import { approversOf } from '../db/nominations.ts';
import { isLive, type ApprovalDecision } from '../domain/approval.ts';
import { approvalStatement } from '../domain/approval-statement.ts';
import type { Change } from '../domain/change.ts';
import { oneLine } from '../domain/text.ts';
import type { FormError } from '../web/form-error.ts';
import type { PageLanguage } from '../web/language.ts';
import { APPROVAL_TEXTS, type ApprovalTexts } from './approval-texts.ts';
import {
  pathsOf,
  type ChangeAndWindow,
  type CustomerLink,
  type LinkPaths,
  type PageDependencies,
} from './customer-link.ts';
import { MAX_EXPLANATION_LENGTH } from './form-fields.ts';
import { textsIn } from './texts.ts';

/** What was typed into the form, and what is wrong with it. */
export interface TypedAgain {
  readonly decision: ApprovalDecision | null;
  readonly name: string;
  readonly role: string;
  readonly comment: string;
  readonly errors: readonly FormError[];
}

/** The section of a page in which a controller answers a request for its approval (D42). */
export interface AnswerSection {
  readonly words: ApprovalTexts;
  readonly processor: string;
  readonly controller: string;
  readonly email: string;
  readonly isFormer: boolean;
  readonly action: string;
  /** What is approved, in full, and of which version. */
  readonly statement: string;
  readonly contentHash: string;
  /** What the controller has answered and stands; `null` for nothing, and where a former contact reads. */
  readonly stands: { readonly text: string; readonly link: string; readonly path: string } | null;
  /** Whether this reader can approve now. */
  readonly canApprove: boolean;
  /** Whether this reader may approve at all. */
  readonly mayApprove: boolean;
  readonly approvers: readonly { readonly name: string; readonly email: string }[];
  readonly nominatePath: string;
  readonly typed: Omit<TypedAgain, 'errors'>;
  /** The error at each field that has one. */
  readonly errors: Readonly<Record<string, string | undefined>>;
  readonly limit: string;
}

/** What the section is made of. */
export interface SectionFacts {
  readonly change: Change;
  readonly contact: { readonly email: string; readonly controllerName: string };
  readonly isOfContact: boolean;
  readonly mayApprove: boolean;
  readonly earlier: readonly StoredApproval[];
  readonly approvers: AnswerSection['approvers'];
  readonly reading: PageLanguage;
  readonly paths: LinkPaths;
  readonly typed: TypedAgain | null;
}

/** The section, or `null` where there is nothing to answer: no approval is asked for, or it is settled for the controller. */
export async function answerSection(
  { pool }: PageDependencies,
  { message, isOfContact, token }: CustomerLink,
  { change, window }: ChangeAndWindow,
  { reading, typed = null }: { reading: PageLanguage; typed?: TypedAgain | null },
): Promise<AnswerSection | null> {
  if (!change.regime.approval || change.status !== 'announced' || window.leftAt !== null) return null;
  if (await isInForce(pool, change.id, message.controllerId)) return null;
  return sectionWith({
    change,
    contact: message,
    isOfContact,
    mayApprove: (await mayApprove(pool, message.controllerId, message.email)) === true,
    earlier: await approvalsOfController(pool, message, window.createdAt),
    approvers: isOfContact ? await approversOf(pool, message.controllerId) : [],
    reading,
    paths: pathsOf({ token }, reading.lang),
    typed,
  });
}

/** The section with these facts. */
export function sectionWith(facts: SectionFacts): AnswerSection {
  const { change, contact, isOfContact, earlier, paths, typed } = facts;
  const { language } = facts.reading;
  const words = APPROVAL_TEXTS[language];
  const [standing] = earlier.filter(isLive).sort((one, other) => weightOf(one) - weightOf(other));
  const stands = isOfContact ? (standing ?? null) : null;
  return {
    words,
    processor: oneLine(change.processor.name),
    controller: oneLine(contact.controllerName),
    email: contact.email,
    isFormer: !isOfContact,
    action: paths.answer,
    statement: approvalStatement(change, contact.controllerName, language),
    contentHash: change.contentHash ?? '',
    stands: stands && {
      text: words.sees[stands.status as keyof ApprovalTexts['sees'] & StoredApproval['status']],
      link: words.sees.link(stands.number),
      path: paths.approval(stands.id),
    },
    canApprove: facts.mayApprove && (standing === undefined || standing.status === 'unconfirmed'),
    mayApprove: facts.mayApprove,
    approvers: facts.approvers.map(({ name, email }) => ({ name: oneLine(name), email })),
    nominatePath: paths.nomination,
    typed: {
      decision: typed?.decision ?? null,
      name: typed?.name ?? '',
      role: typed?.role ?? '',
      comment: typed?.comment ?? '',
    },
    errors: Object.fromEntries(
      (typed?.errors ?? []).map(({ field, message }) => [field?.replace('answer-', '') ?? '', message]),
    ),
    limit: textsIn(language).count(MAX_EXPLANATION_LENGTH),
  };
}

/** A refusal stands over everything else, and what counts over what does not yet. */
function weightOf({ status }: StoredApproval): number {
  return ['standing', 'effective', 'waiting', 'unconfirmed'].indexOf(status);
}

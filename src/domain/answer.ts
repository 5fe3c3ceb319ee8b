import type { ChangeStatus } from './change.ts';
import type { Regime } from './regime.ts';
import type { MailContent } from './inbound-mail.ts';
import { instantText } from './instant.ts';
import { MAX_REASONS_LENGTH } from './objection.ts';

/** How an officer can classify an answer. A conditional yes is no approval: an officer finds it to be `not-an-objection` (D42). */
export const ANSWER_DECISIONS = ['objection', 'approval', 'refusal', 'not-an-objection'] as const;
export type AnswerDecision = (typeof ANSWER_DECISIONS)[number];

export const ANSWER_STATUSES = ['unread', ...ANSWER_DECISIONS] as const;
export type AnswerStatus = (typeof ANSWER_STATUSES)[number];

/** An answer as it was received. */
export interface AnswerAsReceived extends MailContent {
  readonly id: string;
  readonly changeId: string;
  /** External id. */
  readonly controller: string;
  /** The message that it answers; `null` where it is known by its reference alone. */
  readonly messageId: string | null;
  readonly receivedAt: Temporal.Instant;
}

/** An answer that blocks activation until an officer classifies it (D20). */
export interface UnreadAnswer extends AnswerAsReceived {
  readonly status: 'unread';
}

/** One classification of an answer, on record. */
export interface DecisionOnAnswer {
  /** Whether the officer found that a person wrote it, which proves that the controller was notified (D30). */
  readonly writtenByPerson: boolean;
  readonly explanation: string | null;
  readonly objectionId: string | null;
  /** The approval or refusal that it has become. */
  readonly approvalId: string | null;
  readonly decidedAt: Temporal.Instant;
  readonly decidedBy: string;
}

export interface DecidedAnswer extends AnswerAsReceived {
  readonly status: AnswerDecision;
  /** The latest, which counts. */
  readonly decision: DecisionOnAnswer;
  /** What it was classified as before, the first one first. */
  readonly earlierDecisions: readonly (DecisionOnAnswer & { readonly status: AnswerDecision })[];
}

/** A written answer of a controller (D17). */
export type Answer = UnreadAnswer | DecidedAnswer;

/** Why an answer cannot be classified so. */
export type ClassificationRefusal =
  'answer-already-classified' | 'change-ended' | 'explanation-required' | 'no-objection-window';

/**
 * Whether an officer may classify an answer so (D17). An unread answer is classified at any time, as no objection with an
 * explanation only. One that has been read is classified anew as something else, with a reason, and until its change has ended; and
 * only by who says what it is classified `insteadOf`: a click on a list that is out of date takes nobody's objection away. Nothing
 * is an objection to a change that has no time to object (D40).
 */
export function refuseClassification(
  answer: Pick<Answer, 'status'>,
  given: {
    readonly decision: AnswerDecision;
    readonly insteadOf: AnswerDecision | null;
    readonly explanation: string | null;
  },
  { status: changeStatus, regime }: { readonly status: ChangeStatus; readonly regime: Pick<Regime, 'objection'> },
): ClassificationRefusal | null {
  const isAnew = answer.status !== 'unread';
  if (answer.status === given.decision) return 'answer-already-classified';
  if (isAnew && changeStatus !== 'announced') return 'change-ended';
  if (isAnew && answer.status !== given.insteadOf) return 'answer-already-classified';
  if (given.decision === 'objection' && !regime.objection) return 'no-objection-window';
  if (given.explanation === null && (isAnew || given.decision === 'not-an-objection')) return 'explanation-required';
  return null;
}

function viewOfDecision<Decision extends DecisionOnAnswer>(decision: Decision) {
  return { ...decision, decidedAt: instantText(decision.decidedAt) };
}

/** An answer as the API shows it. */
export function viewOfAnswer(answer: Answer) {
  const isRead = answer.status !== 'unread';
  return {
    id: answer.id,
    changeId: answer.changeId,
    controller: answer.controller,
    messageId: answer.messageId,
    from: answer.from,
    subject: answer.subject,
    text: answer.text,
    quoted: answer.quoted,
    attachments: answer.attachments,
    receivedAt: instantText(answer.receivedAt),
    status: answer.status,
    decision: isRead ? viewOfDecision(answer.decision) : null,
    earlierDecisions: isRead ? answer.earlierDecisions.map(viewOfDecision) : [],
  };
}

/** The answer's text as the reasons of an objection: cut to `MAX_REASONS_LENGTH`. The answer itself keeps the whole text. */
export function reasonsIn({ id, text }: Pick<AnswerAsReceived, 'id' | 'text'>): string {
  const letters = [...text];
  if (letters.length <= MAX_REASONS_LENGTH) return text;
  const more = `\n[… the whole text is in answer ${id}]`;
  return letters.slice(0, MAX_REASONS_LENGTH - more.length).join('') + more;
}

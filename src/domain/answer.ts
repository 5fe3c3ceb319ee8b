import type { MailContent } from './inbound-mail.ts';
import { instantText } from './instant.ts';
import { MAX_REASONS_LENGTH } from './objection.ts';

export const ANSWER_STATUSES = ['unread', 'objection', 'not-an-objection'] as const;
export type AnswerStatus = (typeof ANSWER_STATUSES)[number];

/** How an officer can classify an answer. */
export const ANSWER_DECISIONS = ['objection', 'not-an-objection'] as const;
export type AnswerDecision = (typeof ANSWER_DECISIONS)[number];

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

export interface DecidedAnswer extends AnswerAsReceived {
  readonly status: AnswerDecision;
  readonly decision: {
    /** Whether the officer found that a person wrote it, which proves that the controller was notified (D30). */
    readonly writtenByPerson: boolean;
    readonly explanation: string | null;
    readonly objectionId: string | null;
    readonly decidedAt: Temporal.Instant;
    readonly decidedBy: string;
  };
}

/** A written answer of a controller (D17). */
export type Answer = UnreadAnswer | DecidedAnswer;

/** An answer as the API shows it. */
export function viewOfAnswer(answer: Answer) {
  const decision = answer.status === 'unread' ? null : answer.decision;
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
    decision: decision && { ...decision, decidedAt: instantText(decision.decidedAt) },
  };
}

/** The answer's text as the reasons of an objection: cut to `MAX_REASONS_LENGTH`. The answer itself keeps the whole text. */
export function reasonsIn({ id, text }: Pick<AnswerAsReceived, 'id' | 'text'>): string {
  const letters = [...text];
  if (letters.length <= MAX_REASONS_LENGTH) return text;
  const more = `\n[… the whole text is in answer ${id}]`;
  return letters.slice(0, MAX_REASONS_LENGTH - more.length).join('') + more;
}

import type { Approval } from './approval.ts';
import type { ActivatedChange, Change, WithdrawnChange } from './change.ts';
import type { MessageKind } from './message.ts';
import type { Objection, RejectedObjection, ResolvedObjection } from './objection.ts';
import type { WithdrawalRequest } from './withdrawal.ts';

/** The facts on record when a message is composed. */
export interface RecordedFacts {
  readonly kind: MessageKind;
  readonly change: Change;
  /**
   * The end of the time to object that a notice states; for other kinds the controller's deadline in force, or `null`. Of a change
   * without time to object there is none (D40).
   */
  readonly deadline: Temporal.Instant | null;
  /** Until when the controller's answer is asked for, of a change that needs approval (D41); `null` as `deadline` is. */
  readonly answerBy: Temporal.Instant | null;
  /** The latest deadline sent to the contact before, if the one in force is now later (D11). */
  readonly toldDeadline: Temporal.Instant | null;
  readonly objection: Objection | null;
  /** The approval or refusal that it is about; left out of what is about none. */
  readonly approval?: Approval | null;
}

/** Tells of a change: it states a deadline where the change has time to object, and `answerBy` where it needs approval. */
interface Telling extends RecordedFacts {
  readonly kind: 'notice';
  readonly toldDeadline: null;
  readonly objection: null;
}

interface WithDeadline extends RecordedFacts {
  readonly kind: 'late-notice' | 'reminder';
  readonly deadline: Temporal.Instant;
  readonly toldDeadline: null;
  readonly objection: null;
}

interface AskingForAnswer extends RecordedFacts {
  readonly kind: 'approval-reminder';
  readonly answerBy: Temporal.Instant;
  readonly toldDeadline: null;
  readonly objection: null;
}

interface WithMovedDeadline extends RecordedFacts {
  readonly kind: 'deadline-moved';
  readonly deadline: Temporal.Instant;
  /** Earlier than `deadline`. */
  readonly toldDeadline: Temporal.Instant;
  readonly objection: null;
}

interface AboutObjection extends RecordedFacts {
  readonly toldDeadline: null;
  readonly objection: Objection;
}

/** About a withdrawal that was asked for (D31). */
interface AboutWithdrawal extends AboutObjection {
  readonly objection: Objection & { readonly withdrawal: WithdrawalRequest };
}

/** A code to approve, or to withdraw a refusal (D42). */
interface WithCode extends RecordedFacts {
  readonly kind: 'approval-code';
  readonly toldDeadline: null;
  readonly objection: null;
}

interface AboutApproval extends RecordedFacts {
  readonly kind: 'approval-received' | 'refusal-received' | 'approval-ended';
  readonly toldDeadline: null;
  readonly objection: null;
  readonly approval: Approval;
}

interface AboutEnd extends RecordedFacts {
  readonly toldDeadline: null;
  readonly objection: null;
}

/** The content of a message. Each kind has the facts that it cannot be written without. */
export type MessageContent =
  | Telling
  | WithDeadline
  | AskingForAnswer
  | WithMovedDeadline
  | (AboutObjection & { readonly kind: 'objection-received' })
  | (AboutObjection & { readonly kind: 'objection-rejected'; readonly objection: RejectedObjection })
  | (AboutObjection & { readonly kind: 'objection-resolved'; readonly objection: ResolvedObjection })
  | (AboutObjection & { readonly kind: 'withdrawal-code' })
  | (AboutWithdrawal & { readonly kind: 'withdrawal-requested' | 'withdrawal-stopped' })
  | WithCode
  | AboutApproval
  | (AboutEnd & { readonly kind: 'change-activated'; readonly change: ActivatedChange })
  | (AboutEnd & { readonly kind: 'change-withdrawn'; readonly change: WithdrawnChange });

/** The content of a message from the facts on record. Throws an `Error` naming the fact that its kind needs and lacks. */
export function contentOf(facts: RecordedFacts): MessageContent {
  const { kind, change, deadline, answerBy, toldDeadline, objection, approval = null } = facts;
  const without = (what: string) =>
    new Error(`The message "${kind}" on change ${change.id} cannot be written without its ${what}.`);
  switch (kind) {
    case 'notice':
      if (change.regime.objection && deadline === null) throw without('deadline');
      if (change.regime.approval && answerBy === null) throw without('time to answer');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null };
    case 'late-notice':
    case 'reminder':
      if (deadline === null) throw without('deadline');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null };
    case 'approval-reminder':
      if (answerBy === null) throw without('time to answer');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null };
    case 'deadline-moved':
      if (deadline === null) throw without('deadline');
      if (toldDeadline === null || Temporal.Instant.compare(toldDeadline, deadline) >= 0) {
        throw without('earlier deadline');
      }
      return { kind, change, deadline, answerBy, toldDeadline, objection: null };
    case 'objection-received':
    case 'withdrawal-code':
      if (objection === null) throw without('objection');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection };
    case 'objection-rejected':
      if (objection === null) throw without('objection');
      if (objection.status !== 'rejected') throw without('ground of rejection');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection };
    case 'objection-resolved':
      if (objection === null) throw without('objection');
      if (objection.status !== 'resolved') throw without('resolution');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection };
    case 'withdrawal-requested':
    case 'withdrawal-stopped': {
      if (objection === null) throw without('objection');
      const { withdrawal } = objection;
      if (withdrawal === null) throw without('withdrawal');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: { ...objection, withdrawal } };
    }
    case 'approval-code':
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null, approval };
    case 'approval-received':
    case 'refusal-received':
    case 'approval-ended':
      if (approval === null) throw without('approval or refusal');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null, approval };
    case 'change-activated':
      if (change.status !== 'activated') throw without('day of activation');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null };
    case 'change-withdrawn':
      if (change.status !== 'withdrawn') throw without('day of withdrawal');
      return { kind, change, deadline, answerBy, toldDeadline: null, objection: null };
  }
}

/**
 * The forms in which a change is told, by what it needs of controllers (D39): time to object, written approval with or without
 * it, or neither.
 */
export const TOLD_AS = ['notice', 'approval-request', 'information'] as const;
export type ToldAs = (typeof TOLD_AS)[number];

/** The form in which a change is told. */
export function toldAs({ regime }: Pick<Change, 'regime'>): ToldAs {
  if (regime.approval) return 'approval-request';
  return regime.objection ? 'notice' : 'information';
}

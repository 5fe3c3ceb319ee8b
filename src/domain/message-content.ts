import type { Change, WithdrawnChange } from './change.ts';
import { dayIn } from './instant.ts';
import type { MessageKind } from './message.ts';
import type { Objection, RejectedObjection, ResolvedObjection } from './objection.ts';
import type { WithdrawalRequest } from './withdrawal.ts';

/** The facts on record when a message is composed. */
export interface RecordedFacts {
  readonly kind: MessageKind;
  readonly change: Change;
  /** The deadline for objecting that a notice states; for other kinds the controller's deadline in force, or `null`. */
  readonly deadline: Temporal.Instant | null;
  /** Until when an answer to a request for approval is asked for (D41), exclusive; `null` where none is. */
  readonly answerBy: Temporal.Instant | null;
  /** From which day the change is in force for the controller, also where it is for some alone (D43); `null` where it is not. */
  readonly inForceFrom: Temporal.PlainDate | null;
  /** The latest deadline sent to the contact before, if the one in force is now later (D11). */
  readonly toldDeadline: Temporal.Instant | null;
  readonly objection: Objection | null;
}

/** Tells of a change: with the deadlines that its regime has (`toldAs`). */
interface Telling extends RecordedFacts {
  readonly kind: 'notice' | 'late-notice';
  readonly toldDeadline: null;
  readonly objection: null;
}

interface Reminding extends RecordedFacts {
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

interface AboutEnd extends RecordedFacts {
  readonly toldDeadline: null;
  readonly objection: null;
}

/** The content of a message. Each kind has the facts that it cannot be written without. */
export type MessageContent =
  | Telling
  | (Reminding & { readonly kind: 'reminder'; readonly deadline: Temporal.Instant })
  | (Reminding & { readonly kind: 'approval-reminder'; readonly answerBy: Temporal.Instant })
  | WithMovedDeadline
  | (AboutObjection & { readonly kind: 'objection-received' })
  | (AboutObjection & { readonly kind: 'objection-rejected'; readonly objection: RejectedObjection })
  | (AboutObjection & { readonly kind: 'objection-resolved'; readonly objection: ResolvedObjection })
  | (AboutObjection & { readonly kind: 'withdrawal-code' })
  | (AboutWithdrawal & { readonly kind: 'withdrawal-requested' | 'withdrawal-stopped' })
  | (AboutEnd & { readonly kind: 'change-activated'; readonly inForceFrom: Temporal.PlainDate })
  | (AboutEnd & { readonly kind: 'change-withdrawn'; readonly change: WithdrawnChange });

/** The content of a message from the facts on record. Throws an `Error` naming the fact that its kind needs and lacks. */
export function contentOf(facts: RecordedFacts): MessageContent {
  const { kind, change, deadline, answerBy, toldDeadline, objection } = facts;
  const told = { change, deadline, answerBy, inForceFrom: facts.inForceFrom };
  const without = (what: string) =>
    new Error(`The message "${kind}" on change ${change.id} cannot be written without its ${what}.`);
  switch (kind) {
    case 'notice':
    case 'late-notice':
      if (change.regime.objection && deadline === null) throw without('deadline');
      if (change.regime.approval && answerBy === null) throw without('answer day');
      return { ...told, kind, toldDeadline: null, objection: null };
    case 'reminder':
      if (deadline === null) throw without('deadline');
      return { ...told, kind, deadline, toldDeadline: null, objection: null };
    case 'approval-reminder':
      if (answerBy === null) throw without('answer day');
      return { ...told, kind, answerBy, toldDeadline: null, objection: null };
    case 'deadline-moved':
      if (deadline === null) throw without('deadline');
      if (toldDeadline === null || Temporal.Instant.compare(toldDeadline, deadline) >= 0) {
        throw without('earlier deadline');
      }
      return { ...told, kind, deadline, toldDeadline, objection: null };
    case 'objection-received':
    case 'withdrawal-code':
      if (objection === null) throw without('objection');
      return { ...told, kind, toldDeadline: null, objection };
    case 'objection-rejected':
      if (objection === null) throw without('objection');
      if (objection.status !== 'rejected') throw without('ground of rejection');
      return { ...told, kind, toldDeadline: null, objection };
    case 'objection-resolved':
      if (objection === null) throw without('objection');
      if (objection.status !== 'resolved') throw without('resolution');
      return { ...told, kind, toldDeadline: null, objection };
    case 'withdrawal-requested':
    case 'withdrawal-stopped': {
      if (objection === null) throw without('objection');
      const { withdrawal } = objection;
      if (withdrawal === null) throw without('withdrawal');
      return { ...told, kind, toldDeadline: null, objection: { ...objection, withdrawal } };
    }
    case 'change-activated': {
      const inForceFrom = facts.inForceFrom ?? dayOfActivation(change);
      if (inForceFrom === null) throw without('day of activation');
      return { ...told, kind, inForceFrom, toldDeadline: null, objection: null };
    }
    case 'change-withdrawn':
      if (change.status !== 'withdrawn') throw without('day of withdrawal');
      return { ...told, kind, change, toldDeadline: null, objection: null };
  }
}

function dayOfActivation(change: Change): Temporal.PlainDate | null {
  return change.status === 'activated' ? dayIn(change.terms.timeZone, change.activatedAt) : null;
}

/**
 * The forms in which a change is told, by what it needs of controllers (D39): time to object, written approval with or without it,
 * or neither.
 */
export const TOLD_AS = ['notice', 'approval-request', 'information'] as const;
export type ToldAs = (typeof TOLD_AS)[number];

/** The form in which a change is told. */
export function toldAs({ regime }: Pick<Change, 'regime'>): ToldAs {
  if (regime.approval) return 'approval-request';
  return regime.objection ? 'notice' : 'information';
}

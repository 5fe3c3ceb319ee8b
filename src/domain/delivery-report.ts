import type { ChangeStatus } from './change.ts';
import type { MessageKind, MessageStatus } from './message.ts';

/** The actions of RFC 3464: what a mail system reports of a message. */
export const REPORTED_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type ReportedAction = (typeof REPORTED_ACTIONS)[number];

/** The part of a report that is about one recipient. */
export interface RecipientReport {
  readonly action: ReportedAction;
  /** The enhanced status code, like `5.1.1`. */
  readonly status: string | null;
  readonly diagnostic: string | null;
  /** The recipient's addresses: the original one and the final one, each once. */
  readonly recipients: readonly string[];
  /** The address that the message was sent to, where the report names it apart from the final one. */
  readonly originalRecipient?: string | null;
  /** The address that the report is about: behind an alias, its member. */
  readonly finalRecipient?: string | null;
}

/**
 * Which action counts where a report has several recipients: first in the list first. One delivered copy reaches the
 * contact.
 */
const BY_WEIGHT: readonly ReportedAction[] = ['delivered', 'failed', 'delayed', 'expanded', 'relayed'];

/**
 * The report about the message to `email`; `null` for a report without recipients. A mail system that forwarded the message
 * names only the other addresses: then all of them count as this contact's.
 */
export function reportFor(email: string, reports: readonly RecipientReport[]): RecipientReport | null {
  const named = reports.filter(({ recipients }) =>
    recipients.some((recipient) => recipient.toLowerCase() === email.toLowerCase()),
  );
  const about = named.length > 0 ? named : reports;
  const weight = ({ action }: RecipientReport) => BY_WEIGHT.indexOf(action);
  return about.toSorted((a, b) => weight(a) - weight(b))[0] ?? null;
}

/** The address that a report is about; `null` where it names none, or several without saying which. */
export function recipientReported({ finalRecipient, recipients }: RecipientReport): string | null {
  return finalRecipient ?? (recipients.length === 1 ? (recipients[0] ?? null) : null);
}

/**
 * The address that the message to `email` was passed on to, and on which the report is: a member of an alias or a list.
 * `null` where the report is on `email` itself, or does not say.
 */
export function memberReported(email: string, report: RecipientReport): string | null {
  const last = recipientReported(report);
  return last?.toLowerCase() === email.toLowerCase() ? null : last;
}

/**
 * Whether a report on a message has to wait: the message is being sent, or will be sent again because an attempt's outcome
 * is unknown. Its acceptance may not be on record yet, and a bounce judged before the acceptance would have no effect.
 */
export function isUnsettled({ status, mayHaveArrived }: { status: MessageStatus; mayHaveArrived: boolean }): boolean {
  return status === 'in-flight' || (status === 'pending' && mayHaveArrived);
}

/**
 * The effect of a report.
 * - `none`: the report is kept on record, nothing else.
 * - `revoked`: the notice no longer counts, and nothing else changes: its controller is notified otherwise, or is proved to
 *   have been notified (D30), or does not count, or the change is withdrawn.
 * - `reopened`: no notice to the controller counts any more, so the controller is again not notified and has no deadline.
 * - `incident`: as `reopened`, but the change is already in force for the controller.
 */
export const BOUNCE_EFFECTS = ['none', 'revoked', 'reopened', 'incident'] as const;
export type BounceEffect = (typeof BOUNCE_EFFECTS)[number];

/** What a report is judged against, read under the change's row lock. */
export interface BounceFacts {
  readonly action: ReportedAction;
  readonly kind: MessageKind;
  readonly isAccepted: boolean;
  /** As the change is for the controller: activated since its wave (D43). */
  readonly changeStatus: ChangeStatus;
  /** Whether the controller counts for the change and has been notified. */
  readonly isNotified: boolean;
  /**
   * Whether another notice to the controller was accepted and has not bounced, or it was reached by letter (D13), or it is
   * proved that a notification arrived (D30).
   */
  readonly isNotifiedOtherwise: boolean;
}

/** The effect of a report (D12). Only a notice that was accepted is revoked, once, by a report of its failure. */
export function effectOfBounce(facts: BounceFacts): BounceEffect {
  const { action, kind, isAccepted, changeStatus, isNotified, isNotifiedOtherwise } = facts;
  if (action !== 'failed' || kind !== 'notice' || !isAccepted) return 'none';
  if (!isNotified || isNotifiedOtherwise || changeStatus === 'withdrawn') return 'revoked';
  return changeStatus === 'activated' ? 'incident' : 'reopened';
}

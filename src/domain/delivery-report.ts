import type { ChangeStatus } from './change.ts';
import type { MessageKind, MessageStatus } from './message.ts';

/** What a mail system says became of a message, in the words of RFC 3464. */
export const REPORTED_ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type ReportedAction = (typeof REPORTED_ACTIONS)[number];

/** What a report says of one recipient. */
export interface RecipientReport {
  readonly action: ReportedAction;
  /** The enhanced status code, like `5.1.1`. */
  readonly status: string | null;
  readonly diagnostic: string | null;
  /** The addresses that it is about: as it was sent, and as it was last tried. */
  readonly recipients: readonly string[];
}

/** Of several recipients of one message, what counts: one copy that arrived has told the contact. */
const BY_WEIGHT: readonly ReportedAction[] = ['delivered', 'failed', 'delayed', 'expanded', 'relayed'];

/**
 * What a report says of the message to `email`. A mail system that passed it on to other addresses reports on those: then
 * all of them are of this contact.
 */
export function reportFor(email: string, reports: readonly RecipientReport[]): RecipientReport | null {
  const named = reports.filter(({ recipients }) =>
    recipients.some((recipient) => recipient.toLowerCase() === email.toLowerCase()),
  );
  const about = named.length > 0 ? named : reports;
  const weight = ({ action }: RecipientReport) => BY_WEIGHT.indexOf(action);
  return about.toSorted((a, b) => weight(a) - weight(b))[0] ?? null;
}

/**
 * Whether a report on a message has to wait: the message is being handed over, or is to be once more because nobody knows
 * whether it was. Its acceptance may not be on record yet, and a bounce that was judged before it would be forgotten.
 */
export function isUnsettled({ status, mayHaveArrived }: { status: MessageStatus; mayHaveArrived: boolean }): boolean {
  return status === 'in-flight' || (status === 'pending' && mayHaveArrived);
}

/**
 * What follows from a report.
 * - `none`: it is on record, and that is all.
 * - `revoked`: the notice does not stand any more, and the controller has been notified all the same.
 * - `reopened`: no notice to the controller stands any more, so its window has closed again as not notified.
 * - `incident`: the same, and the change has been activated meanwhile.
 */
export const BOUNCE_EFFECTS = ['none', 'revoked', 'reopened', 'incident'] as const;
export type BounceEffect = (typeof BOUNCE_EFFECTS)[number];

/** What a report is judged against, as it stands under the change's row lock. */
export interface BounceFacts {
  readonly action: ReportedAction;
  readonly kind: MessageKind;
  readonly isAccepted: boolean;
  readonly changeStatus: ChangeStatus;
  /** Whether the controller counts for the change and has been notified. */
  readonly isNotified: boolean;
  /** Whether another notice to the controller was accepted and has not bounced, or it was reached by letter (D13). */
  readonly anotherStands: boolean;
}

/** What follows from a report (D12). Only a notice that was accepted and did not arrive after all is revoked, once. */
export function effectOfBounce(facts: BounceFacts): BounceEffect {
  const { action, kind, isAccepted, changeStatus, isNotified, anotherStands } = facts;
  if (action !== 'failed' || kind !== 'notice' || !isAccepted) return 'none';
  if (!isNotified || anotherStands || changeStatus === 'withdrawn') return 'revoked';
  return changeStatus === 'activated' ? 'incident' : 'reopened';
}

import type { ChangeStatus } from './change.ts';
import type { MailContent, TakenAs } from './inbound-mail.ts';
import { instantText } from './instant.ts';

/** What an officer can decide about a mail. */
export const MAIL_DECISIONS = ['attributed', 'answer', 'dismissed'] as const;
export type MailDecisionKind = (typeof MAIL_DECISIONS)[number];

export interface MailDecision {
  readonly decision: MailDecisionKind;
  readonly explanation: string | null;
  /** The change and the external id of the controller that the mail was attributed to; `null` of other decisions. */
  readonly changeId: string | null;
  readonly controller: string | null;
  readonly decidedAt: string;
  readonly decidedBy: string;
}

/** A controller that has the sender of a mail as a contact, and the newest changes that it is told of. */
export interface Candidate {
  readonly controller: string;
  readonly name: string;
  readonly changes: readonly { readonly id: string; readonly subProcessor: string; readonly status: ChangeStatus }[];
}

/** A mail as it is on record. Without words as long as nobody has read it. */
export interface MailOnRecord extends MailContent {
  readonly id: string;
  /** `null` while it waits to be read by a program. It then blocks (D20). */
  readonly takenAs: TakenAs | null;
  /** The sign that it was recognised by. */
  readonly knownBy: string | null;
  readonly changeId: string | null;
  /** External id. */
  readonly controller: string | null;
  /** The message that it answers or reports on. */
  readonly messageId: string | null;
  /** The answer that it became. */
  readonly answerId: string | null;
  readonly sentTo: string;
  readonly envelopeFrom: string;
  readonly receivedAt: Temporal.Instant;
  readonly decisions: readonly MailDecision[];
  /** Whose mail it may be, as long as it is attributed to nobody. */
  readonly candidates: readonly Candidate[];
}

/** A mail as the API shows it. Has no tag in it: whoever knows one can write as the controller. */
export function viewOfMail({ receivedAt, sentTo, envelopeFrom, ...mail }: MailOnRecord) {
  return {
    ...mail,
    sentTo: withoutTags(sentTo),
    envelopeFrom: withoutTags(envelopeFrom),
    receivedAt: instantText(receivedAt),
  };
}

/** An address without the tag in it. */
export function withoutTags(address: string): string {
  return address.replaceAll(/\+[a-z2-7]{42}/gi, '');
}

const LINK = 'link of message ';

/** What stands for the address of a text that came through the link of a message that is not on record (D32). */
export function sentToLinkOf(messageId: string): string {
  return `${LINK}${messageId}`;
}

/** Whether a mail that names no message came by what we give to a message alone: we have forgotten that message (D32). */
export function isOfForgotten(sentTo: string): boolean {
  return sentTo.startsWith(LINK) || withoutTags(sentTo) !== sentTo;
}

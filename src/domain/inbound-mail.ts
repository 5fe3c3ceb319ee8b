import type { RecipientReport } from './delivery-report.ts';

/** A mail as it was received over SMTP. */
export interface InboundMail {
  /** The mail as received, byte for byte. */
  readonly raw: Buffer;
  /** The recipient in the envelope. */
  readonly sentTo: string;
  /** The sender in the envelope; empty for the null sender. */
  readonly envelopeFrom: string;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

/** What a mail is about, as its recipient's address says: a message whose tag it bears, or nothing known. */
export type Addressee = { readonly kind: 'message'; readonly messageId: string } | { readonly kind: 'untagged' };

/** A controller's part in a change, and the message that is answered or reported on where that is known. */
export interface MailSubject {
  readonly changeId: string;
  readonly controllerId: string;
  readonly messageId: string | null;
}

/** What people are shown of a mail. Never has our own tokens in it. */
export interface MailContent {
  readonly from: { readonly name: string | null; readonly email: string | null };
  readonly subject: string;
  /** Without the quoted original and what else was cut off; see `quoted`. */
  readonly text: string;
  /** The part of the mail's text that was cut off. */
  readonly quoted: string;
  readonly attachments: readonly { filename: string | null; contentType: string; bytes: number }[];
}

/** What a mail was judged to be (`takenAs`), the sign that it was recognised by, and what is shown of it. */
export type InboundVerdict = { readonly knownBy: string; readonly content: MailContent } & (
  | { readonly takenAs: 'report'; readonly reports: readonly RecipientReport[] }
  | { readonly takenAs: 'automatic' }
  | { readonly takenAs: 'answer' }
  /** One of our own mails to the company, which came to us by an address without a tag. */
  | { readonly takenAs: 'dismissed' }
);

/**
 * What a mail on record is taken as, besides `report`, `automatic` and `answer`:
 * - `unattributed`: nobody can tell what it is about yet. It waits for an officer, and blocks nothing.
 * - `dismissed`: an officer has found it to be of no concern, or it is our own.
 * - `repeated`: the same mail had come before, by another address.
 */
export const TAKEN_AS = ['report', 'automatic', 'answer', 'unattributed', 'dismissed', 'repeated'] as const;
export type TakenAs = (typeof TAKEN_AS)[number];

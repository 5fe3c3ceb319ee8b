import type { AnswerContent } from './answer.ts';
import type { RecipientReport } from './delivery-report.ts';

/** A mail as it came in over SMTP. */
export interface InboundMail {
  /** Byte for byte. */
  readonly raw: Buffer;
  /** The recipient in the envelope. */
  readonly sentTo: string;
  /** The sender in the envelope; empty for the null sender. */
  readonly envelopeFrom: string;
  readonly remoteAddress: string;
  readonly receivedAt: Temporal.Instant;
}

/** What a mail that came in was taken for, and what it was recognised by. */
export type InboundVerdict = { readonly knownBy: string } & (
  | { readonly takenAs: 'report'; readonly reports: readonly RecipientReport[] }
  | { readonly takenAs: 'automatic' }
  | { readonly takenAs: 'answer'; readonly answer: AnswerContent }
);

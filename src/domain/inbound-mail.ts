import type { AnswerContent } from './answer.ts';
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

/** How a received mail was classified (`takenAs`), and the sign that it was recognised by. */
export type InboundVerdict = { readonly knownBy: string } & (
  | { readonly takenAs: 'report'; readonly reports: readonly RecipientReport[] }
  | { readonly takenAs: 'automatic'; readonly answer: AnswerContent }
  | { readonly takenAs: 'answer'; readonly answer: AnswerContent }
);

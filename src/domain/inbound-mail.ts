import type { AnswerContent } from './answer.ts';
import type { RecipientReport } from './delivery-report.ts';

/** What a mail that came in was taken for, and by what it was known. */
export type InboundVerdict = { readonly knownBy: string } & (
  | { readonly takenAs: 'report'; readonly reports: readonly RecipientReport[] }
  | { readonly takenAs: 'automatic' }
  | { readonly takenAs: 'answer'; readonly answer: AnswerContent }
);

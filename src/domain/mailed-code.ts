import type { MessageKind } from './message.ts';

/** A code can be used for so many minutes after it was asked for, by the kind of the message that carries it (D31, D42). */
export const CODE_MINUTES = { 'withdrawal-code': 15, 'approval-code': 60 } as const satisfies Partial<
  Record<MessageKind, number>
>;
/** The kinds of messages that carry a code. */
export type CodeKind = keyof typeof CODE_MINUTES;

/** Whether messages of this kind carry a code. */
export function carriesCode(kind: MessageKind): kind is CodeKind {
  return kind in CODE_MINUTES;
}

/** So many wrong tries end a code. */
export const MAX_WRONG_TRIES = 5;
/** So many codes are mailed to one contact about one thing within an hour. */
export const MAX_CODES_PER_HOUR = 5;

/** What somebody is about to approve, as it was typed and shown (D42). */
export interface PreparedApproval {
  /** Of what is approved: that of its change. */
  readonly contentHash: string;
  readonly name: string;
  readonly role: string;
  /** The statement in full, as its contact read it. */
  readonly statement: string;
  /** Of what the page stated around it, in hexadecimal; left out where a program asked. */
  readonly statedSha256?: string | undefined;
}

/** A code that was mailed to a contact. */
export interface MailedCode {
  /** The message that carries it. */
  readonly messageId: string;
  readonly expiresAt: Temporal.Instant;
  readonly wrongTries: number;
  readonly usedAt: Temporal.Instant | null;
  /** What it approves; `null` of a code that withdraws. */
  readonly approving: PreparedApproval | null;
}

/** Whether the code can still be typed at `now`. */
export function isUsable({ expiresAt, wrongTries, usedAt }: MailedCode, now: Temporal.Instant): boolean {
  return usedAt === null && wrongTries < MAX_WRONG_TRIES && Temporal.Instant.compare(now, expiresAt) < 0;
}

import { countCodes, countWrongTry, insertCode, latestCode, markUsed, type CodePurpose } from '../db/mailed-codes.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import {
  CODE_MINUTES,
  isUsable,
  MAX_CODES_PER_HOUR,
  MAX_WRONG_TRIES,
  type MailedCode,
  type PreparedApproval,
} from '../domain/mailed-code.ts';
import { notFound, Refused } from '../domain/refused.ts';

/** Where a code was mailed to, and until when it can be used. */
export interface SentCode {
  readonly sentTo: string;
  readonly expiresAt: Temporal.Instant;
}

/**
 * Mails a code to a contact's own address, as it is stored now (D31, D42). Refuses with `not-found` where the address is no
 * contact's, and `code-limit`. The caller holds the change's lock.
 */
export async function mailCode(
  tx: Transaction,
  purpose: CodePurpose,
  approving: PreparedApproval | null,
  by: Author,
): Promise<SentCode> {
  if ((await countCodes(tx, purpose, by.at.subtract({ hours: 1 }))) >= MAX_CODES_PER_HOUR) {
    const detail = `${MAX_CODES_PER_HOUR} codes were mailed to ${purpose.email} within an hour. Use the latest one, or ask again later.`;
    throw new Refused('code-limit', detail);
  }
  const expiresAt = by.at.add({ minutes: CODE_MINUTES[purpose.kind] });
  const sentTo = await insertCode(tx, purpose, { approving, expiresAt }, by);
  if (sentTo === null) throw notFound(`contact ${purpose.email}`);
  return { sentTo, expiresAt };
}

/** A typed code that is wrong. `triesLeft` is 0 where no code can be used (any more): a new one has to be asked for. */
export interface WrongCode {
  readonly isRight: false;
  readonly triesLeft: number;
}

/**
 * Uses the latest code that was mailed to a contact for this. `isCodeOf` says whether the typed code is that of a message. A wrong
 * try is counted: the caller commits in both cases. The caller holds the change's lock.
 */
export async function tryCode(
  tx: Transaction,
  purpose: CodePurpose,
  isCodeOf: (messageId: string) => boolean,
  now: Temporal.Instant,
): Promise<{ readonly isRight: true; readonly code: MailedCode } | WrongCode> {
  const code = await latestCode(tx, purpose);
  if (code === null || !isUsable(code, now)) return { isRight: false, triesLeft: 0 };
  if (!isCodeOf(code.messageId)) {
    await countWrongTry(tx, code);
    return { isRight: false, triesLeft: MAX_WRONG_TRIES - code.wrongTries - 1 };
  }
  await markUsed(tx, code, now);
  return { isRight: true, code };
}

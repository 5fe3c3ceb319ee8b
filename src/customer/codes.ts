import type { SentCode } from '../commands/mail-code.ts';
import { latestCode, type CodePurpose } from '../db/mailed-codes.ts';
import { instantText } from '../domain/instant.ts';
import { isUsable, type MailedCode } from '../domain/mailed-code.ts';
import { Refused } from '../domain/refused.ts';
import type { PageDependencies } from './customer-link.ts';

/** The code that was mailed for this and can still be typed; `null` where there is none. */
export async function usableCode(
  { pool, clock }: Pick<PageDependencies, 'pool' | 'clock'>,
  purpose: CodePurpose,
): Promise<MailedCode | null> {
  const code = await latestCode(pool, purpose);
  return code !== null && isUsable(code, clock()) ? code : null;
}

/** Where a code was mailed to, and until when it can be used, for a program. */
export function viewOfSentCode({ sentTo, expiresAt }: SentCode) {
  return { codeSentTo: sentTo, expiresAt: instantText(expiresAt) };
}

/** The refusal of a wrong code for a program. `triesLeft` is `null` where nothing was tried. */
export function wrongCode(triesLeft: number | null): Refused {
  const what =
    triesLeft === null
      ? 'Expected the code that was mailed, found an empty one.'
      : triesLeft > 0
        ? `The code is wrong; it can be tried ${triesLeft} more times.`
        : 'No code can be used (any more): have a new one mailed, by a POST without a code.';
  return new Refused('code-wrong', what);
}

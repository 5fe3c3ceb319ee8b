import type { Marks } from '../inbound/attribution.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import type { MailedCodes } from '../security/mailed-codes.ts';
import type { SignInSecrets } from '../security/sign-in-links.ts';

/** What stands in our mails that is derived from the secret of the application. */
export function mailMarksOf(
  { links, tags, references }: Marks,
  codes: MailedCodes,
  signInSecretOf: SignInSecrets,
): MailMarks {
  return {
    tokenOf: (messageId) => links.tokenOf(messageId),
    tagOf: (messageId) => tags.tagOf(messageId),
    codeOf: (messageId) => codes.codeOf(messageId),
    referenceOf: (windowNumber) => references.of(windowNumber),
    signInSecretOf,
  };
}

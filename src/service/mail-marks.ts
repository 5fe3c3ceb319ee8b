import type { Marks } from '../inbound/attribution.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import type { MailedCodes } from '../security/mailed-codes.ts';

/** What stands in our mails that is derived from the secret of the application. */
export function mailMarksOf({ links, tags, references }: Marks, codes: MailedCodes): MailMarks {
  return {
    tokenOf: (messageId) => links.tokenOf(messageId),
    tagOf: (messageId) => tags.tagOf(messageId),
    codeOf: (messageId) => codes.codeOf(messageId),
    referenceOf: (windowNumber) => references.of(windowNumber),
  };
}

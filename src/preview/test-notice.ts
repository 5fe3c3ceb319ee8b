import type { TestNotice } from '../commands/begin-test-notice.ts';
import type { TestReader } from '../db/test-notices.ts';
import { mailDomainOf } from '../domain/email-address.ts';
import { refusedAt } from '../domain/refused.ts';
import type { Language } from '../domain/text.ts';
import type { SendResult } from '../mail/classify.ts';
import type { MessageFacts } from '../mail/message-view.ts';
import type { Mailbox } from '../mail/sender.ts';
import { sampleMail } from './sample-mails.ts';

/** What sends test notices: to whom it may, and how. */
export interface TestSending {
  /** The domains that they may go to (`TEST_MAIL_DOMAINS`), as DNS has them; `null` for any. */
  readonly domains: readonly string[] | null;
  /** Composes one test mail, and hands it over. Returns its subject, and what the mail server said. */
  readonly send: (
    mail: { readonly messageId: string; readonly to: Mailbox },
    facts: MessageFacts,
  ) => Promise<SendResult & { readonly subject: string }>;
}

/** Refuses an address outside the configured domains with `test-address-not-allowed`, which says how to allow it. */
export function refuseTestAddress({ email }: TestReader, { domains }: TestSending): void {
  const domain = mailDomainOf(email);
  if (domains === null || domains.includes(domain)) return;
  const detail =
    domains.length === 0
      ? `Test notices are sent nowhere until TEST_MAIL_DOMAINS is set: TEST_MAIL_DOMAINS=${domain} allows this address.`
      : `${domain} is not among the domains that test notices are sent to (TEST_MAIL_DOMAINS): ${domains.join(', ')}.`;
  throw refusedAt('to.email', 'test-address-not-allowed', detail);
}

/** Sends a test notice to its one reader. Returns its subject, and what the mail server said. */
export async function sendTestNotice(
  { id, content }: TestNotice,
  to: TestReader,
  { send, link, now }: Pick<TestSending, 'send'> & { link: (language: Language) => string; now: Temporal.Instant },
): Promise<SendResult & { readonly subject: string }> {
  const facts = sampleMail({ content, link, now }, 'notice', to.language);
  return send({ messageId: id, to: { name: to.name, address: to.email } }, facts);
}

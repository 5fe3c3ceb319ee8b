import type { Config } from '../config/config.ts';
import type { SendResult } from '../mail/classify.ts';
import type { MessageFacts } from '../mail/message-view.ts';
import { signed, type Mailbox } from '../mail/sender.ts';
import { composeTestMail } from '../mail/test-mail.ts';
import { createMailTransport, type MailSettings, type OutgoingMail } from '../mail/transport.ts';
import type { Parts } from './embedded-parts.ts';
import type { Shared } from './shared-parts.ts';

/** How the configured mail server is reached. */
export function mailSettingsOf(config: Config, smtpUrl: string): Omit<MailSettings, 'connections'> {
  return { smtpUrl, requireTls: config.smtpRequireTls, allowClearAuth: config.smtpAllowClearAuth };
}

/** Makes the function that sends a test mail at once, and tells its subject and what the mail server said. */
export function testMailSender(
  started: Pick<Shared & Parts, 'config' | 'sender' | 'smtpUrl'>,
): (
  about: { readonly messageId: string; readonly to: Mailbox },
  facts: MessageFacts,
) => Promise<SendResult & { readonly subject: string }> {
  const { sender } = started;
  const send = sendOnce(started);
  return async (about, facts) => {
    const { subject, mail } = composeTestMail(sender, about, facts);
    const { content } = await signed(sender, mail);
    const { messageId, to } = about;
    const result = await send({ messageId, to: to.address, returnPath: sender.address, content });
    return { ...result, subject };
  };
}

/**
 * Makes the function that hands over a single mail at once, on a connection of its own: a process that sends no notices can,
 * too. It never rejects.
 */
function sendOnce({
  config,
  smtpUrl,
}: Pick<Shared & Parts, 'config' | 'smtpUrl'>): (mail: OutgoingMail) => Promise<SendResult> {
  return async (mail) => {
    if (smtpUrl === null) {
      return {
        outcome: 'deferred',
        responseCode: null,
        response: 'This process has no mail server: set SMTP_URL.',
        tls: null,
      };
    }
    const transport = createMailTransport({ ...mailSettingsOf(config, smtpUrl), connections: 1 });
    try {
      return await transport.send(mail);
    } finally {
      await transport.close();
    }
  };
}

import type { Config } from '../config/config.ts';
import type { DkimSigner } from '../mail/dkim.ts';
import { createMailTransport, type MailSettings, type OutgoingMail } from '../mail/transport.ts';
import type { SendResult } from '../mail/classify.ts';
import type { Parts } from './embedded-parts.ts';
import type { Shared } from './shared-parts.ts';

/** How the configured mail server is reached, and who mails are from. */
export function mailSettingsOf(
  config: Config,
  dkim: DkimSigner | null,
  smtpUrl: string,
): Omit<MailSettings, 'connections'> {
  return {
    smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    requireTls: config.smtpRequireTls,
    allowClearAuth: config.smtpAllowClearAuth,
    dkim,
  };
}

/**
 * Makes the function that hands over a single mail at once, on a connection of its own: a process that sends no notices can,
 * too. It never rejects.
 */
export function sendOnce({
  config,
  dkim,
  smtpUrl,
}: Pick<Shared & Parts, 'config' | 'dkim' | 'smtpUrl'>): (mail: OutgoingMail) => Promise<SendResult> {
  return async (mail) => {
    if (smtpUrl === null) {
      return {
        outcome: 'deferred',
        responseCode: null,
        response: 'This process has no mail server: set SMTP_URL.',
        tls: null,
      };
    }
    const transport = createMailTransport({ ...mailSettingsOf(config, dkim, smtpUrl), connections: 1 });
    try {
      return await transport.send(mail);
    } finally {
      await transport.close();
    }
  };
}

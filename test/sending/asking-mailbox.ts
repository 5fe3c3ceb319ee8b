import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** An SMTP server that asks, before it answers to a message, what is to happen meanwhile. */
export interface AskingMailbox {
  readonly smtpUrl: string;
  /** What was taken, in the order in which it was answered. */
  readonly taken: { readonly to: string; readonly messageId: string }[];
  close(): Promise<void>;
}

/**
 * Takes each message once `meanwhile` is done; what `meanwhile` throws is its answer, by `responseCode`. The sender waits all
 * that time with the message in flight.
 */
export async function startAskingMailbox(
  meanwhile: (to: string, messageId: string) => Promise<void> | void = () => undefined,
): Promise<AskingMailbox> {
  const taken: { to: string; messageId: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, callback) {
      const take = async () => {
        let content = '';
        for await (const chunk of stream) content += String(chunk);
        const to = session.envelope.rcptTo.map(({ address }) => address).join();
        const messageId = /^Message-ID: <(.*)@/im.exec(content)?.[1] ?? '';
        await meanwhile(to, messageId);
        taken.push({ to, messageId });
      };
      take().then(() => callback(), callback);
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    smtpUrl: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What an SMTP server answers with in place of taking a message. */
export function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

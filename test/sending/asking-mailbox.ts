import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** An SMTP server that lets a test do something before it responds to a message. */
export interface AskingMailbox {
  readonly smtpUrl: string;
  /** The messages it took, in the order of its responses. `head` is their header. */
  readonly taken: { readonly to: string; readonly messageId: string; readonly head: string }[];
  close(): Promise<void>;
}

/**
 * Takes each message when `meanwhile` is done. If that throws, the error is its response, by `responseCode`. The sender waits
 * all that time with the message in flight.
 */
export async function startAskingMailbox(
  meanwhile: (to: string, messageId: string) => Promise<void> | void = () => undefined,
): Promise<AskingMailbox> {
  const taken: { to: string; messageId: string; head: string }[] = [];
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
        taken.push({ to, messageId, head: content.slice(0, content.indexOf('\r\n\r\n') + 4) });
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

/** The response of an SMTP server that does not take a message. */
export function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

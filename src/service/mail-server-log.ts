import type { FastifyBaseLogger } from 'fastify';
import { responseLine } from '../mail/classify.ts';
import type { MailTransport } from '../mail/transport.ts';

/**
 * Logs what the mail server offers, once: encryption, the largest message, pipelining. The start does not wait for it, and
 * goes on without a mail server: the sending tries again by itself. Nothing of the URL is logged, which holds a password.
 */
export async function logMailServer(transport: MailTransport, log: FastifyBaseLogger): Promise<void> {
  try {
    log.info({ mailServer: await transport.lookAtServer() }, 'the mail server can be reached');
  } catch (error) {
    const fault = responseLine(error instanceof Error ? error.message : String(error));
    log.error({ fault }, 'the mail server cannot be used; mail waits until it can');
  }
}

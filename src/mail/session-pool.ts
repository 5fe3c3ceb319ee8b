import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { semaphore } from '../concurrency/semaphore.ts';
import { openSession, type Handover, type SmtpEnvelope, type SmtpSession } from './smtp-session.ts';

/** SMTP sessions that are kept open for the next message. */
export interface SessionPool {
  /** Hands one message over, when a connection is free. Rejects where no session can be opened. */
  handOver(envelope: SmtpEnvelope, content: string): Promise<{ session: SmtpSession; handover: Handover }>;
  /** Closes the idle sessions. */
  close(): void;
}

/** Opens at most `connections` sessions at a time, none before the first message. */
export function sessionPool(options: SMTPConnectionOptions, connections: number): SessionPool {
  const idle: SmtpSession[] = [];
  const limited = semaphore(connections);

  /** Sends on an idle connection, and again on another where the server had closed that one unnoticed. */
  async function handOver(envelope: SmtpEnvelope, content: string) {
    for (;;) {
      const session = idle.pop() ?? (await openSession(options));
      if (!session.isOpen) continue;
      const { isUsed } = session;
      const handover = await session.send(envelope, content);
      if (session.isOpen) idle.push(session);
      if (isUsed && wasClosedUnnoticed(handover)) {
        // The other idle connections are as old.
        for (const other of idle.splice(0)) other.close();
        continue;
      }
      return { session, handover };
    }
  }

  return {
    handOver: (envelope, content) => limited(() => handOver(envelope, content)),
    close() {
      for (const session of idle.splice(0)) session.close();
    },
  };
}

/** Whether the connection was gone before the message came: no content was sent and no response came. */
function wasClosedUnnoticed({ error, contentSent }: Handover): boolean {
  const { code, command, responseCode } = (error ?? {}) as { code?: string; command?: string; responseCode?: number };
  return !contentSent && !responseCode && (code === 'ECONNECTION' || code === 'ESOCKET') && command !== undefined;
}

import { semaphore } from '../concurrency/semaphore.ts';
import { CLOSING } from './classify.ts';
import { refusesConnection, type ConnectionLimit } from './connection-limit.ts';
import type { SmtpOptions } from './smtp-options.ts';
import { openSession, type Handover, type SmtpEnvelope, type SmtpSession } from './smtp-session.ts';

/** SMTP sessions that are kept open for the next message. */
export interface SessionPool {
  /** Hands one message over, when a connection is free. Rejects where no session can be opened. */
  handOver(envelope: SmtpEnvelope, content: string): Promise<HandedOver>;
  /** Opens a session, looks at it, and closes it. Rejects where none can be opened. */
  look<Seen>(at: (session: SmtpSession) => Seen): Promise<Seen>;
  /** Closes the idle sessions. */
  close(): void;
}

interface HandedOver {
  readonly session: SmtpSession;
  readonly handover: Handover;
}

/** Opens at most as many sessions at a time as `limit` says, none before the first message. */
export function sessionPool(options: SmtpOptions, limit: ConnectionLimit): SessionPool {
  const idle: SmtpSession[] = [];
  const inUse = new Set<SmtpSession>();
  const limited = semaphore(() => limit.now);
  const othersAreOpen = () => inUse.size + idle.length > 0;

  /** Tries until the server has said what it thinks of the message, and not of the connection. */
  async function handOver(envelope: SmtpEnvelope, content: string): Promise<HandedOver> {
    for (;;) {
      const handedOver = await limited(() => tryOnce(envelope, content));
      if (handedOver !== null) return handedOver;
    }
  }

  /** `null` where the connection was refused or gone, and the message was not taken: another may take it. */
  async function tryOnce(envelope: SmtpEnvelope, content: string): Promise<HandedOver | null> {
    const { round } = limit;
    const session = await openedInRound(round);
    if (session === null) return null;
    const { isUsed } = session;
    const handover = await session.send(envelope, content).finally(() => inUse.delete(session));
    if (handover.error === null) limit.noteTaken();
    else if (isUsed && wasClosedMeanwhile(handover)) {
      if (!isClosing(handover)) closeIdle();
      session.close();
      return null;
    } else if (limit.now > 1 && refusesConnection(handover.error, othersAreOpen())) {
      session.close();
      limit.lower(round);
      return null;
    }
    if (session.isOpen && inUse.size + idle.length < limit.now) idle.push(session);
    else session.close();
    return { session, handover };
  }

  /** An idle session, or a new one, as in use; `null` where the server refuses another connection. */
  async function openedInRound(round: number): Promise<SmtpSession | null> {
    try {
      const session = idleSession() ?? (await openSession(options));
      inUse.add(session);
      return session;
    } catch (error) {
      if (limit.now === 1 || !refusesConnection(error, othersAreOpen())) throw error;
      limit.lower(round);
      return null;
    }
  }

  function idleSession(): SmtpSession | undefined {
    for (let session = idle.pop(); session; session = idle.pop()) if (session.isOpen) return session;
    return undefined;
  }

  function closeIdle(): void {
    for (const session of idle.splice(0)) session.close();
  }

  return {
    handOver,
    look: (at) =>
      limited(async () => {
        const session = await openSession(options);
        session.close();
        return at(session);
      }),
    close: closeIdle,
  };
}

/**
 * Whether the connection was gone before the message came, or the server closes it now, as it does after a while or after so
 * many messages. Where it was gone unnoticed, the other idle connections are as old.
 */
function wasClosedMeanwhile(handover: Handover): boolean {
  return !handover.contentSent && (isClosing(handover) || wasClosedUnnoticed(handover));
}

function isClosing({ error }: Handover): boolean {
  return (error as { responseCode?: unknown } | null)?.responseCode === CLOSING;
}

/** Whether no content was sent and no response came. */
function wasClosedUnnoticed({ error }: Handover): boolean {
  const { code, command, responseCode } = (error ?? {}) as { code?: string; command?: string; responseCode?: number };
  return !responseCode && (code === 'ECONNECTION' || code === 'ESOCKET') && command !== undefined;
}

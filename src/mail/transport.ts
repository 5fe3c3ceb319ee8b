import { envelopeAddressOf, isAsciiMailAddress, isMailAddress } from '../domain/email-address.ts';
import { classifyMailError, responseLine, type SendResult } from './classify.ts';
import { connectionLimit } from './connection-limit.ts';
import { sessionPool } from './session-pool.ts';
import { smtpOptions, type ConnectionSettings } from './smtp-options.ts';
import type { Handover, SmtpOffers } from './smtp-session.ts';

export interface MailSettings extends ConnectionSettings {
  /** The most connections that are open at a time; fewer where the mail server allows fewer. */
  readonly connections: number;
}

/** A finished mail and its envelope. */
export interface OutgoingMail {
  /** The id of the message's row, which a server that offers DSN is told. */
  readonly messageId: string;
  /** The address as it is stored. */
  readonly to: string;
  /** The envelope's sender, which bounces go to. */
  readonly returnPath: string;
  /** The whole message, from its first field on, as it goes out. */
  readonly content: string;
}

/** What a mail server offers, and how the connection to it is encrypted: protocol and cipher, or `null`. */
export interface MailServer extends SmtpOffers {
  readonly tls: string | null;
}

export interface MailTransport {
  /** Hands one message over to the mail server. Never rejects: every error is an outcome. */
  send(mail: OutgoingMail): Promise<SendResult>;
  /** How many connections the mail server allows, as far as is known: how many messages are worth handing over at a time. */
  connections(): number;
  /** Connects and logs in, and sends nothing. Rejects where that fails. */
  lookAtServer(): Promise<MailServer>;
  /** Takes no further message. Resolves when every message taken has its outcome and the connections are closed. */
  close(): Promise<void>;
}

const CLOSED = 'The mail transport is closed.';

/** Opens no connection until the first message. */
export function createMailTransport(settings: MailSettings): MailTransport {
  const limit = connectionLimit(settings.connections);
  const sessions = sessionPool(smtpOptions(settings), limit);
  const inFlight = new Set<Promise<unknown>>();
  let closed = false;

  async function handOver({ messageId, to, returnPath, content }: OutgoingMail): Promise<SendResult> {
    if (!isMailAddress(to)) return refused(to);
    if (!isAsciiMailAddress(returnPath)) return refused(returnPath);
    const address = envelopeAddressOf(to);
    const envelope = { from: returnPath, to: address, id: messageId };
    try {
      const { session, handover } = await sessions.handOver(envelope, content);
      return resultOf(handover, address, session.tls);
    } catch (error) {
      return { ...classifyMailError(error, false), tls: null };
    }
  }

  async function tracked<Result>(work: Promise<Result>): Promise<Result> {
    inFlight.add(work);
    try {
      return await work;
    } finally {
      inFlight.delete(work);
    }
  }

  return {
    async send(mail) {
      if (closed) return { outcome: 'deferred', responseCode: null, response: CLOSED, tls: null };
      return tracked(handOver(mail));
    },
    connections: () => limit.now,
    async lookAtServer() {
      if (closed) throw new Error(CLOSED);
      return tracked(sessions.look(({ tls, offers }) => ({ tls, ...offers })));
    },
    async close() {
      closed = true;
      await Promise.allSettled(inFlight);
      sessions.close();
    },
  };
}

function resultOf({ response, recipients, error, contentSent }: Handover, address: string, tls: string | null) {
  if (response === null) return { ...classifyMailError(error, contentSent), tls };
  // The record says "accepted" only where the message went to exactly the stored address, as an envelope has it.
  if (recipients.length !== 1 || recipients[0] !== address) {
    return { ...notSent(`Sent to ${JSON.stringify(recipients)} instead.`), tls };
  }
  return {
    outcome: 'accepted' as const,
    responseCode: Number.parseInt(response, 10) || null,
    response: responseLine(response),
    tls,
  };
}

function refused(address: string): SendResult {
  return notSent(`Not a usable e-mail address: ${JSON.stringify(address)}`);
}

function notSent(response: string): SendResult {
  return { outcome: 'failed', responseCode: null, response, tls: null };
}

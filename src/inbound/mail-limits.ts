import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { Recipient } from './addresses.ts';
import type { Client } from './clients.ts';
import { mailsPerHour, type MailsPerHour } from './mails-per-hour.ts';
import { SmtpRefusal } from './smtp-refusal.ts';

/** How many mails are taken within an hour. */
export interface HourlyLimits {
  /** For one message, whoever sends them: two programs that reply to each other end here. */
  readonly maxPerMessage: number;
  /** Without a tag, from one client. */
  readonly maxUntaggedPerClient: number;
  /** Without a tag, from all clients together. */
  readonly maxUntagged: number;
}

export interface MailLimits {
  /** Throws an `SmtpRefusal`, 450, where a mail to these recipients would be one too many. Counts nothing. */
  check(recipients: readonly Recipient[], client: Client): void;
  /** Runs `take` for a mail that has arrived whole, or throws as `check` does. Only a mail that was taken stays counted. */
  counted<Result>(recipients: readonly Recipient[], client: Client, take: () => Promise<Result>): Promise<Result>;
}

/**
 * Limits mails by what is really sent, not by what is announced at RCPT, where nobody has sent anything yet. A mail with the
 * tag of a message counts for the message alone, whatever else it is addressed to. Untagged mails of trusted clients are not
 * counted. The log says when a message, a client or all of them have had their mails of an hour.
 */
export function mailLimits(limits: HourlyLimits, clock: Clock, log: Log): MailLimits {
  const perMessage = mailsPerHour(limits.maxPerMessage, clock);
  const untaggedPerClient = mailsPerHour(limits.maxUntaggedPerClient, clock);
  const untagged = mailsPerHour(limits.maxUntagged, clock);

  const countersOf = (recipients: readonly Recipient[], client: Client): [MailsPerHour, string][] => {
    const messages = new Set(recipients.flatMap((each) => (each.kind === 'message' ? [each.messageId] : [])));
    if (messages.size > 0) return [...messages].map((id) => [perMessage, id]);
    if (client.isTrusted) return [];
    return [
      [untaggedPerClient, client.key],
      [untagged, 'all'],
    ];
  };
  const check = (counters: readonly [MailsPerHour, string][]) => {
    if (counters.some(([counter, key]) => counter.isFull(key))) {
      throw new SmtpRefusal(450, '4.7.1 Too many mails within an hour, try again later');
    }
  };
  return {
    check: (recipients, client) => check(countersOf(recipients, client)),
    async counted(recipients, client, take) {
      const counters = countersOf(recipients, client);
      check(counters);
      // Counted before the mail is recorded, so that mails that arrive together are not too many together.
      for (const [counter, key] of counters) counter.count(key);
      try {
        const taken = await take();
        const full = counters.filter(([counter, key]) => counter.isFull(key)).map(([, key]) => key);
        if (full.length > 0) log.warn({ full, client: client.key }, 'no more mails are taken for an hour');
        return taken;
      } catch (error) {
        for (const [counter, key] of counters) counter.uncount(key);
        throw error;
      }
    },
  };
}

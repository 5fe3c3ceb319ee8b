import type pg from 'pg';
import { createPlanKeepingPool } from '../db/plan-keeping-pool.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import type { Sender } from '../mail/sender.ts';
import type { MailTransport } from '../mail/transport.ts';
import type { Breaker } from './breaker.ts';
import type { SendingMetrics } from './metrics.ts';
import type { SendingWatch } from './sending-watch.ts';

/** What the sending works with. */
export interface Sending extends MailMarks {
  /** Of `createSendingPool`. */
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly transport: MailTransport;
  /** How many messages are handed over at the same time. */
  readonly concurrency: number;
  /** Who our mails are from. */
  readonly sender: Sender;
  /** What the link in a message is before its token. */
  readonly linkBase: string;
  /** The return path and the reply address of a message; left out where no mail is received. */
  readonly returnTo?: ((messageId: string) => { returnPath: string; replyTo: string }) | undefined;
  /** Takes out of a mail server's response what is secret in our mails: a refusal repeats the address that it refuses. */
  readonly withoutSecrets: (text: string) => string;
  readonly log: Log;
  /**
   * How long a claimed message belongs to this process without being renewed; `LEASE` unless given. An attempt begins within half
   * of it from the claim, and is renewed for as long as it takes. Where the process dies, it is recorded as unknown, and the
   * message is sent again.
   */
  readonly lease?: Temporal.DurationLike;
  /** Messages a second at most, by all processes of the installation together: 0.2 is one in five. No limit unless given. */
  readonly maxPerSecond?: number | null;
  /** Its own unless given. */
  readonly breaker?: Breaker;
  /** Is told how the sending goes. */
  readonly watch?: Pick<SendingWatch, 'worked' | 'failed'>;
  readonly metrics?: SendingMetrics;
}

/** The database connections of the sending, which keep plans: it repeats few statements thousands of times. */
export function createSendingPool(databaseUrl: string, log: Log, keepsConnections?: boolean): pg.Pool {
  const lost = (error: Error) => log.warn({ err: error }, 'an idle database connection of the sending was lost');
  return createPlanKeepingPool(databaseUrl, lost, keepsConnections);
}

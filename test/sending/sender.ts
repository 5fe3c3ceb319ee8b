import type pg from 'pg';
import type { Clock } from '../../src/domain/clock.ts';
import { messageSender } from '../../src/sending/send-messages.ts';
import { createSendingPool, type Sending } from '../../src/sending/sending.ts';
import { createMailTransport } from '../../src/mail/transport.ts';

export interface TestSender {
  readonly sending: Sending;
  /** Runs the job once, until nothing is due. */
  run(signal?: AbortSignal): Promise<void>;
  /** What was logged, each line with its details. */
  readonly logged: { readonly message: string; readonly details: object }[];
  close(): Promise<void>;
}

/** A sending process of the tests: the job, with a transport to this mail server. */
export function startSender(options: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly smtpUrl: string;
  readonly concurrency?: number;
  readonly linkOf?: (messageId: string) => string;
}): TestSender {
  const { pool, clock, smtpUrl, concurrency = 5 } = options;
  const logged: { message: string; details: object }[] = [];
  const log = (details: object, message: string) => void logged.push({ message, details });
  const transport = createMailTransport({
    smtpUrl,
    from: 'Telenor A/S <varsel@telenor.example>',
    replyTo: 'indsigelse@telenor.example',
    connections: concurrency,
  });
  const linkOf = options.linkOf ?? ((messageId) => `http://localhost/objections/${messageId}`);
  const referenceOf = (windowNumber: string) => `VS-${windowNumber}`;
  const sending: Sending = { pool, clock, transport, concurrency, linkOf, referenceOf, log: { warn: log, error: log } };
  // As `startJobs` does.
  const sendingPool = createSendingPool(String(pool.options.connectionString), sending.log);
  const send = messageSender({ ...sending, pool: sendingPool });
  return {
    sending,
    logged,
    run: (signal = new AbortController().signal) => send(signal),
    async close() {
      await transport.close();
      await sendingPool.end();
    },
  };
}

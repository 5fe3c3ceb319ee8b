import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import supertest from 'supertest';
import { buildApp } from '../../src/app.ts';
import { createApiKey } from '../../src/commands/api-keys.ts';
import { loadRegister } from '../../src/commands/load-register.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import type { Role } from '../../src/db/api-keys.ts';
import { createPlanKeepingPool, inTransaction } from '../../src/db/postgres.ts';
import { TRUETALK_REGISTER, trueTalk } from '../../src/examples/truetalk.ts';
import { fanOut } from '../../src/jobs/fan-out.ts';
import { inboundAddresses } from '../../src/inbound/addresses.ts';
import { startListener, type InboundSettings, type Listener } from '../../src/inbound/listener.ts';
import { followWindows } from '../../src/jobs/follow-windows.ts';
import { webhookDeliverer, type WebhookDeliverer } from '../../src/delivering/deliver-webhooks.ts';
import { followWebhooks } from '../../src/delivering/follow-webhooks.ts';
import { messageSender } from '../../src/sending/send-messages.ts';
import { sendOperatorMails } from '../../src/sending/send-operator-mails.ts';
import { createMailTransport, type MailTransport } from '../../src/mail/transport.ts';
import { hashApiKey } from '../../src/security/api-keys.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { objectionLinks, type ObjectionLinks } from '../../src/security/objection-links.ts';
import type { TargetPolicy } from '../../src/webhooks/target.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { startMailbox, type TestMailbox } from './mailbox.ts';
import { APP_SECRET, webhooksUnderTest } from './webhooks.ts';

const KEYS: Readonly<Record<Role, string>> = {
  reader: 'reader-key-of-the-tests',
  officer: 'officer-key-of-the-tests',
  admin: 'admin-key-of-the-tests',
};

/** What addresses end in that mail comes back to, where a test receives it. */
export const INBOUND_DOMAIN = 'svar.telenor.example';

/** Request functions that carry an API key. */
export type Api = ReturnType<typeof supertest.agent>;

/** Varsel over real HTTP, PostgreSQL and SMTP, with TrueTalk and its register. Only the clock is the test's. */
export interface TestVarsel {
  readonly url: string;
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  readonly mailbox: TestMailbox;
  readonly links: ObjectionLinks;
  /** How long activations have waited for objections of the last moment, in milliseconds: they do not wait here. */
  readonly waits: readonly number[];
  /** The port that mail comes back to; 0 where none is received. */
  readonly inboundPort: number;
  api(role?: Role): Api;
  /** Requests without a key: what customers send. */
  customer(): ReturnType<typeof supertest>;
  /** Sends and delivers all that is due and tells what follows: what the jobs do. */
  deliver(): Promise<void>;
  /** Closes everything but the database and the mailbox, and starts anew on them. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startVarsel(
  start = '2026-03-02T09:00:00Z',
  inbound: Partial<InboundSettings> | null = null,
  targets: Partial<TargetPolicy> = {},
): Promise<TestVarsel> {
  const clock = movableClock(start);
  const database = await createDatabase();
  const mailbox = await startMailbox();
  const links = objectionLinks(APP_SECRET);
  const webhooks = webhooksUnderTest(targets);
  await inTransaction(database.pool, async (tx) => {
    const by = { at: clock.now(), actor: 'test' };
    await saveProduct(tx, trueTalk('indsigelse@telenor.example'), by);
    await loadRegister(tx, 'truetalk', TRUETALK_REGISTER, by);
    for (const role of ['reader', 'officer', 'admin'] as const) {
      await createApiKey(tx, { name: `Test ${role}`, role, hash: hashApiKey(KEYS[role]), expiresAt: null }, by);
    }
  });
  const addresses = inbound && inboundAddresses(INBOUND_DOMAIN, inboundTags(APP_SECRET));
  let listener: Listener | null = null;
  let app: FastifyInstance;
  let transport: MailTransport;
  let url: string;
  let send: (signal: AbortSignal) => Promise<void>;
  let deliverer: WebhookDeliverer;
  let sendingPool: pg.Pool;
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const up = async () => {
    app = await buildApp({ databaseUrl: database.url, clock: clock.now, links, webhooks, logLevel: 'silent', sleep });
    url = await app.listen({ host: '127.0.0.1', port: 0 });
    transport = createMailTransport({
      smtpUrl: mailbox.smtpUrl,
      from: 'Telenor A/S <varsel@telenor.example>',
      replyTo: 'indsigelse@telenor.example',
      connections: 5,
    });
    const linkOf = (messageId: string) => `${url}/objections/${links.tokenOf(messageId)}`;
    const { pool } = app.pg;
    const { log } = app;
    const returnTo = addresses?.of;
    sendingPool = createPlanKeepingPool(database.url, (error) => log.warn({ err: error }, 'lost'));
    send = messageSender({ pool: sendingPool, clock: clock.now, transport, concurrency: 5, linkOf, returnTo, log });
    deliverer = webhookDeliverer({ pool, clock: clock.now, log, ...webhooks });
    if (addresses === null) return;
    const addressOfAnswer = (id: string) => `${url}/v1/answers/${id}`;
    listener = await startListener(
      {
        host: '127.0.0.1',
        port: 0,
        maxBytes: 26_214_400,
        maxConnections: 50,
        maxPerMessage: 60,
        tls: null,
        ...inbound,
      },
      { pool, clock: clock.now, addresses, addressOfAnswer, log },
    );
  };
  const down = async () => {
    await listener?.stop();
    await deliverer.stop();
    await transport.close();
    await sendingPool.end();
    await app.close();
  };
  await up();
  return {
    get url() {
      return url;
    },
    clock,
    database,
    mailbox,
    links,
    waits,
    get inboundPort() {
      return listener?.port ?? 0;
    },
    api: (role = 'admin') => supertest.agent(url).set('Authorization', `Bearer ${KEYS[role]}`),
    customer: () => supertest(url),
    async deliver() {
      await fanOut({ pool: database.pool, clock: clock.now });
      await send(new AbortController().signal);
      await followWindows({ pool: database.pool, clock: clock.now });
      await deliverer.idle();
      await followWebhooks({ pool: database.pool, clock: clock.now });
      const mailing = { pool: app.pg.pool, clock: clock.now, transport, log: app.log };
      await sendOperatorMails(mailing, 'indsigelse@telenor.example', new AbortController().signal);
    },
    async restart() {
      await down();
      await up();
    },
    async close() {
      await down();
      await webhooks.poster.close();
      await mailbox.close();
      await database.close();
    },
  };
}

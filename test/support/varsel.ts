import supertest from 'supertest';
import { createApiKey } from '../../src/commands/api-keys.ts';
import { readConfig, type Config, type InboundConfig } from '../../src/config/config.ts';
import type { KeyRole } from '../../src/domain/permission.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import { hashApiKey } from '../../src/security/api-keys.ts';
import { objectionLinks, type ObjectionLinks } from '../../src/security/objection-links.ts';
import { startService, type Service } from '../../src/service.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { CLOCK_OFFSET, createDatabase, type TestDatabase } from './database.ts';
import { aSubProcessor } from './examples.ts';
import { startMailbox, type TestMailbox } from './mailbox.ts';
import { rememberRows } from './remembered-rows.ts';
import { seed } from './seed.ts';
import { sealOnce } from './sealed.ts';
import { SEAL_KEY_FILE } from './seal-key.ts';
import { sharedReader } from './shared-reader.ts';
import { APP_SECRET } from './webhooks.ts';

const KEYS: Readonly<Record<KeyRole, string>> = {
  reader: 'reader-key-of-the-tests',
  officer: 'officer-key-of-the-tests',
  admin: 'admin-key-of-the-tests',
};

/** What addresses end in that mail comes back to, where a test receives it. */
export const INBOUND_DOMAIN = 'svar.telenor.example';

/** What mails were made of. The sending writes each once, and knows from then on that it is on record (D50). */
const WRITTEN_ONCE = ['message_contents'];

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
  /** A sub-processor that no other change of this Varsel is about. */
  newCompany(overrides?: Partial<SubProcessor>): SubProcessor;
  api(role?: KeyRole): Api;
  /** Requests without a key: what customers send. */
  customer(): ReturnType<typeof supertest>;
  /** A new link for the first administrator: what a start of a trial prints. */
  firstSignIn(): Promise<string>;
  /** Sends and delivers all that is due and tells what follows: what the jobs do, but for the sealing. */
  deliver(): Promise<void>;
  /** Seals what is on record, if it was not within this minute. `close` does, so that all that a file has written was once sealed. */
  seal(): Promise<void>;
  /** Reads the mail that has come in: what the jobs do. */
  readMails(): Promise<void>;
  /** What stands now is what `restore` brings back. */
  remember(): Promise<void>;
  /**
   * For the next test of a file, which another start would cost ten times as much: seals what is on record, and brings back the
   * rows, the clock and the mails of `remember`. What the process itself remembers stays: how much mail a client has sent
   * within an hour, say, or that a mail server is left alone. Throws where a mail was sent whose outcome is not on record.
   */
  restore(): Promise<void>;
  /** Closes everything but the database and the mailbox, and starts anew on them. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startVarsel(
  start = '2026-03-02T09:00:00Z',
  inbound: Partial<InboundConfig> | null = null,
  logLevel = 'silent',
  settings: Partial<Config> = {},
): Promise<TestVarsel> {
  const clock = movableClock(start);
  const database = await createDatabase();
  const mailbox = await startMailbox();
  await seed(database.pool, 0, start);
  await inTransaction(database.pool, async (tx) => {
    const by = { at: clock.now(), actor: 'test' };
    for (const role of ['reader', 'officer', 'admin'] as const) {
      await createApiKey(
        tx,
        { name: `Test ${role}`, role, scopes: null, products: null, hash: hashApiKey(KEYS[role]), expiresAt: null },
        by,
      );
    }
  });
  const config = { ...configOf(database, mailbox, inbound), logLevel, ...settings };
  const waits: number[] = [];
  let companies = 100;
  const up = () =>
    startService(config, clock.now, {
      isClockMoved: true,
      sleep: async (milliseconds) => void waits.push(milliseconds),
      // A test runs the jobs itself, when it wants to: `deliver`.
      wakes: { sweep: null, isNotified: false },
      reader: sharedReader(),
      keepsConnections: true,
    });
  let service: Service = await up();
  let restore = async (): Promise<void> => {
    throw new Error('Nothing was remembered.');
  };
  return {
    get url() {
      return service.publicUrl;
    },
    clock,
    database,
    mailbox,
    links: objectionLinks(APP_SECRET),
    waits,
    get inboundPort() {
      return service.inbound === null ? 0 : Number(new URL(service.inbound.url).port);
    },
    newCompany(overrides) {
      companies += 1;
      return aSubProcessor(companies, overrides);
    },
    api: (role = 'admin') => supertest.agent(service.publicUrl).set('Authorization', `Bearer ${KEYS[role]}`),
    customer: () => supertest(service.publicUrl),
    firstSignIn: async () => (await service.firstSignIn?.()) ?? '',
    deliver: () => service.jobs.runAll(),
    seal: () => service.jobs.seal(),
    readMails: () => service.jobs.readMails(),
    async remember() {
      const [at, mails, counted] = [clock.now().toString(), mailbox.mails.length, companies];
      const restoreRows = await rememberRows(database.owner, WRITTEN_ONCE);
      restore = async () => {
        const underWay = await rows(database.pool, `select kind, email from messages where status = 'in-flight'`);
        if (underWay.length > 0) throw new Error(`No outcome is on record of ${JSON.stringify(underWay)}`);
        await sealOnce(database.pool, clock.now());
        await restoreRows();
        clock.set(at);
        mailbox.forget(mails);
        waits.length = 0;
        companies = counted;
      };
    },
    restore: () => restore(),
    async restart() {
      await service.stop();
      service = await up();
    },
    async close() {
      try {
        await service.jobs.seal();
      } finally {
        await service.stop();
        await mailbox.close();
        await database.close();
      }
    },
  };
}

function configOf({ url }: TestDatabase, { smtpUrl }: TestMailbox, inbound: Partial<InboundConfig> | null): Config {
  const config = readConfig({
    TRIAL: 'true',
    PORT: '0',
    DATABASE_URL: url,
    SMTP_URL: smtpUrl,
    SMTP_CONNECTIONS: '5',
    INBOUND_DOMAIN,
    INBOUND_SMTP_PORT: '0',
    TEST_MAIL_DOMAINS: 'telenor.example, Prøve.example',
    APP_SECRET,
    SEAL_KEY_FILE,
    ADMIN_API_KEY: KEYS.admin,
    WEBHOOK_ALLOW_PRIVATE: 'true',
    LOG_LEVEL: 'silent',
    CLOCK_OFFSET,
  });
  if (config.inbound === null) throw new Error('a domain was given');
  return { ...config, inbound: inbound && { ...config.inbound, ...inbound } };
}

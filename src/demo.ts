import './require-node-26.cjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from './config/config.ts';
import { showProgress } from './demo/progress.ts';
import { systemClock } from './domain/clock.ts';
import { startService, type Service } from './service.ts';

const USAGE =
  'npm run demo [-- --controllers N]    tells the story with N customers, from 1 to 1000000; 25 unless told\n';
const WAIT_MS = 20_000;
/** Slower than this, something is wrong: the embedded mailbox takes some hundreds a second. */
const SLOWEST_NOTICES_PER_SECOND = 20;

/** How many controllers the command line asks for; `null` when it cannot be understood. */
function wantedControllers(): number | null {
  try {
    const { values } = parseArgs({ options: { controllers: { type: 'string', default: '25' } } });
    const wanted = Number(values.controllers);
    return Number.isInteger(wanted) && wanted >= 1 && wanted <= 1_000_000 ? wanted : null;
  } catch {
    return null;
  }
}

interface Mail {
  readonly subject: string;
  readonly text: string;
}

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the demo reads answers as a caller without types would
  readonly body: any;
}

let offset = new Temporal.Duration();
const clock = () => systemClock(offset)();

const say = (text = '') => process.stdout.write(`${text}\n`);
const chapter = (title: string) => say(`\n── ${title} ${'─'.repeat(Math.max(0, 74 - title.length))}`);
const local = () =>
  clock().toZonedDateTimeISO('Europe/Copenhagen').toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'short' });
const told = (what: string) => say(`   ${what}`);
const quote = (text: string) => say(text.replaceAll(/^/gm, '   │ '));

/** Ends the demo when the story does not go as told. */
function expect(isAsTold: boolean, what: string, found: unknown): void {
  if (isAsTold) return;
  throw new Error(`Not as told: ${what}. Found: ${JSON.stringify(found, null, 2)}`);
}

async function until<Found>(
  what: string,
  look: () => Promise<Found | null>,
  { withinMs, everyMs } = { withinMs: WAIT_MS, everyMs: 50 },
): Promise<Found> {
  for (const end = performance.now() + withinMs; performance.now() < end;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`Not as told: ${what} did not happen within ${withinMs / 1000} s.`);
}

/** A line for each customer, of whom every fifth reads English. */
async function* customers(count: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const LINES = 500;
  for (let first = 1; first <= count; first += LINES) {
    const lines = Array.from({ length: Math.min(LINES, count - first + 1) }, (_, index) => {
      const number = first + index;
      const language = number % 5 === 4 ? 'en' : 'da';
      return `${JSON.stringify({
        externalId: `demo-${number}`,
        name: `Demokunde ${number} A/S`,
        registrationNumber: String(20_000_000 + number),
        products: ['truetalk'],
        contacts: [{ email: `dpo@demo-${number}.example`, name: `Kontakt ${number}`, language }],
      })}\n`;
    });
    yield encoder.encode(lines.join(''));
  }
}

/** Tells the whole story against a running service. Throws where it does not go as told. */
async function tell(service: Service, controllers: number): Promise<void> {
  const call = async (method: string, url: string, body?: unknown, type = 'application/json'): Promise<Answer> => {
    const headers = {
      authorization: `Bearer ${service.generatedApiKey}`,
      ...(body !== undefined && { 'content-type': type }),
    };
    const sent = body instanceof ReadableStream || body === undefined ? body : JSON.stringify(body);
    const response = await fetch(`${service.url}${url}`, {
      method,
      headers,
      ...(sent !== undefined && { body: sent, duplex: 'half' }),
    });
    const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
    say(`   ${method} ${url} → ${answer.status}${answer.body.code ? ` ${answer.body.code}` : ''}`);
    return answer;
  };
  // The last one: the mailbox keeps the newest 1,000 mails.
  const contact = `dpo@demo-${controllers}.example`;
  const mailsTo = async (address: string): Promise<Mail[]> => {
    // The mailbox picks them: it may hold a thousand others.
    const found = await fetch(`${service.mailboxUrl}/api/email?to.address=${encodeURIComponent(address)}`);
    return (await found.json()) as Mail[];
  };
  const mailTo = (address: string, saying: string): Promise<Mail> =>
    until(`a mail to ${address} that says "${saying}"`, async () => {
      // The text part is wrapped: what is looked for may stand on two lines.
      const found = (await mailsTo(address)).find(({ text }) => text.replace(/\s+/g, ' ').includes(saying));
      return found ?? null;
    });
  const register = async () => {
    const { body } = await call('GET', '/v1/products/truetalk/register');
    for (const entry of body.entries) {
      const places = entry.locations.map(({ country }: { country: string }) => country).join(', ');
      told(`  ${entry.parentId ? '  └ ' : ''}${entry.name}, processing in ${places}`);
    }
    return body.entries as { id: string; name: string }[];
  };

  chapter(`1. ${controllers.toLocaleString('en')} customers are imported · ${local()}`);
  const imported = await call(
    'POST',
    '/v1/controllers/import',
    ReadableStream.from(customers(controllers)),
    'application/x-ndjson',
  );
  expect(
    imported.body.created === controllers && imported.body.rejected.length === 0,
    'every line is created',
    imported,
  );
  told(`${imported.body.created} created, ${imported.body.rejected.length} rejected`);

  chapter('2. The register before');
  const before = await register();
  const userflow = before.find(({ name }) => name === 'Userflow Inc.');
  expect(
    before.length === 4 && userflow !== undefined,
    'the four sub-processors of the terms are in the register',
    before,
  );

  chapter(`3. A replacement is announced · ${local()}`);
  const announcement = {
    product: 'truetalk',
    kind: 'replacement',
    replaces: userflow?.id,
    subProcessor: {
      name: 'Velkomst ApS',
      registrationNumber: '41000001',
      address: 'Åboulevarden 12, 8000 Aarhus C',
      country: 'DK',
      contactPerson: { name: 'Mette Kjær', email: 'privacy@velkomst.example' },
      processing: { da: 'Tilpasning af kundens onboardingflow', en: 'Adapts the customer’s onboarding flow' },
      personalData: {
        da: 'Navn, e-mailadresse, sprog, virksomhed og bruger-ID',
        en: 'Name, e-mail address, language, company and user ID',
      },
      locations: [{ country: 'DK', transferBasis: null }],
    },
    reason: {
      da: 'Behandlingen flyttes fra USA til Danmark, så der ikke længere overføres til et tredjeland',
      en: 'Processing moves from the USA to Denmark, so that nothing is transferred to a third country any more',
    },
    plannedActivationOn: clock().toZonedDateTimeISO('Europe/Copenhagen').toPlainDate().add({ days: 11 }).toString(),
  };
  const announced = await call('POST', '/v1/changes', announcement);
  expect(announced.status === 201, 'the change is announced', announced);
  const { id } = announced.body;
  const total = announced.body.controllers.total as number;
  told(
    `${total} controllers (the examples of a first start among them), ${announced.body.notices.total} notices to send`,
  );

  chapter('4. Notices arrive, and each opens its controller’s window');
  const slowestMs = WAIT_MS + (announced.body.notices.total / SLOWEST_NOTICES_PER_SECOND) * 1_000;
  const shown = showProgress(process.stdout, announced.body.notices.total);
  const change = await until(
    'every controller is notified',
    async () => {
      const response = await fetch(`${service.url}/v1/changes/${id}`, {
        headers: { authorization: `Bearer ${service.generatedApiKey}` },
      });
      const body = (await response.json()) as Answer['body'];
      shown.update(body.notices.accepted, body.sending);
      return body.controllers.notified === total ? body : null;
    },
    { withinMs: slowestMs, everyMs: 250 },
  );
  shown.end();
  told(
    `${change.controllers.notified} of ${total} notified, ${change.controllers.windowsOpen} windows open until ${change.lastDeadline}`,
  );
  const notice = await mailTo(contact, 'Velkomst ApS');
  say(`   To ${contact}: ${notice.subject}`);
  quote(notice.text.trim());
  const link = /https?:\/\/\S+\/objections\/[\w-]+/.exec(notice.text)?.[0] ?? '';
  expect(link !== '', 'the notice carries a link', notice.text);

  chapter('5. A customer objects without reasons: rejected');
  const object = async (reasons: string): Promise<Answer> => {
    const response = await fetch(link, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reasons, name: `Kontakt ${controllers}` }),
    });
    const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
    say(`   POST the link, reasons "${reasons}" → ${answer.status}${answer.body.code ? ` ${answer.body.code}` : ''}`);
    return answer;
  };
  const empty = await object('Ingen.');
  expect(
    empty.status === 422 && empty.body.code === 'reasons-required',
    'an objection without reasons is rejected',
    empty,
  );
  told(empty.body.detail);

  chapter('6. The same customer objects with reasons');
  const reasons = 'Vi kender ikke Velkomst ApS og mangler en revisionserklæring, før vi kan vurdere sikkerheden.';
  const objection = await object(reasons);
  expect(
    objection.status === 201 && objection.body.status === 'pending',
    'an objection with reasons is pending',
    objection,
  );
  const receipt = await mailTo(contact, reasons);
  told(`number ${objection.body.number}; receipt by e-mail: ${receipt.subject}`);

  const move = (duration: string) => {
    offset = offset.add(duration);
    say(`   … the clock moves to ${local()}`);
  };

  chapter('7. Activation is refused, with every blocker');
  const early = await call('POST', `/v1/changes/${id}/activate`);
  const codes = (answer: Answer) => (answer.body.blockers ?? []).map(({ code }: { code: string }) => code).join(', ');
  told(codes(early));
  expect(
    early.status === 409 && codes(early) === 'objection-windows-open, objections-pending, planned-date-not-reached',
    'windows, the objection and the planned date block',
    early,
  );
  move('P11D');
  const blocked = await call('POST', `/v1/changes/${id}/activate`);
  told(codes(blocked));
  expect(
    blocked.status === 409 && codes(blocked) === 'objections-pending',
    'the objection alone still blocks',
    blocked,
  );

  chapter('8. The objection is resolved');
  const resolved = await call('POST', `/v1/objections/${objection.body.id}/resolve`, {
    outcome: 'accommodated',
    explanation: 'Revisionserklæring (ISAE 3000) er sendt; kunden har bekræftet skriftligt, at den er tilstrækkelig.',
  });
  expect(
    resolved.status === 200 && resolved.body.resolution?.outcome === 'accommodated',
    'the objection is resolved',
    resolved,
  );
  const message = await mailTo(contact, 'ISAE 3000');
  told(`the controller is told: ${message.subject}`);

  chapter(`9. The change is activated · ${local()}`);
  const activated = await call('POST', `/v1/changes/${id}/activate`);
  expect(activated.status === 200 && activated.body.status === 'activated', 'the change is activated', activated);

  chapter('10. The register after');
  const after = await register();
  const names = after.map(({ name }) => name);
  expect(
    names.includes('Velkomst ApS') && !names.includes('Userflow Inc.'),
    'the new entry is in, the replaced one is out',
    names,
  );
  // The register's days are the product's: around midnight another one than that of the instant in UTC.
  const announcedOn = Temporal.Instant.from(announced.body.announcedAt)
    .toZonedDateTimeISO('Europe/Copenhagen')
    .toPlainDate();
  const { body: yesterday } = await call('GET', `/v1/products/truetalk/register?asOf=${announcedOn.toString()}`);
  expect(
    yesterday.entries.some(({ name }: { name: string }) => name === 'Userflow Inc.'),
    'the register of a past day is still there',
    yesterday,
  );
}

const controllers = wantedControllers();
if (controllers === null) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const directory = await mkdtemp(path.join(tmpdir(), 'varsel-demo-'));
let service: Service | null = null;
try {
  say('Varsel, the whole story on embedded parts: PostgreSQL, a mailbox, HTTP.');
  const free = {
    PORT: '0',
    MAILBOX_PORT: '0',
    MAILBOX_SMTP_PORT: '0',
    INBOUND_SMTP_PORT: '0',
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
  };
  service = await startService(readConfig(free), clock);
  await tell(service, controllers);
  say('\nEvery step was as told.');
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await service?.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();

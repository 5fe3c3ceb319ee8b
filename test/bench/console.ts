import pg from 'pg';
import { fieldsOfAnnouncement } from '../../src/console/announcing/announcement-fields.ts';
import { STEPS } from '../../src/console/announcing/steps.ts';
import { insertDraft } from '../../src/db/announcement-drafts.ts';
import { insertPerson } from '../../src/db/people.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { connectionOptions } from '../../src/db/connection-options.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { startSession } from '../../src/commands/sign-in.ts';
import { anAnnouncement, aSubProcessor } from '../support/examples.ts';
import { number } from './announce.ts';
import { percentile, type Row } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { load, REASONS } from './objections.ts';
import { startSink } from './sink.ts';
import { startVarsel, type BenchedVarsel } from './varsel.ts';

/** Of every page, so many; its 95th percentile is then that of the slowest two. */
const VISITS = 40;
const MAX_OBJECTIONS = 2_000;
const NEXT = /<a href="([^"]+)" rel="next">/;

/** What is looked at, by its name in the table. Of a list, its first page and those after it. */
type Pages = Readonly<Record<string, readonly string[]>>;

/** The pages of the console with N controllers in every list. */
export const consolePages: Measurement = {
  about:
    `The pages of the console: the 95th percentile of ${VISITS} visits one after the other, in ms, until the last byte. Of a list its\n` +
    `first five pages, of a search several words. One change was told to N controllers, of whom a tenth (up to ${MAX_OBJECTIONS}) objected.\n` +
    'Not among them is what a month of retention would empty: that counts the whole record. ratio: to the size before.',
  sizes: [1_000, 100_000],
  rounds: 1,

  async measure(controllers, { parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await varsel.seedControllers(controllers);
    await varsel.db.query('vacuum analyze');
    const { changeId } = await varsel.announce();
    await varsel.untilAllAccepted(changeId, controllers);
    const objections = Math.min(MAX_OBJECTIONS, controllers / 10);
    await object(varsel, changeId, objections);
    // Each objection has its receipt, whose sending would be measured with the first pages.
    await varsel.untilAllAccepted(changeId, controllers + objections);
    await actOnRecord(varsel, controllers);
    await varsel.db.query('vacuum analyze');
    const planned = anotherAnnouncement();
    const proposalId = await varsel.propose(planned);
    const { cookie, draftId } = await signIn(varsel, planned);
    const row: Record<string, number> = { controllers };
    for (const [name, addresses] of Object.entries(await pagesOf(varsel, { changeId, draftId, proposalId }))) {
      const visited = [];
      for (const address of addresses) visited.push(...(await addressesFrom(varsel.url, address, cookie)));
      const milliseconds: number[] = [];
      for (let visit = 0; visit < VISITS; visit += 1) {
        const started = performance.now();
        await pageAt(varsel.url, visited[visit % visited.length] ?? '', cookie);
        milliseconds.push(performance.now() - started);
      }
      row[name] = percentile(milliseconds, 0.95);
      say(
        `console ${controllers}, ${name}: p50 ${percentile(milliseconds, 0.5).toFixed(0)}, p95 ${row[name].toFixed(0)} ms`,
      );
    }
    return row;
  },

  /** A line for every page instead of one for every size. */
  compare(rows) {
    const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'controllers');
    return names.map((page): Row => {
      const line: Record<string, number | string> = { page };
      for (const [index, row] of rows.entries()) {
        const before = rows[index - 1];
        line[`ms at ${number(row, 'controllers')}`] = number(row, page);
        if (before !== undefined) line[`ratio ${index}`] = number(row, page) / number(before, page);
      }
      return line;
    });
  },
};

/** Every list, search and page of one thing whose cost could grow with the customers. */
async function pagesOf(
  { db }: BenchedVarsel,
  { changeId, draftId, proposalId }: { changeId: string; draftId: string; proposalId: string },
): Promise<Pages> {
  const change = `/console/changes/${changeId}`;
  const { rows: objections } = await db.query<{ id: string }>('select id from objections order by id limit 5');
  const searched = ['kunde 77', 'kunde-123', 'dpo@kunde-5.example', 'findes ikke', '10000123', 'a/s'];
  const shown = ['not-told', 'failed', 'open', 'objected', 'silent'];
  return {
    today: ['/console'],
    changes: ['/console/changes'],
    'changes, searched': searched.map((q) => `/console/changes?${query({ q })}`),
    change: [change, `${change}/progress`],
    timeline: [`${change}/timeline`],
    customers: [`${change}/controllers`],
    ...Object.fromEntries(shown.map((show) => [`customers ${show}`, [`${change}/controllers?${query({ show })}`]])),
    'customers, searched': searched.map((q) => `${change}/controllers?${query({ q })}`),
    'one customer': [1, 2, 3].map((customer) => `${change}/controllers/kunde-${customer}`),
    activate: [`${change}/activate`],
    withdraw: [`${change}/withdraw`],
    evidence: [`${change}/evidence`],
    inbox: ['/console/inbox/answers', '/console/inbox/mails'],
    objections: ['/console/inbox/objections', '/console/inbox/objections?show=all'],
    'one objection': objections.map(({ id }) => `/console/inbox/objections/${id}`),
    register: ['/console/register', '/console/register?since=2026-01-01'],
    'all customers': ['/console/customers', '/console/customers?product=truetalk'],
    'all, searched': searched.map((q) => `/console/customers?${query({ q })}`),
    'all, duplicates': ['/console/customers?duplicates=true'],
    'a customer': [1, 2, 3].map((customer) => `/console/customers/kunde-${customer}`),
    ...Object.fromEntries(STEPS.map((step) => [`announcing, ${step}`, [`/console/announce/${draftId}/${step}`]])),
    proposals: ['/console/proposals'],
    'one proposal': [`/console/proposals/${proposalId}`],
    people: ['/console/people'],
    audit: ['/console/settings/audit', '/console/settings/audit?action=session.started'],
    'audit, searched': ['/console/settings/audit?actor=person', '/console/settings/audit?subject=kunde-1'],
    retention: ['/console/settings/retention'],
    settings: [
      '/console/settings',
      '/console/settings/webhooks',
      '/console/settings/keys',
      '/console/settings/products',
    ],
  };
}

const query = (given: Readonly<Record<string, string>>) => new URLSearchParams(given).toString();

/** A page, and up to four that its `next` leads to. */
async function addressesFrom(url: string, address: string, cookie: string): Promise<string[]> {
  const found = [address];
  let next: string | undefined = address;
  while (found.length < 5) {
    next = NEXT.exec(await pageAt(url, next, cookie))?.[1]?.replaceAll('&amp;', '&');
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}

async function pageAt(url: string, address: string, cookie: string): Promise<string> {
  const answer = await fetch(new URL(address, url), { headers: { cookie }, redirect: 'manual' });
  const page = await answer.text();
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}: ${page.slice(0, 500)}`);
  return page;
}

async function object(varsel: BenchedVarsel, changeId: string, count: number): Promise<void> {
  const { rows } = await varsel.db.query<{ id: string }>(
    `select id from messages where change_id = $1 and kind = 'notice' order by id desc limit $2`,
    [changeId, count],
  );
  const body = JSON.stringify({ reasons: REASONS });
  await load(
    varsel.url,
    rows.map(({ id }) => ({ path: varsel.linkOf(id), body, status: 201 })),
  );
}

/** So many acts in the audit log, as an import of so many controllers leaves them. */
async function actOnRecord({ db }: BenchedVarsel, count: number): Promise<void> {
  await db.query(
    `insert into audit_log (at, actor, action, subject, details)
     select now() - n * interval '1 millisecond', 'key bench', 'controller.created', 'kunde-' || n, '{}'
     from generate_series(1, $1::int) as n`,
    [count],
  );
}

/** What is planned beside the change that was told. */
const anotherAnnouncement = () =>
  anAnnouncement({
    subProcessor: aSubProcessor(77),
    plannedActivationOn: Temporal.Now.plainDateISO().add({ days: 60 }),
  });

/** The cookie of a new administrator, and a draft that they have of this. */
async function signIn({ databaseUrl }: BenchedVarsel, planned: ReturnType<typeof anotherAnnouncement>) {
  const pool = new pg.Pool({ ...connectionOptions(databaseUrl), max: 1 });
  try {
    const now = Temporal.Now.instant();
    const { personId, secret } = await inTransaction(pool, async (tx) => {
      const by = { at: now, actor: 'system' };
      const { id } = await insertPerson(tx, { name: 'Anna Admin', email: 'anna@telenor.example' }, by);
      await insertPersonRole(tx, { personId: id, role: 'admin', product: null, source: 'given' }, by);
      const session = { method: 'openid', hasFactors: true, userAgent: 'bench' } as const;
      return { personId: id, secret: (await startSession(tx, id, session, now)).secret };
    });
    const fields = fieldsOfAnnouncement({
      ...planned,
      farDate: false,
      upstream: null,
      plannedActivationOn: String(planned.plannedActivationOn),
    });
    const draft = await insertDraft(pool, { personId, once: 'bench', fields }, now);
    return { cookie: `__Host-varsel=${secret}`, draftId: draft.id };
  } finally {
    await pool.end();
  }
}

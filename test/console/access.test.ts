import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import type { ConsoleRoute } from '../../src/console/serve-console.ts';
import { insertKeptForm } from '../../src/db/kept-forms.ts';
import { insertPasskey } from '../../src/db/passkeys.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { inTransaction, oneRow } from '../../src/db/postgres.ts';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm } from '../support/approving.ts';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  announceAnother,
  changeBody,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  objectThrough,
  partOf,
  REASONS,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * Every address of the console, with things that there are: for who is signed out, for who administers another product, and for who
 * only reads. A route that is added is asked here by itself; one with a parameter that is not known fails.
 */

const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const DPO = 'dpo@kunde-1.example';
const TYPED = 'Tastet af Anne';

let varsel: TestVarsel;
let stranger: SignedInPerson;
let reader: SignedInPerson;
/** A thing of TrueTalk, or of Anne, for each parameter, by the beginning of the address. */
let things: readonly (readonly [RegExp, string])[];
/** What nobody reads who is for another product. */
let secrets: readonly string[];
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] });
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
  await haveControllers(varsel, [aController(1), aController(2)]);
  const company = varsel.newCompany();
  const change = await announceAnother(varsel, { subProcessor: inIndia(company) });
  await varsel.deliver();
  const link = await linkOf(varsel, change, 'kunde-1');
  const objection = await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS);
  const { reply } = returnAddressesOf(mailsTo(varsel, DPO, /senest/).at(-1)!);
  await mailIn(varsel, anAnswer('Tak.'), { from: DPO, to: reply });
  const admin = varsel.api();
  const [answer] = (await admin.get(`/v1/changes/${change}/answers`)).body.items;
  const [mail] = (await admin.get(`/v1/changes/${change}/mails`)).body.items;
  const approval = await approvalToConfirm(varsel, change, 'kunde-2', '2026-03-02T09:00:00Z');
  await varsel
    .customer()
    .post(`${await linkOf(varsel, change, 'kunde-2')}/nominate`)
    .send({ name: 'Anna Vind', role: 'Direktør', email: 'direktion@kunde-2.example' })
    .expect(202);
  const [nomination] = (await admin.get('/v1/nominations')).body.items;
  const { notices } = await partOf(varsel, change, 'kunde-1');
  const scanned = { approvalId: approval, base64: Buffer.from('%PDF-1.7 Direktørens brev').toString('base64') };
  const scan = (await admin.post(`/v1/changes/${change}/scans`).send(scanned)).body;
  const [contact] = (await admin.get('/v1/controllers/kunde-1/contacts')).body.items;
  const url = 'http://127.0.0.1:65531/til-os';
  const webhook = (await admin.post('/v1/webhooks').send({ url, events: ['*'], products: ['truetalk'] })).body;
  const key = (
    await admin.post('/v1/keys').send({ name: 'Nøgle til TrueTalk', role: 'reader', products: ['truetalk'] })
  ).body;
  const hold = (await admin.post('/v1/legal-holds').send({ controller: 'kunde-1', reason: 'En retssag' })).body;
  const anne = await signIn(varsel, { role: 'admin', name: 'Anne Holm' });
  const colleague = { name: 'Bo Friis', email: 'bo@telenor.example', role: 'officer', products: ['truetalk'] };
  const bo = (await admin.post('/v1/people').send(colleague)).body;
  const announcement = changeBody({ subProcessor: varsel.newCompany() });
  const proposal = (await anne.call('post', '/v1/proposals').send({ kind: 'announcement', announcement })).body;
  const begun = await anne.post('/console/announce', { product: 'truetalk', 'reason.da': TYPED });
  const draft = String(begun.headers.location).split('/').at(-2) ?? '';
  const { kept, passkey } = await inTransaction(varsel.database.pool, async (tx) => {
    const now = varsel.clock.now();
    const form = { name: TYPED };
    const route = '/console/people/new';
    const made = { credentialId: Buffer.from('x'), publicKey: Buffer.from('x'), counter: 0, transports: [] };
    return {
      kept: await insertKeptForm(tx, { personId: anne.id, route, params: {}, query: {}, form }, now),
      passkey: await insertPasskey(tx, { personId: anne.id, ...made, name: TYPED, isSynced: true, registeredAt: now }),
    };
  });
  things = [
    [/^\/console\/changes\/:id/, change],
    [/^\/console\/announce\/:id/, draft],
    [/^\/console\/inbox\/answers\/:id/, answer.id],
    [/^\/console\/inbox\/objections\/:id/, objection.body.id],
    [/^\/console\/inbox\/approvals\/:id/, approval],
    [/^\/console\/inbox\/nominations\/:id/, nomination.id],
    [/^\/console\/inbox\/mails\/:id/, mail.id],
    [/^\/console\/settings\/webhooks\/:id/, webhook.id],
    [/^\/console\/settings\/keys\/:id/, key.id],
    [/^\/console\/settings\/retention\/holds\/:id/, hold.id],
    [/^\/console\/proposals\/:id/, proposal.id],
    [/^\/console\/kept\/:id/, kept],
    [/^\/console\/me\/sessions\/:id/, anne.sessionId],
    [/^\/console\/people\/:id/, bo.id],
    [/^\/console\/passkeys\/:id/, passkey?.id ?? ''],
    [/:externalId/, 'kunde-1'],
    [/:messageId/, notices[0].id],
    [/:scanId/, scan.id],
    [/:contactId/, contact.id],
    [/:product/, 'truetalk'],
    [/:step/, 'about'],
    [/:roleId/, bo.roles[0].id],
    [/:sessionId/, anne.sessionId],
  ];
  secrets = [
    company.name,
    (announcement as { subProcessor: { name: string } }).subProcessor.name,
    'Kunde 1 A/S',
    'Kunde 2 A/S',
    DPO,
    REASONS,
    'Anna Vind',
    'Direktørens brev',
    'til-os',
    'Nøgle til TrueTalk',
    'En retssag',
    'Bo Friis',
    TYPED,
  ];
  stranger = await signIn(varsel, { role: 'admin', products: ['andet'] });
  reader = await signIn(varsel, { role: 'reader', products: ['truetalk'] });
});
afterAll(() => varsel.close());

const PAGES: readonly ConsoleRoute[] = ROUTES.console;

/** The address of a route, with what there is in place of its parameters. */
function addressOf([, route]: ConsoleRoute): string {
  const address = things.reduce((left, [parameter, id]) => {
    const [found] = parameter.exec(left) ?? [];
    return found === undefined ? left : left.replace(found, found.replace(/:\w+$/, id));
  }, route);
  expect(address, 'a parameter that this test has nothing for').not.toContain('/:');
  // The one page whose GET takes words.
  return address.replace('*', 'no/such').replace(/withdraw\/mail.html$/, '$&?da=Fordi');
}

/** What forms of all kinds have, so that each would be done if it were let. */
const fieldsOf = (address: string) => ({
  once: 'once',
  product: 'truetalk',
  products: 'truetalk',
  name: 'Nogen',
  email: 'nogen@telenor.example',
  role: 'reader',
  scopes: 'changes:read',
  externalId: 'kunde-9',
  change: things[0]?.[1] ?? '',
  controller: 'kunde-1',
  reason: 'Fordi',
  act: JSON.stringify({
    kind: 'terms',
    product: 'truetalk',
    terms: { ...aProduct({ name: 'Andre vilkår' }), id: undefined },
  }),
  da: 'Fordi',
  'reject-reason': 'Fordi',
  'cancel-reason': 'Fordi',
  explanation: 'Fordi',
  outcome: 'withdrawn',
  decision: 'not-an-objection',
  dismissal: 'Fordi',
  decide: /answers/.test(address)
    ? 'classify'
    : /objections/.test(address)
      ? 'resolve'
      : /mails/.test(address)
        ? 'answer'
        : 'confirm',
  step: /withdraw/.test(address) ? 'withdraw' : 'confirm',
  do: 'next',
  version: '1',
  arrivedOn: '2026-03-02',
  reference: 'R-1',
  evidence: 'Fordi',
  url: 'http://127.0.0.1:65531/',
  events: '*',
});

const RECORD = [
  'changes',
  'events',
  'audit_log',
  'objections',
  'objection_decisions',
  'answers',
  'answer_decisions',
  'approvals',
  'nominations',
  'inbound_mail_decisions',
  'messages',
  'letters',
  'arrival_statements',
  'products',
  'controllers',
  'contacts',
  'agreements',
  'api_keys',
  'webhooks',
  'legal_holds',
  'people',
  'person_roles',
  'sign_in_links',
  'passkeys',
  'kept_forms',
  'proposals',
  'proposal_decisions',
];
/** All that is on record, and drafts and forms that are kept for Anne: by the hash of each table. */
const record = () =>
  oneRow(
    varsel.database.owner,
    `select ${RECORD.map((table) => `(select md5(string_agg(t::text, '' order by t::text)) from ${table} t) as ${table}`).join(', ')},
       (select string_agg(id::text, '' order by id) from sessions where ended_at is not null) as ended,
       (select count(*) from announcement_drafts where fields::text like '%${TYPED}%') as drafts`,
  );

const ask = (who: SignedInPerson, [method]: ConsoleRoute, address: string) =>
  (method === 'GET' ? who.get(address) : who.post(address, fieldsOf(address))).set('accept-language', 'da');

/** What of all pages is not as it should be, each with its address; and the record is what it was. */
async function faultsOfAll(
  faultOf: (page: ConsoleRoute, address: string) => Promise<string | null>,
): Promise<string[]> {
  const before = await record();
  const found: string[] = [];
  for (const page of PAGES) {
    const fault = await faultOf(page, addressOf(page));
    if (fault !== null) found.push(`${page[0]} ${page[1]}: ${fault}`);
  }
  expect(await record(), found.join('\n')).toEqual(before);
  return found;
}

test('signed out, nothing tells what there is: things and none are answered alike', async () => {
  const answerTo = async ([method]: ConsoleRoute, address: string) => {
    const asked = method === 'GET' ? varsel.customer().get(address) : varsel.customer().post(address).type('form');
    const { status, text, headers } = await (method === 'GET' ? asked : asked.send(fieldsOf(address)));
    const { date: _date, 'x-request-id': _id, location = '', ...others } = headers;
    return { status, text, others, location: location.replace(encodeURIComponent(address), '') };
  };
  const faults = await faultsOfAll(async (page, address) => {
    const unknown = things.reduce((left, [, id]) => left.replaceAll(id, UNKNOWN_ID), address);
    const told = await answerTo(page, address);
    const isSilent = told.status === 303 && told.text === '' && told.others['cache-control'] === 'no-store';
    if (!isSilent) return JSON.stringify(told);
    return isDeepStrictEqual(told, await answerTo(page, unknown)) ? null : 'another answer than to what there is not';
  });
  expect(faults).toEqual([]);
});

test('who administers another product alone does nothing to this one, and is told nothing of it', async () => {
  const faults = await faultsOfAll(async (page, address) => {
    const { status, text } = await ask(stranger, page, address);
    const told = secrets.filter((secret) => text.includes(secret));
    if (told.length > 0) return `tells ${told.join(', ')}`;
    // A form that is not kept has a page that says so, and a draft that somebody has not got is thrown away already.
    const isGone = address.startsWith('/console/kept/') || address.endsWith('/discard');
    const isRefused = status === 403 || status === 404 || isGone;
    return status < 500 && (isRefused || !page[1].includes(':')) ? null : `status ${status}`;
  });
  expect(faults).toEqual([]);
});

test('who only reads does nothing', async () => {
  const faults = await faultsOfAll(async (page, address) => {
    const { status } = await ask(reader, page, address);
    const isRefused = status === 403 || status === 404;
    return status < 500 && (isRefused || page[0] === 'GET' || page[2].scope === null) ? null : `status ${status}`;
  });
  expect(faults).toEqual([]);
});

test('who administers another product and reads this one changes nothing of this one', async () => {
  const both = await signIn(varsel, { role: 'admin', products: ['andet'] });
  const by = { at: varsel.clock.now(), actor: 'system' };
  const reading = { personId: both.id, role: 'reader', product: 'truetalk', source: 'given' } as const;
  await inTransaction(varsel.database.pool, (tx) => insertPersonRole(tx, reading, by));
  const faults = await faultsOfAll(async (page, address) => {
    if (page[0] === 'GET') return null;
    const { status } = await ask(both, page, address);
    return status < 500 ? null : `status ${status}`;
  });
  expect(faults).toEqual([]);
});

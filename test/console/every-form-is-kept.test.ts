import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/app/routes.ts';
import { oneRow } from '../../src/db/postgres.ts';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm } from '../support/approving.ts';
import { aController } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { signIn, signInAgain, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  announceAnother,
  changeBody,
  haveControllers,
  linkOf,
  mailsTo,
  objectThrough,
  partOf,
  REASONS,
  SUBJECTS,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Every form of the console, sent when its session had ended (D57). */

const START = '2026-03-02T09:00:00Z';
const STRAY = 'varsel@telenor.example';
const DPO = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let receiver: Receiver;
/** What the addresses of the forms are about. */
const ids: Record<string, string> = {};
beforeAll(async () => {
  [varsel, receiver] = await Promise.all([startVarsel(START, { addresses: [STRAY] }), startReceiver()]);
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2)]);
  const change = await announceAnother(varsel);
  await varsel.deliver();
  const objection = await objectThrough(varsel, (await linkOf(varsel, change, 'kunde-1')).split('/').at(-1)!, REASONS);
  const { reply } = returnAddressesOf(mailsTo(varsel, DPO, SUBJECTS.notice).at(-1)!);
  await mailIn(varsel, anAnswer('Hvorfor?'), { from: DPO, to: reply });
  const stray = 'From: nogen@andetsteds.example\nSubject: Om jeres brev\nMessage-ID: <1@x.example>\n\nHvem er I?\n';
  await mailIn(varsel, stray, { from: 'nogen@andetsteds.example', to: STRAY });
  const asking = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const one = varsel.api('officer');
  const proposer = await signIn(varsel, { role: 'officer' });
  const announcement = changeBody({ subProcessor: varsel.newCompany() });
  const proposal = await proposer.call('post', '/v1/proposals').send({ kind: 'announcement', announcement });
  const webhook = await varsel
    .api()
    .post('/v1/webhooks')
    .send({ url: receiver.url, events: ['*'] });
  const hold = await one.post('/v1/legal-holds').send({ controller: 'kunde-2', reason: 'Sag 12' });
  const contacts = await one.get('/v1/controllers/kunde-1/contacts');
  const officer = await signIn(varsel, { role: 'officer' });
  const { body: person } = await varsel.api().get(`/v1/people/${officer.id}`);
  const { body: keys } = await varsel.api().get('/v1/keys');
  Object.assign(ids, {
    change,
    objection: objection.body.id,
    answer: (await one.get(`/v1/changes/${change}/answers`)).body.items[0].id,
    mail: (await one.get('/v1/mails?attributed=false')).body.items[0].id,
    approval: await approvalToConfirm(varsel, asking, 'kunde-1', START),
    notice: (await partOf(varsel, change, 'kunde-1')).notices[0].id,
    proposal: proposal.body.id,
    webhook: webhook.body.id,
    hold: hold.body.id,
    contact: contacts.body.items[0].id,
    person: officer.id,
    role: person.roles[0].id,
    key: keys.items[0].id,
  });
});
afterAll(() => Promise.all([varsel.close(), receiver.close()]));
beforeEach(() => varsel.clock.set(START));

const begunBy = async (person: SignedInPerson): Promise<string> => {
  const { headers } = await person.post('/console/announce', { product: 'truetalk', kind: 'addition' }).expect(303);
  return /^\/console\/announce\/[0-9a-f-]{36}/.exec(headers.location ?? '')?.[0] ?? '';
};

/** What waits in its forms: an address with the names of `ids` in it, or what a person's own is; and what is typed there. */
interface Form {
  readonly route: string;
  readonly at: string | ((person: SignedInPerson) => Promise<string>);
  readonly typed: Readonly<Record<string, string>>;
  /** What the form says besides, without anybody typing it. */
  readonly besides?: Readonly<Record<string, string | readonly string[]>>;
}

const EMPHATIC = 'Æ <b>"ø"</b> & \u{1F98A} أمان\nog en linje til';
const contact = { contactName: 'Eva Lund', email: 'eva@kunde.example' };
const product = {
  name: 'Nyt navn & ca.',
  processorName: 'Telenor A/S',
  processorAddress: 'Frederikskaj 8',
  objectionEmail: 'indsigelse@telenor.example',
  objectionPostal: 'Frederikskaj 8\n2450 København SV',
  windowDays: 'ti',
  places: 'Ny vært, IN',
  reason: 'Aftalt i møde',
};
const step = (name: string, typed: Form['typed']): Form => ({
  route: '/console/announce/:id/:step',
  at: async (person) => `${await begunBy(person)}/${name}`,
  typed,
  besides: { version: '1', do: 'next', boxes: 'farDate scope' },
});
const TYPED: readonly Form[] = [
  { route: '/console/changes/:id/withdraw', at: '/console/changes/change/withdraw', typed: { da: EMPHATIC, en: 'No' } },
  {
    route: '/console/changes/:id/controllers/:externalId/letter',
    at: '/console/changes/change/controllers/kunde-1/letter',
    typed: { reference: 'RR <1>', arrivedOn: '2. marts' },
  },
  {
    route: '/console/changes/:id/controllers/:externalId/reached',
    at: '/console/changes/change/controllers/kunde-1/reached',
    typed: { evidence: EMPHATIC },
    besides: { message: 'notice' },
  },
  {
    route: '/console/changes/:id/controllers/:externalId/record',
    at: '/console/changes/change/controllers/kunde-1/record',
    typed: { name: 'Dorthe "D" Persson', receivedOn: '2026-03-02', receivedAt: '10:30', words: EMPHATIC },
    besides: { channel: 'letter' },
  },
  { route: '/console/announce', at: '/console/announce', typed: {}, besides: { product: 'truetalk', kind: 'removal' } },
  step('about', { kind: 'replacement' }),
  step('company', { 'subProcessor.name': 'Nordlys "Hosting"', 'subProcessor.processing.da': EMPHATIC }),
  step('places', { 'places.0.certifiedAs': 'Nordlys Inc.' }),
  step('reason', { 'reason.da': EMPHATIC, 'reason.en': 'Because' }),
  step('when', { plannedActivationOn: '2026-04-15', 'upstream.reference': 'Brev 7' }),
  {
    route: '/console/inbox/answers/:id',
    at: '/console/inbox/answers/answer',
    typed: { explanation: EMPHATIC, reasons: 'Kundens grunde' },
    besides: { decide: 'classify' },
  },
  {
    route: '/console/inbox/objections/:id',
    at: '/console/inbox/objections/objection',
    typed: { explanation: EMPHATIC },
    besides: { decide: 'resolve', outcome: 'invalid', step: 'confirm' },
  },
  {
    route: '/console/inbox/approvals/:id',
    at: '/console/inbox/approvals/approval',
    typed: { explanation: EMPHATIC },
    besides: { decide: 'withdraw' },
  },
  {
    route: '/console/inbox/mails/:id',
    at: '/console/inbox/mails/mail',
    typed: { dismissal: 'Reklame for "alt"' },
    besides: { decide: 'dismiss' },
  },
  {
    route: '/console/customers/new',
    at: '/console/customers/new',
    typed: { externalId: 'ny-9', name: 'Ny <ni>', metadata: 'ref: 1', ...contact },
  },
  {
    route: '/console/customers/:externalId/edit',
    at: '/console/customers/kunde-1/edit',
    typed: { name: 'Andet navn', reference: 'A & B' },
  },
  {
    route: '/console/customers/:externalId/contacts/new',
    at: '/console/customers/kunde-1/contacts/new',
    typed: contact,
  },
  {
    route: '/console/customers/:externalId/contacts/:contactId',
    at: '/console/customers/kunde-1/contacts/contact',
    typed: contact,
  },
  { route: '/console/settings/products/new', at: '/console/settings/products/new', typed: { id: 'nyt', ...product } },
  {
    route: '/console/settings/products/:product/edit',
    at: '/console/settings/products/truetalk/edit',
    typed: product,
    besides: { step: 'save' },
  },
  {
    route: '/console/settings/webhooks/new',
    at: '/console/settings/webhooks/new',
    typed: { url: 'https://a.example/?b=1&c=2', description: 'Kontrakter' },
  },
  {
    route: '/console/settings/webhooks/:id/edit',
    at: '/console/settings/webhooks/webhook/edit',
    typed: { url: 'https://a.example/', description: 'Kontrakter' },
  },
  {
    route: '/console/settings/webhooks/:id/replay',
    at: '/console/settings/webhooks/webhook/replay',
    typed: { since: '2026-03-01' },
  },
  { route: '/console/settings/keys/new', at: '/console/settings/keys/new', typed: { name: 'System "7"' } },
  {
    route: '/console/settings/retention/holds/new',
    at: '/console/settings/retention/holds/new',
    typed: { controller: 'kunde-2', reason: EMPHATIC },
  },
  {
    route: '/console/settings/retention/holds/:id/release',
    at: '/console/settings/retention/holds/hold/release',
    typed: { reason: EMPHATIC },
  },
  {
    route: '/console/proposals/:id/reject',
    at: '/console/proposals/proposal/reject',
    typed: { 'reject-reason': EMPHATIC },
  },
  {
    // Its page has no such form for who has not proposed it.
    route: '/console/proposals/:id/cancel',
    at: '/console/proposals/proposal/cancel',
    typed: { 'cancel-reason': 'Forkert navn' },
  },
  { route: '/console/people/new', at: '/console/people/new', typed: { name: 'Bo Lind', email: 'bo@telenor.example' } },
  {
    route: '/console/people/:id/roles',
    at: '/console/people/person/roles',
    typed: {},
    besides: { role: 'approver', products: ['truetalk'] },
  },
];

/** Forms whose words are shown alone: their page needs what is not kept, or the thing that they are about is gone. */
const SHOWN_ALONE: readonly Form[] = [
  { route: '/console/passkeys/new', at: '/console/passkeys/new', typed: { name: 'Min telefon' } },
  { route: '/console/passkeys/:id', at: '/console/passkeys/person', typed: { name: 'Min nøgle' } },
];

/** Forms in which nobody types anything, or whose page still has it, with their addresses. */
const UNTYPED: readonly (readonly [route: string, at: string])[] = [
  ['/console/changes/:id/activate', '/console/changes/change/activate'],
  ['/console/changes/:id/close', '/console/changes/change/close'],
  ['/console/changes/:id/confirm-wording', '/console/changes/change/confirm-wording'],
  ['/console/changes/:id/resend-failed', '/console/changes/change/resend-failed'],
  ['/console/changes/:id/controllers/:externalId/resend', '/console/changes/change/controllers/kunde-1/resend'],
  ['/console/changes/:id/controllers/:externalId/scans', '/console/changes/change/controllers/kunde-1/scans'],
  ['/console/announce/:id/discard', '/console/announce/change/discard'],
  ['/console/announce/:id/:step/keep', '/console/announce/change/reason/keep'],
  ['/console/announce/:id/test', '/console/announce/change/test'],
  ['/console/announce/:id/announce', '/console/announce/change/announce'],
  ['/console/announce/:id/propose', '/console/announce/change/propose'],
  ['/console/inbox/nominations/:id', '/console/inbox/nominations'],
  ['/console/customers/import', '/console/customers/import'],
  ['/console/customers/import/save', '/console/customers/import/save'],
  ['/console/customers/:externalId/contacts/:contactId/remove', '/console/customers/kunde-1/contacts/contact/remove'],
  ['/console/customers/:externalId/products/:product/leave', '/console/customers/kunde-1/products/truetalk/leave'],
  ...['test', 'enable', 'disable', 'rotate', 'revoke-previous', 'delete'].map(
    (act) => [`/console/settings/webhooks/:id/${act}`, `/console/settings/webhooks/webhook/${act}`] as const,
  ),
  ['/console/settings/keys/:id/revoke', '/console/settings/keys/key/revoke'],
  ['/console/proposals', '/console/proposals'],
  ['/console/proposals/:id/approve', '/console/proposals/proposal/approve'],
  ['/console/kept/:id', '/console/kept/change'],
  ['/console/me/sessions/:id/end', '/console/me/sessions/change/end'],
  ['/console/people/:id/invite', '/console/people/person/invite'],
  ['/console/people/:id/roles/:roleId/end', '/console/people/person/roles/role/end'],
  ['/console/people/:id/sessions/:sessionId/end', '/console/people/person/sessions/change/end'],
  ['/console/people/:id/disable', '/console/people/person/disable'],
  ['/console/confirm', '/console/confirm'],
  ['/console/passkeys/:id/remove', '/console/passkeys/person/remove'],
];

test('each form is one of these', () => {
  const known = [...TYPED, ...SHOWN_ALONE].map(({ route }) => route);
  const forms = ROUTES.console.filter(([method, url]) => method === 'POST' && url !== '/console/*');
  expect([...new Set([...known, ...UNTYPED.map(([route]) => route)])].toSorted()).toEqual(
    forms.map(([, url]) => url).toSorted(),
  );
});

/** An address with its ids. */
const addressed = (at: string) =>
  at
    .split('/')
    .map((part, index) => (index > 2 ? (ids[part] ?? part) : part))
    .join('/');
const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** Sends a form half an hour later. Returns where it leads after signing in, and who has done that. */
async function sendTooLate(at: Form['at'], form: Record<string, string | readonly string[]>) {
  const person = await signIn(varsel, { name: 'Anne Holm' });
  const address = typeof at === 'string' ? addressed(at) : await at(person);
  varsel.clock.advance({ minutes: 31 });
  const { headers } = await person.post(address, form).expect(303);
  const to = new URL(headers['location'] ?? '', varsel.url).searchParams.get('to') ?? '';
  return { address, to, back: await signInAgain(varsel, person) };
}
/** All that a form could have done. */
const everything = () =>
  oneRow(
    varsel.database.pool,
    `select (select count(*) from audit_log) as acts, (select count(*) from messages) as messages,
       (select count(*) from idempotency_keys) as responses, (select count(*) from proposal_decisions) as decisions,
       (select sum(version) from announcement_drafts) as drafts`,
  );

describe('a session that ends in the middle of a form loses nothing that was typed, and nothing is done:', () => {
  test.each(TYPED)('$route', async ({ at, typed, besides = {} }) => {
    const chosen = Object.fromEntries(
      Object.entries(besides).map(([name, value]) => [name, ids[String(value)] ?? value]),
    );
    const { address, to, back } = await sendTooLate(at, { ...typed, ...chosen });
    expect(to).toMatch(/^\/console\/kept\//);
    const before = await everything();
    const { text } = await back.get(to).set('accept-language', 'da').expect(200);
    expect(await everything()).toEqual(before);
    expect(text).toContain('Intet er sendt endnu');
    expect(text).toMatch(new RegExp(`action="${address.replace(/\/(reject|cancel|letter|reached|roles)$/, '')}`));
    for (const value of Object.values(typed)) expect(text).toContain(escaped(value));
    for (const name of ['role', 'products', 'outcome', 'kind', 'channel'].filter((each) => each in chosen))
      expect(text).toMatch(new RegExp(`value="${[chosen[name]].flat()[0]}"[^>]* (?:checked|selected)`));
  });

  test.each(SHOWN_ALONE)('$route, whose words are shown alone', async ({ at, typed }) => {
    const { to, back } = await sendTooLate(at, { ...typed, passkey: '{"id":"secret"}', version: '7' });
    const { text } = await back.get(to).set('accept-language', 'da').expect(200);
    expect(text).toContain('her er det, du havde skrevet');
    for (const value of Object.values(typed)) expect(text).toContain(escaped(value));
    expect(text.match(/<textarea/g)).toHaveLength(Object.keys(typed).length);
    expect(text).not.toContain('secret');
  });

  test.each(UNTYPED)('%s, where nothing is typed: it leads to a page', async (_route, at) => {
    const { to, back } = await sendTooLate(at, {
      once: 'a',
      version: '1',
      hash: 'b',
      step: 'confirm',
      decide: 'confirm',
    });
    expect(to).toBe(addressed(at));
    let address = to;
    for (let ways = 0; ways < 3; ways += 1) {
      const { status, headers } = await back.get(address);
      if (status !== 303) {
        const isGone = /\/(change|person)\/(discard|test|announce|propose|reason\/keep|remove|end)$/.test(at);
        expect(status, address).toBe(isGone && status === 404 ? 404 : 200);
        return;
      }
      address = headers['location'] ?? '';
    }
    expect.fail(`${to} leads around`);
  });
});

test('of a file that was sent too late, what was typed beside it is kept', async () => {
  const person = await signIn(varsel);
  varsel.clock.advance({ minutes: 31 });
  const { headers } = await person.browser
    .post('/console/customers/import')
    .field('csrf', person.csrf)
    .field('columns', 'Kundenr=externalId')
    .attach('file', Buffer.from('externalId,name\n1,A'), 'kunder.csv')
    .expect(303);
  const to = new URL(headers['location'] ?? '', varsel.url).searchParams.get('to') ?? '';
  const back = await signInAgain(varsel, person);
  const { text } = await back.get(to).set('accept-language', 'da').expect(200);
  expect(text).toContain('Filer skal vælges på ny.');
  expect(text).toContain('value="Kundenr=externalId"');
  expect(text).toContain('action="/console/customers/import"');
});

/** What nobody expects in a field. */
const UNEXPECTED = {
  'markup, control characters and another script': `<script>alert(1)</script>" onfocus="alert(2) \u0000\u0007\u202Eأمان\u202C \u{1F469}\u200D\u2696\uFE0F`,
  'nothing to be seen': '\u200B\u00AD\uFEFF \u00A0',
  'a word without an end': '\u{1F98A}'.repeat(5_000),
};

describe.each(Object.entries(UNEXPECTED))('a form takes %s as it takes anything, and loses it not:', (_name, text) => {
  test.each([...TYPED, ...SHOWN_ALONE])('$route', async ({ at, typed, besides = {} }) => {
    const person = await signIn(varsel);
    const address = typeof at === 'string' ? addressed(at) : await at(person);
    const fields = Object.fromEntries(Object.keys(typed).map((field) => [field, text]));
    const chosen = Object.fromEntries(
      Object.entries(besides).map(([name, value]) => [name, ids[String(value)] ?? value]),
    );
    const { status, text: page } = await person.post(address, { ...chosen, ...fields });
    expect(status, page).toBeLessThan(500);
    expect(page).not.toContain('<script>alert');
    if (status >= 400) for (const value of Object.values(fields)) expect(page).toContain(escaped(value.trim()));
  });
});

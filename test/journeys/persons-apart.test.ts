import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { approveThroughLink, inIndia } from '../support/answering.ts';
import { aProduct, aSubProcessor } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import {
  activate,
  allBelowLeave,
  amending,
  announce,
  announceAnother,
  changeNow,
  entryNamed,
  haveProduct,
  linkOf,
  mailsTo,
  partOf,
  withdraw,
} from '../support/story.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/*
 * A whole story, in which every name, address and free text of a person has the mark `zq`. What is not of persons in the record has
 * it nowhere, and neither has what went to other systems, or the log (D48).
 */

const MARK = /zq/i;
const OFFICER_KEY = 'Zq-nøgle';
const SIGNE = { name: 'Zq Signe', email: 'signe@zq-nordlys.example' };
const DPO = 'dpo@zq-1.example';
const OFFICERS = 'zq-jura@telenor.example';
const COLLEAGUE = 'ciso@zq-1.example';
const LEAVER = 'dpo@zq-2.example';

/** What tables that are no record hold of persons, until it is replaced or deleted whole (docs/persons.md). */
const NO_RECORD = ['idempotency_keys.body', 'products.officers_address', 'webhooks.description'];

let varsel: TestVarsel;
let pages: Pages;
let receiver: Receiver;
let changeId: string;
const logged: string[] = [];

beforeAll(async () => {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    logged.push(String(line));
    return true;
  });
  varsel = await startVarsel('2026-03-02T09:00:00Z', { addresses: ['varsel@telenor.example'] }, 'trace');
  pages = pagesOf(varsel);
  receiver = await startReceiver();
  changeId = await tellStory();
  write.mockRestore();
});
afterAll(async () => {
  await varsel.close();
  await receiver.close();
});

/** Sends it as the officer of the story, and expects it to be done. */
async function done(sent: ReturnType<ReturnType<TestVarsel['api']>['post']>) {
  const { status, body } = await sent;
  expect([200, 201, 202], JSON.stringify(body)).toContain(status);
  return body;
}

async function tellStory(): Promise<string> {
  const admin = varsel.api();
  const made = await done(admin.post('/v1/keys').send({ name: OFFICER_KEY, role: 'officer' }));
  const gone = await done(admin.post('/v1/keys').send({ name: 'Zq-gammel', role: 'reader' }));
  await admin.delete(`/v1/keys/${gone.id}`);
  const officer = varsel.api().set('Authorization', `Bearer ${made.key}`);
  await haveProduct(varsel, aProduct({ officersAddress: OFFICERS }));
  await done(
    admin.post('/v1/webhooks').send({ url: receiver.url, events: ['*'], description: 'Spørg Zq', enabled: true }),
  );
  await haveCustomers();
  await done(
    officer.post('/v1/changes/preview/notice').send({
      announcement: {
        product: 'truetalk',
        kind: 'addition',
        subProcessor: aSubProcessor(90, { contactPerson: SIGNE }),
        reason: { da: 'Drift' },
        plannedActivationOn: '2026-04-15',
      },
      to: { email: 'zq-test@telenor.example', name: 'Zq Prøve', language: 'da' },
    }),
  );
  varsel.mailbox.refuse(LEAVER, { code: 550, message: '5.1.1 <dpo@zq-2.example>: Zq Hansen has left' });
  varsel.mailbox.refuse(OFFICERS, { code: 450, message: `4.2.2 <${OFFICERS}>: full` });

  const kinds = await announceKinds();
  await varsel.deliver();
  await answerAndObject(officer, kinds.asking);
  await varsel.deliver();
  await writeBack(officer, kinds.addition);
  varsel.clock.set('2026-04-20T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, kinds.amendment)).toEqual([]);
  await withdraw(varsel, kinds.removal);
  await admin.delete('/v1/controllers/kunde-3/products/truetalk');
  await varsel.deliver();
  await varsel.api('reader').get('/v1/controllers?q=zq-1');
  return kinds.amendment;
}

async function haveCustomers(): Promise<void> {
  const person = (email: string, name: string, mayApprove = false) => ({ email, name, language: 'da', mayApprove });
  const customers = [
    [person(DPO, 'Zq Persson', true), person(COLLEAGUE, 'Zq Brown')],
    [person(LEAVER, 'Zq Hansen')],
    [person('dpo@zq-3.example', 'Zq Holm')],
  ].map((contacts, index) => ({
    externalId: `kunde-${index + 1}`,
    name: `Handel v/ Zq ${index + 1}`,
    registrationNumber: String(10_000_001 + index),
    reference: 'Zq ref',
    metadata: { sælger: 'Zq' },
    products: ['truetalk'],
    contacts,
  }));
  const file = customers.map((each) => JSON.stringify(each)).join('\n');
  await done(varsel.api().post('/v1/controllers/import').type('application/x-ndjson').send(file));
  const [{ externalId, ...first } = { externalId: '' }] = customers;
  await done(
    varsel
      .api()
      .put(`/v1/controllers/${externalId}`)
      .send({ ...first, reference: 'Zq ny ref' }),
  );
}

/** A change of each kind, with contact persons where a company is described. */
async function announceKinds() {
  const contactPerson = SIGNE;
  const addition = await announceAnother(varsel, { subProcessor: varsel.newCompany({ contactPerson }) });
  const asking = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany({ contactPerson })) });
  const planned = { plannedActivationOn: '2026-04-15' };
  const amendment = await announce(varsel, { ...(await amending(varsel, 'Google', { contactPerson })), ...planned });
  const { id: removes } = await entryNamed(varsel, 'Gintel');
  const children = await allBelowLeave(varsel, removes);
  const removal = await announce(varsel, { kind: 'removal', removes, children, subProcessor: null, ...planned });
  return { addition, asking, amendment, removal };
}

/** Objections through a link, one of them withdrawn, and one by letter; a nomination, and an approval. */
async function answerAndObject(officer: ReturnType<TestVarsel['api']>, asking: string): Promise<void> {
  const link = await linkOf(varsel, asking, 'kunde-1');
  const said = { reasons: 'Zq er imod', name: 'Zq Persson' };
  const { id } = await done(varsel.customer().post(link).send(said));
  await requestWithdrawal({ varsel, pages }, { link, id, email: DPO, explanation: 'Zq tog fejl' });
  expect((await pages.json(`${link}/${id}/keep`, {})).statusCode).toBe(200);
  await varsel.deliver();
  await done(officer.post(`/v1/objections/${id}/resolve`).send({ outcome: 'accommodated', explanation: 'Zq er enig' }));
  const named = { name: 'Zq Direktør', role: 'Zq chef', email: 'zq-ny@zq-1.example' };
  expect((await pages.json(`${link}/nominate`, named)).statusCode).toBe(202);
  const { items } = await done(officer.get(`/v1/changes/${asking}/nominations`));
  await done(officer.post(`/v1/nominations/${items[0].id}/confirm`));
  const approved = await approveThroughLink({ varsel, pages }, { link, email: DPO });
  expect(approved.statusCode, approved.body).toBe(201);
  await done(
    officer.post(`/v1/changes/${asking}/approvals`).send({
      controller: 'kunde-3',
      decision: 'approval',
      channel: 'letter',
      receivedAt: varsel.clock.now().toString(),
      from: { name: 'Zq Holm', role: 'Direktør' },
      statement: 'Zq godkender',
      authority: 'Zq tegner selskabet',
    }),
  );
  await done(
    officer
      .post(`/v1/changes/${asking}/objections`)
      .set('Idempotency-Key', 'first')
      .send({
        controller: 'kunde-3',
        channel: 'letter',
        receivedAt: varsel.clock.now().toString(),
        from: { name: 'Zq Holm', email: 'dpo@zq-3.example' },
        reasons: 'Zq vil ikke',
      }),
  );
}

/** An answer, a bounce, an untagged mail, a letter and a statement. */
async function writeBack(officer: ReturnType<TestVarsel['api']>, addition: string): Promise<void> {
  const to = returnAddressesOf(mailsTo(varsel, DPO, /indsigelse senest/)[0]!);
  await mailIn(varsel, anAnswer('Zq er imod det', `Zq Persson <${DPO}>`), { from: DPO, to: to.reply });
  const { items } = await done(officer.get(`/v1/changes/${addition}/answers`));
  const read = { decision: 'objection', explanation: 'Zq skrev det' };
  await done(officer.post(`/v1/answers/${items[0].id}/classify`).send(read));
  const [notice] = (await partOf(varsel, addition, 'kunde-3')).notices;
  const bounced = mailsTo(varsel, 'dpo@zq-3.example').find(({ text = '' }) =>
    text.includes(varsel.links.tokenOf(notice.id)),
  )!;
  await mailIn(varsel, aBounce('dpo@zq-3.example').replaceAll('no such user', 'Zq Holm has left'), {
    from: '',
    to: returnAddressesOf(bounced).bounce,
  });
  await done(officer.post(`/v1/notices/${notice.id}/reached`).send({ evidence: 'Zq ringede' }));
  await mailIn(varsel, anAnswer('Hvem er jeg?', 'Zq Ukendt <zq@ukendt.example>').replace(/_{5}[^]*/, ''), {
    from: 'zq@ukendt.example',
    to: 'varsel@telenor.example',
  });
  const { items: mails } = await done(officer.get('/v1/mails?attributed=false'));
  await done(officer.post(`/v1/mails/${mails[0].id}/dismiss`).send({ explanation: 'Zq er ingen kunde' }));
  const letter = { arrivedOn: '2026-03-02', reference: 'Zq RR 1' };
  await done(officer.post(`/v1/changes/${addition}/controllers/kunde-2/notice-by-letter`).send(letter));
  await done(officer.post(`/v1/changes/${addition}/controllers/kunde-2/resend`));
}

test('the record has them in columns of persons alone', async () => {
  const { pool } = varsel.database;
  const columns = await rows<{ table: string; column: string; type: string; part: string | null }>(
    pool,
    `select c.table_name as table, c.column_name as column, c.data_type as type, r.part
     from information_schema.columns c left join record_columns r
       on (r.table_name, r.column_name) = (c.table_name, c.column_name) and r.until is null
     where c.table_schema = current_schema()`,
  );
  const marked: { name: string; part: string | null }[] = [];
  for (const { table, column, type, part } of columns) {
    const text = type === 'bytea' ? `encode(${column}, 'escape')` : `${column}::text`;
    const [found] = await rows<{ some: boolean }>(
      pool,
      `select exists (select from ${table} where ${text} ~* 'zq') as some`,
    );
    if (found?.some) marked.push({ name: `${table}.${column}`, part });
  }
  const elsewhere = marked.filter(({ part }) => part !== 'person' && part !== 'moving-person').map(({ name }) => name);
  expect(elsewhere.toSorted()).toEqual(NO_RECORD);
  expect(marked.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'answer_decisions.explanation',
      'api_keys.name',
      'approvals.authority',
      'approvals.from_name',
      'approvals.statement',
      'arrival_statements.evidence',
      'audit_log.persons',
      'bounces.diagnostic',
      'bounces.recipient',
      'changes.contact_persons',
      'contacts.email',
      'contacts.name',
      'controllers.metadata',
      'controllers.name',
      'controllers.reference',
      'inbound_contents.raw',
      'inbound_mail_decisions.explanation',
      'inbound_mails.envelope_from',
      'inbound_mails.from_email',
      'inbound_mails.from_name',
      'inbound_mails.text',
      'letters.reference',
      'message_attempts.response',
      'messages.email',
      'messages.last_error',
      'messages.name',
      'nominations.email',
      'nominations.name',
      'nominations.role',
      'objection_decisions.explanation',
      'objections.from_email',
      'objections.from_name',
      'objections.reasons',
      'operator_mails.body',
      'register_entries.contact_person',
      'test_notices.content',
      'test_notices.email',
      'test_notices.name',
      'withdrawal_requests.email',
      'withdrawal_requests.explanation',
    ]),
  );
});

test('other systems are sent none, and the log has none', () => {
  const bodies = receiver.received.map(({ body }) => body);
  expect(new Set(bodies.map((body) => JSON.parse(body).type.split('.')[0]))).toEqual(
    new Set(['change', 'objection', 'answer', 'approval', 'notice', 'controller', 'entitlement']),
  );
  expect(bodies.filter((body) => MARK.test(body))).toEqual([]);
  const log = logged.join('');
  for (const told of ['"url":"/v1/controllers"', 'a mail to the company was not taken', '<[address]>: full']) {
    expect(log).toContain(told);
  }
  expect(logged.filter((line) => MARK.test(line))).toEqual([]);
});

test('officers are shown all of it, with the facts that it belongs to', async () => {
  const change = await changeNow(varsel, changeId);
  expect(change.subProcessor.contactPerson).toEqual(SIGNE);
  expect(change.elements).toContainEqual(expect.objectContaining({ element: 'contactPerson', to: SIGNE }));
  const { items } = (await varsel.api().get('/v1/audit?limit=200')).body;
  const actOf = (action: string) => items.find((each: { action: string }) => each.action === action);
  expect(actOf('controller.updated').details.after).toMatchObject({
    name: 'Handel v/ Zq 1',
    metadata: { sælger: 'Zq' },
    contacts: expect.arrayContaining([
      expect.objectContaining({ email: DPO, name: 'Zq Persson' }),
      expect.objectContaining({ email: COLLEAGUE, name: 'Zq Brown' }),
    ]),
  });
  expect(actOf('mail.decided').actor).toMatch(/^Zq-nøgle \(key [0-9a-f-]{36}\)$/);
  const byKey = (await varsel.api().get('/v1/audit').query({ actor: 'zq-NØGLE' })).body.items;
  expect(byKey.length).toBeGreaterThan(5);
  const { items: objections } = (await varsel.api('reader').get('/v1/objections')).body;
  expect(objections.find(({ channel }: { channel: string }) => channel === 'link').recordedBy).toBe(
    `Zq Persson (${DPO}, through the link)`,
  );
});

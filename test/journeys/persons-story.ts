import { expect } from 'vitest';
import { approveThroughLink, inIndia } from '../support/answering.ts';
import { aProduct, aSubProcessor } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import type { Receiver } from '../support/receiver.ts';
import {
  activate,
  allBelowLeave,
  amending,
  announce,
  announceAnother,
  entryNamed,
  haveProduct,
  linkOf,
  mailsTo,
  partOf,
  withdraw,
} from '../support/story.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';
import type { TestVarsel } from '../support/varsel.ts';

/*
 * A whole story, in which every name, address and free text of a person has the mark `zq`. What comes behind the mark stands in no
 * Base64, which has it by chance.
 */
export const MARK = /zq[ @-]/i;

const OFFICER_KEY = 'Zq-nøgle';
export const SIGNE = { name: 'Zq Signe', email: 'signe@zq-nordlys.example' };
export const DPO = 'dpo@zq-1.example';
export const OFFICERS = 'zq-jura@telenor.example';
export const COLLEAGUE = 'ciso@zq-1.example';
const LEAVER = 'dpo@zq-2.example';

let varsel: TestVarsel;
let pages: Pages;
let receiver: Receiver;

/** The changes of the story, by what they are. */
type StoryOfPersons = Awaited<ReturnType<typeof announceKinds>>;

/** Tells the story, of which one change is withdrawn, one activated and two go on. */
export async function tellOfPersons(on: TestVarsel, to: Receiver): Promise<StoryOfPersons> {
  [varsel, pages, receiver] = [on, pagesOf(on), to];
  return tellStory();
}

/** Sends it as the officer of the story, and expects it to be done. */
async function done(sent: ReturnType<ReturnType<TestVarsel['api']>['post']>) {
  const { status, body } = await sent;
  expect([200, 201, 202], JSON.stringify(body)).toContain(status);
  return body;
}

async function tellStory(): Promise<StoryOfPersons> {
  const admin = varsel.api();
  const made = await done(admin.post('/v1/keys').send({ name: OFFICER_KEY, role: 'officer' }));
  const gone = await done(admin.post('/v1/keys').send({ name: 'Zq-gammel', role: 'reader' }));
  await admin.delete(`/v1/keys/${gone.id}`);
  const officer = varsel.api().set('Authorization', `Bearer ${made.key}`);
  await haveProduct(varsel, aProduct({ officersAddress: OFFICERS }));
  await done(
    admin.post('/v1/webhooks').send({ url: receiver.url, events: ['*'], description: 'Spørg Zq Salg', enabled: true }),
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
  return kinds;
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
    metadata: { sælger: 'Zq Salg' },
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
  const objected = await done(
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
  const scanned = Buffer.from('From: Zq Holm <dpo@zq-3.example>\r\n\r\nZq vil ikke\r\n').toString('base64');
  await done(officer.post(`/v1/changes/${asking}/scans`).send({ objectionId: objected.id, base64: scanned }));
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

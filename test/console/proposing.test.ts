import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aController, aProduct } from '../support/examples.ts';
import { APPROVAL_BY_LETTER } from '../support/proposing.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { announceAnother, haveControllers, haveProduct, PLANNED_ON, withdraw } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* What a product asks two people for is proposed from the page where one alone would do it (D61). */

let varsel: TestVarsel;
let admin: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveControllers(varsel, [aController(1), aController(2)]);
  await haveProduct(varsel, aProduct({ secondPerson: ['activation', 'invalid'] }));
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet', secondPerson: ['announcement', 'terms'] }));
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set('2026-03-02T09:00:00Z');
  await signInAdmin();
});
async function signInAdmin(): Promise<void> {
  admin = await signIn(varsel, { role: 'admin' });
  await admin.get('/console?lang=en').expect(200);
}

/** The act that a page offers to propose. */
function offeredBy(page: string): string {
  const [, act] = /name="act" value="([^"]*)"/.exec(page) ?? [];
  if (act === undefined) throw new Error(`No proposal is offered by ${page}`);
  return act.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** Sends a form that is refused for the one person who sends it, and clicks twice on what is offered. Returns the proposal. */
async function proposedFrom(address: string, form: Record<string, string | readonly string[]>) {
  const refused = await admin.post(address, form);
  expect(refused.status, refused.text).toBeGreaterThanOrEqual(409);
  expect(refused.text.match(/action="\/console\/proposals"/g)).toHaveLength(1);
  const act = offeredBy(refused.text);
  const clicks = await Promise.all([1, 2].map(() => admin.post('/console/proposals', { act, once: address })));
  const made = clicks.find(({ status }) => status === 303);
  const page = made?.headers['location'] ?? '';
  expect(page, clicks[0]?.text).toMatch(/^\/console\/proposals\/[0-9a-f-]{36}$/);
  await admin.get(page).expect(200);
  const { body } = await admin.call('get', `/v1${page.replace('/console', '')}`).expect(200);
  const { body: all } = await admin.call('get', `/v1/proposals?kind=${body.kind}`);
  expect(all.items).toHaveLength(1);
  return body;
}

/** Expects a page to say that this proposal waits, by whom, and where it is. */
async function expectWaiting(address: string, { id }: { id: string }, what: string, by = admin) {
  const { text } = await by.get(`${address}?lang=en`).expect(200);
  const [, said, href] = /<p>(A proposal waits [^<]*) <a href="([^"]*)">/.exec(text) ?? [];
  expect([said, href]).toEqual([
    expect.stringMatching(`^A proposal waits for another person\\. ${what}, proposed by .+ on .+\\.$`),
    `/console/proposals/${id}`,
  ]);
}

test('an activation', async () => {
  const change = await announceAnother(varsel, { plannedActivationOn: PLANNED_ON });
  await varsel.deliver();
  const filed = await admin.call('post', `/v1/changes/${change}/objections`).send({
    controller: 'kunde-1',
    reasons: 'USA',
    channel: 'letter',
    receivedAt: '2026-03-02T09:00:00Z',
    from: {},
  });
  const resolved = await admin
    .call('post', `/v1/objections/${filed.body.id}/resolve`)
    .send({ outcome: 'accommodated', explanation: 'No addresses are sent' });
  expect(resolved.status, JSON.stringify(resolved.body)).toBe(200);
  varsel.clock.set(`${PLANNED_ON}T09:00:00Z`);
  await signInAdmin();
  // Its page offers nothing that would be refused.
  const page = `/console/changes/${change}/activate`;
  const { text } = await admin.get(page).expect(200);
  expect(JSON.parse(offeredBy(text))).toEqual({ kind: 'activation', change });
  expect(text).toContain('Send for approval');
  expect(text).not.toContain(`action="${page}"`);
  const { act, status, id, hash } = await proposedFrom(page, {});
  expect([act, status]).toEqual([{ kind: 'activation', change }, 'pending']);
  // From then on it is not offered again: both pages lead to the proposal that waits.
  for (const address of [page, `/console/changes/${change}`]) {
    const { text: waits } = await admin.get(address).expect(200);
    expect(waits).toContain('It is proposed to activate the change.');
    expect(waits).toContain(`href="/console/proposals/${id}"`);
    expect(waits).not.toMatch(/name="act"|The change can be activated now|href="[^"]*\/activate"/);
  }
  // Also to who is for several products.
  const reader = await signIn(varsel, { role: 'reader', products: ['truetalk', 'andet'] });
  await expectWaiting(`/console/changes/${change}`, { id }, 'Activation: .+', reader);
  // Who approves sees what who proposed saw.
  const mette = await signIn(varsel, { role: 'approver', products: ['truetalk'], name: 'Mette Holm' });
  const { text: seen } = await mette.get(`/console/proposals/${id}?lang=en`).expect(200);
  for (const said of [
    'That cannot be undone',
    'The e-mail that customers get',
    `${page}/mail.html`,
    'Resolved as',
    '>Kunde 1 A/S<',
    'No addresses',
  ])
    expect(seen).toContain(said);
  expect(seen).not.toContain('Customers can object');
  expect(seen).toContain('What will happen');
  await mette.post(`/console/proposals/${id}/approve`, { hash }).expect(303);
  const { text: done } = await mette.get(`/console/proposals/${id}`).expect(200);
  expect(done).toContain('What happened');
  expect(done).not.toContain('What will happen');
  const { text: shown } = await admin.get(`/console/changes/${change}`).expect(200);
  expect(shown).toMatch(/Activated<\/dt>.*by Mette Holm, proposed by /);
});

test('that an objection is invalid, with what was typed', async () => {
  const change = await announceAnother(varsel);
  await varsel.deliver();
  const letter = { controller: 'kunde-1', reasons: 'USA', channel: 'letter', receivedAt: '2026-03-02T09:00:00Z' };
  const filed = await admin.call('post', `/v1/changes/${change}/objections`).send({ ...letter, from: {} });
  const explanation = 'Afsenderen er "ikke" kunde & kender os ikke';
  const form = { decide: 'resolve', outcome: 'invalid', explanation };
  const { act, id } = await proposedFrom(`/console/inbox/objections/${filed.body.id}`, form);
  await expectWaiting(`/console/inbox/objections/${filed.body.id}`, { id }, 'Invalid objection: Kunde 1 A/S');
  // Whoever approves reads whose objection it is, and what it says.
  for (const page of [`/console/proposals/${id}`, '/console/proposals'])
    expect((await admin.get(page)).text).toContain('Invalid objection: Kunde 1 A/S');
  expect((await admin.get(`/console/proposals/${id}`)).text).toContain(`/console/inbox/objections/${filed.body.id}"`);
  expect(act).toEqual({ kind: 'invalid', objection: filed.body.id, explanation, mailId: null });
  const { body: objection } = await admin.call('get', `/v1/objections/${filed.body.id}`);
  expect(objection.status).toBe('pending');
  const other = await admin.post(`/console/inbox/objections/${filed.body.id}`, { ...form, outcome: 'withdrawn' });
  expect(other.text).not.toContain('name="act"');
  await withdraw(varsel, change);
});

test('new terms, and that an act takes two no more', async () => {
  const { terms, processor, objectionAddress, ...product } = aProduct();
  const form = {
    name: 'Andet Plus',
    processorName: processor.name,
    processorNumber: processor.registrationNumber,
    processorAddress: processor.address,
    windowDays: String(terms.objectionWindowDays),
    timeZone: terms.timeZone,
    objectionEmail: objectionAddress.email,
    objectionPostal: objectionAddress.postal,
    answerDays: String(terms.approvalAnswerDays),
    effectiveHours: String(terms.approvalEffectiveAfterHours),
    holdMinutes: String(product.holdMinutes),
    withdrawalDelayHours: String(product.withdrawalDelayHours),
    ...Object.fromEntries(Object.entries(product.retention).map(([name, value]) => [name, String(value)])),
    reason: 'Tillæg',
    secondPerson: ['activation', 'terms'],
  };
  const { act, id } = await proposedFrom('/console/settings/products/andet/edit', form);
  for (const page of ['/console/settings/products/andet', '/console/settings/products/andet/edit'])
    await expectWaiting(page, { id }, 'New terms: Andet Plus');
  expect(act.terms).toMatchObject({ name: 'Andet Plus', secondPerson: ['activation', 'terms'] });
  const { text } = await admin.get('/console/settings/products/andet').expect(200);
  expect(text).toContain('To announce a change and to change the terms');
  const mette = await signIn(varsel, { role: 'approver' });
  await mette.call('post', `/v1/proposals/${id}/reject`).send({ reason: 'Ikke nu' }).expect(200);
  const { text: rejected } = await admin.get('/console/settings/products/andet').expect(200);
  expect(rejected).not.toContain('waits for another person');
});

test('an approval that came by letter waits on the pages of its change and of its customer, and of no other one', async () => {
  const locations = [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }] as const;
  const change = await announceAnother(varsel, { subProcessor: varsel.newCompany({ locations: [...locations] }) });
  const { body } = await admin
    .call('post', '/v1/proposals')
    .send({ kind: 'approval', change, approval: APPROVAL_BY_LETTER })
    .expect(201);
  const { id: refusal } = (
    await admin
      .call('post', `/v1/changes/${change}/approvals`)
      .send({ ...APPROVAL_BY_LETTER, decision: 'refusal' })
      .expect(201)
  ).body;
  // It takes two in a trial, too (D42).
  const { text: own } = await admin.get(`/console/proposals/${body.id}`).expect(200);
  expect(own).toContain('You proposed it yourself. Somebody else has to approve it.');
  const other = `/console/changes/${change}/controllers/kunde-2`;
  for (const page of [
    `/console/changes/${change}`,
    other.replace('kunde-2', 'kunde-1'),
    `/console/inbox/approvals/${refusal}`,
  ])
    await expectWaiting(page, body, 'Approval in writing: Kunde 1[^.]*');
  expect((await admin.get(other).expect(200)).text).not.toContain('waits for another person');
  await withdraw(varsel, change);
});

test('what cannot be proposed is told, with the button to try again', async () => {
  const act = JSON.stringify({ kind: 'activation', change: '01900000-0000-7000-8000-000000000000' });
  await admin.post('/console/proposals', { act }).expect(404);
  const change = await announceAnother(varsel);
  const blocked = JSON.stringify({ kind: 'activation', change });
  const refused = await admin.post('/console/proposals', { act: blocked }).expect(409);
  expect(refused.text).toContain('Something is in the way of the activation.');
  expect(offeredBy(refused.text)).toBe(blocked);
  await admin.post('/console/proposals', { act: 'no document' }).expect(400);
  const reader = await signIn(varsel, { role: 'reader' });
  await reader.post('/console/proposals', { act: blocked }).expect(403);
  await withdraw(varsel, change);
});

test('a role, for one product or for all; of several, it is said how', async () => {
  const person = await signIn(varsel, { role: 'reader', products: ['truetalk'] });
  const roles = `/console/people/${person.id}/roles`;
  await haveProduct(varsel, aProduct({ id: 'tredje', name: 'Tredje' }));
  const local = await signIn(varsel, { role: 'admin', products: ['truetalk', 'tredje'] });
  // The last test: from here on no role for all products is given alone.
  await haveProduct(varsel, aProduct({ id: 'tredje', name: 'Tredje', secondPerson: ['role'] }));
  const { act, id } = await proposedFrom(roles, { role: 'officer', products: 'tredje' });
  await expectWaiting(`/console/people/${person.id}`, { id }, 'Role of a person: .+');
  await expectWaiting(`/console/people/${person.id}`, { id }, 'Role of a person: .+', local);
  expect(act).toEqual({ kind: 'role', person: person.id, role: 'officer', product: 'tredje' });
  const forAll = await admin.post(roles, { role: 'officer', products: '*' });
  expect(JSON.parse(offeredBy(forAll.text))).toEqual({ ...act, product: null });
  const several = await admin.post(roles, { role: 'officer', products: ['truetalk', 'tredje'] });
  expect(several.text).not.toContain('name="act"');
  expect(several.status).toBe(409);
  expect(several.text).toContain('is proposed for one product at a time');
  expect(several.text).toContain('A role that may do more than read takes two people.');
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rows } from '../../src/db/postgres.ts';
import { markTrial } from '../../src/db/installation.ts';
import { aController, aProduct } from '../support/examples.ts';
import { APPROVAL_BY_LETTER } from '../support/proposing.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import { changeBody, haveControllers, haveProduct } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Two pairs of eyes over HTTP (D60, D61): by programs with keys, which propose, and by people, who approve. */

let varsel: TestVarsel;
let eva: SignedInPerson;
let ole: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel();
  // As in production.
  await markTrial(varsel.database.owner, false);
  await haveControllers(varsel, [aController(1), aController(2)]);
  await haveProduct(varsel, aProduct({ secondPerson: ['activation', 'announcement'] }));
});
beforeEach(async () => {
  varsel.clock.set('2026-03-02T09:00:00Z');
  eva = await signIn(varsel, { role: 'officer', products: ['truetalk'], name: 'Eva Lund' });
  ole = await signIn(varsel, { role: 'approver', products: ['truetalk'], name: 'Ole Berg' });
});
afterAll(() => varsel.close());

const anAnnouncement = (overrides = {}) => ({
  kind: 'announcement',
  announcement: changeBody({ subProcessor: varsel.newCompany(), ...overrides }),
});
async function proposed(act: object = anAnnouncement(), who = eva) {
  const { status, body } = await who.call('post', '/v1/proposals').send(act);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}
const approve = ({ id, hash }: { id: string; hash: string }, who = ole) =>
  who.call('post', `/v1/proposals/${id}/approve`).send({ hash });

test('an act that takes two is refused to one, with the way to a proposal', async () => {
  const { status, body } = await varsel.api('officer').post('/v1/changes').send(changeBody());
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'second-person-needed' });
  expect(body.detail).toBe(
    'Product truetalk asks two people for this: propose it with POST /v1/proposals {"kind": "announcement", …}, and another person approves it (D61).',
  );
  const { body: product } = await varsel.api('reader').get('/v1/products/truetalk');
  expect(product.secondPerson).toEqual(['announcement', 'activation']);
});

test('what a key proposes is approved by a person, by its hash, and by no key', async () => {
  const act = anAnnouncement();
  const { status, headers, body } = await varsel.api('officer').post('/v1/proposals').send(act);
  expect(status).toBe(201);
  expect(headers.location).toBe(`/v1/proposals/${body.id}`);
  expect(body).toMatchObject({
    kind: 'announcement',
    status: 'pending',
    controllers: 2,
    proposedAt: '2026-03-02T09:00:00.000Z',
    expiresAt: '2026-03-09T09:00:00.000Z',
    outcome: { regime: { objection: true, approval: false }, holdMinutes: 0 },
    decisions: [],
  });
  expect(body.proposedBy).toMatch(/^Test officer \(key /);

  const withKey = await varsel.api().post(`/v1/proposals/${body.id}/approve`).send({ hash: body.hash });
  expect([withKey.status, withKey.body.detail]).toEqual([403, 'This takes a person who is signed in, not an API key.']);
  expect((await approve(body, eva)).status).toBe(403);
  expect((await approve({ ...body, hash: 'f'.repeat(64) })).body.code).toBe('proposal-outdated');

  const approved = await approve(body);
  expect(approved.status).toBe(200);
  const [{ made, ...decision }] = approved.body.decisions;
  expect(decision).toEqual({
    decision: 'approved',
    at: '2026-03-02T09:00:00.000Z',
    by: `Ole Berg (person ${ole.id})`,
    reason: null,
    byOnePerson: false,
  });
  const { body: change } = await varsel.api('reader').get(`/v1/changes/${made}`);
  expect(change).toMatchObject({ status: 'announced', announcedBy: `Ole Berg (person ${ole.id})` });
  expect((await approve(body)).body.code).toBe('proposal-decided');

  const { body: acts } = await varsel.api().get(`/v1/audit?subject=${body.id}`);
  // Both of one instant, in any order.
  expect(acts.items.map(({ action, actor }: Record<string, string>) => [action, actor]).toSorted()).toEqual([
    ['proposal.approved', `Ole Berg (person ${ole.id})`],
    ['proposal.made', body.proposedBy],
  ]);
});

test('the preview says what has changed since, and what an activation waits for', async () => {
  const body = await proposed();
  const { body: same } = await ole.call('get', `/v1/proposals/${body.id}/preview`).expect(200);
  expect(same).toMatchObject({ hash: body.hash, differences: [], refusals: [], controllers: 2 });
  await haveProduct(varsel, aProduct({ name: 'TrueTalk Plus', secondPerson: ['activation', 'announcement'] }));
  const { body: other } = await ole.call('get', `/v1/proposals/${body.id}/preview`).expect(200);
  expect(other.differences).toEqual([{ path: 'announcer.productName', was: 'TrueTalk', is: 'TrueTalk Plus' }]);
  expect((await approve(body)).body).toMatchObject({
    code: 'proposal-outdated',
    errors: [{ path: 'announcer.productName' }],
  });
  await haveProduct(varsel, aProduct({ secondPerson: ['activation', 'announcement'] }));
  const { made } = (await approve(body)).body.decisions[0];
  // One that is blocked cannot be proposed.
  const blocked = await eva.call('post', '/v1/proposals').send({ kind: 'activation', change: made });
  expect([blocked.status, blocked.body.code]).toEqual([409, 'activation-blocked']);
  expect(blocked.body.blockers.length).toBeGreaterThan(0);
});

test('nobody proposes what they may not do, decides for another product, or sees its proposals', async () => {
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
  const elsewhere = await signIn(varsel, { role: 'approver', products: ['other'] });
  const reader = await signIn(varsel, { role: 'reader' });
  const { id: _id, ...terms } = aProduct();
  const refused = async (who: SignedInPerson, act: object) =>
    (await who.call('post', '/v1/proposals').send(act)).status;
  expect(await refused(reader, anAnnouncement())).toBe(403);
  expect(await refused(elsewhere, anAnnouncement())).toBe(403);
  expect(await refused(eva, { kind: 'terms', product: 'truetalk', terms })).toBe(403);
  const body = await proposed();
  expect((await approve(body, elsewhere)).status).toBe(404);
  await elsewhere.call('get', `/v1/proposals/${body.id}`).expect(404);
  const { body: list } = await elsewhere.call('get', '/v1/proposals').expect(200);
  expect(list.items).toEqual([]);
  const { body: own } = await eva.call('get', '/v1/proposals?status=pending').expect(200);
  expect(own.items[0].id).toBe(body.id);
  expect(own.items.every(({ status }: { status: string }) => status === 'pending')).toBe(true);
});

test('what is of another product is as if there were none: a change, and a person with its roles', async () => {
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
  const elsewhere = await signIn(varsel, { role: 'admin', products: ['other'] });
  const { made } = (await approve(await proposed())).body.decisions[0];
  const unknown = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
  const told = async (act: object) => {
    const { status, body } = await elsewhere.call('post', '/v1/proposals').send(act);
    return { status, code: body.code, detail: body.detail.replace(/[0-9a-f-]{36}/, 'id') };
  };
  for (const act of [
    (id: string) => ({ kind: 'activation', change: id }),
    (id: string) => ({ kind: 'role', person: id, role: 'officer', product: 'other' }),
  ]) {
    const there = await told(act(act('').kind === 'role' ? eva.id : made));
    expect(there).toMatchObject({ status: 404, code: 'not-found' });
    expect(there).toEqual(await told(act(unknown)));
  }
  expect((await told({ kind: 'role', person: elsewhere.id, role: 'reader', product: null })).status).toBe(403);
});

test('nobody approves that somebody gets more than they have themselves (D57)', async () => {
  await haveProduct(varsel, aProduct({ id: 'other', name: 'Other' }));
  const admin = await signIn(varsel, { role: 'admin', name: 'Ida Holm' });
  // Of another product this counts for nothing.
  const of = await signIn(varsel, { role: 'approver', products: ['truetalk'] });
  await rows(
    varsel.database.owner,
    `insert into person_roles (person_id, role, product_id, source, given_at, given_by)
     values ($1, 'admin', 'other', 'given', $2, 'system')`,
    [of.id, varsel.clock.now()],
  );
  const forAdmin = await proposed({ kind: 'role', person: of.id, role: 'admin', product: 'truetalk' }, admin);
  for (const who of [ole, of]) {
    const { status, body } = await approve(forAdmin, who);
    expect([status, body.detail]).toEqual([403, 'Nobody gives more than they have: this takes the role admin.']);
    expect((await who.get(`/console/proposals/${forAdmin.id}`)).text).not.toContain('/approve"');
  }
  const forOfficer = await proposed({ kind: 'role', person: eva.id, role: 'approver', product: 'truetalk' }, admin);
  expect((await ole.get(`/console/proposals/${forOfficer.id}`)).text).toContain('/approve"');
  expect((await approve(forOfficer)).status).toBe(200);
});

test('a proposal is rejected with words, cancelled by who made it, and expires after seven days', async () => {
  const rejected = await proposed();
  await ole.call('post', `/v1/proposals/${rejected.id}/reject`).send({}).expect(400);
  const { body } = await ole
    .call('post', `/v1/proposals/${rejected.id}/reject`)
    .send({ reason: 'Begrundelsen mangler' });
  expect(body).toMatchObject({ status: 'rejected', decisions: [{ reason: 'Begrundelsen mangler' }] });
  const cancelled = await proposed();
  await eva.call('post', `/v1/proposals/${cancelled.id}/cancel`).send({ reason: 'Udskudt' }).expect(200);
  expect((await approve(cancelled)).body.code).toBe('proposal-decided');
  const expiring = await proposed();
  varsel.clock.advance({ hours: 168 });
  const [late, early] = [await signIn(varsel, { role: 'approver' }), await signIn(varsel, { role: 'officer' })];
  expect((await approve(expiring, late)).body.code).toBe('proposal-expired');
  const { body: shown } = await early.call('get', `/v1/proposals/${expiring.id}`);
  expect(shown.status).toBe('expired');
});

test('an announcement that was approved is cancelled by either of the two while it is held', async () => {
  const body = await proposed(anAnnouncement({ holdMinutes: 30 }));
  const { made } = (await approve(body)).body.decisions[0];
  varsel.clock.advance({ minutes: 20 });
  await eva.call('post', `/v1/proposals/${body.id}/cancel`).send({ reason: 'Forkert navn' }).expect(200);
  varsel.clock.advance({ minutes: 20 });
  await varsel.deliver();
  const { body: change } = await varsel.api('reader').get(`/v1/changes/${made}`);
  expect(change).toMatchObject({ status: 'withdrawn', toldSince: null });
  expect(await rows(varsel.database.pool, 'select from messages where change_id = $1', [made])).toEqual([]);
});

test('an approval in writing is recorded by who proposes and confirmed by who approves (D42)', async () => {
  const india = [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }] as const;
  const announced = await proposed(anAnnouncement({ subProcessor: varsel.newCompany({ locations: [...india] }) }));
  const change = (await approve(announced)).body.decisions[0].made;
  const letter = await proposed({ kind: 'approval', change, approval: APPROVAL_BY_LETTER });
  expect(letter.act.approval).toMatchObject(APPROVAL_BY_LETTER);
  const { body } = await approve(letter);
  const { body: recorded } = await varsel.api('reader').get(`/v1/approvals/${body.decisions[0].made}`);
  expect(recorded).toMatchObject({
    status: 'waiting',
    recordedBy: `Eva Lund (person ${eva.id})`,
    confirmation: { confirmedBy: `Ole Berg (person ${ole.id})` },
  });
});

test('a form or a program that sends the same again does nothing more', async () => {
  const act = anAnnouncement();
  const send = () => eva.call('post', '/v1/proposals').set('idempotency-key', 'one').send(act);
  const [first, second] = [await send(), await send()];
  expect(second.body).toEqual(first.body);
  const approveOnce = () => approve(first.body).set('idempotency-key', 'two');
  const [done, again] = [await approveOnce(), await approveOnce()];
  expect([done.status, again.status]).toEqual([200, 200]);
  expect(again.body).toEqual(done.body);
});

test('the same that waits already is the answer, also at the same moment; what was done otherwise waits no more', async () => {
  const act = anAnnouncement();
  const ida = await signIn(varsel, { role: 'officer', products: ['truetalk'], name: 'Ida Ny' });
  const twice = await Promise.all([eva, ida].map((who) => who.call('post', '/v1/proposals').send(act)));
  expect(twice.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 201]);
  expect(twice[0]?.body).toEqual(twice[1]?.body);
  const { made } = (await approve(twice[0]?.body)).body.decisions[0];
  await varsel.deliver();
  varsel.clock.set('2026-03-20T09:00:00Z');
  eva = await signIn(varsel, { role: 'officer', products: ['truetalk'], name: 'Eva Lund' });
  ole = await signIn(varsel, { role: 'approver', products: ['truetalk'], name: 'Ole Berg' });
  const activation = await proposed({ kind: 'activation', change: made });
  const again = await ole.call('post', '/v1/proposals').send({ kind: 'activation', change: made });
  expect([again.status, again.body.id]).toEqual([200, activation.id]);
  const mails = await rows<{ recipient: string }>(
    varsel.database.pool,
    'select recipient from operator_mails where page = $1',
    [`/console/proposals/${activation.id}`],
  );
  // Each who may approve is told once.
  expect(mails.length).toBeGreaterThan(0);
  expect(new Set(mails.map(({ recipient }) => recipient)).size).toBe(mails.length);
  const waiting = async () =>
    (await ole.call('get', '/v1/worklist')).body.proposals.items.map(({ id }: { id: string }) => id);
  expect(await waiting()).toContain(activation.id);
  await eva
    .call('post', `/v1/changes/${made}/withdraw`)
    .send({ reason: { da: 'Fortrudt' } })
    .expect(200);
  const { body: found } = await ole.call('get', `/v1/proposals/${activation.id}`);
  expect(found).toMatchObject({ status: 'superseded', decisions: [] });
  const { body: listed } = await ole.call('get', `/v1/proposals?status=superseded&subject=${made}`);
  expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([activation.id]);
  expect(await waiting()).not.toContain(activation.id);
  expect((await approve(activation)).status).toBe(409);
});

test('in a trial one person does both, and the proposal says so', async () => {
  await markTrial(varsel.database.owner, true);
  const body = await proposed(anAnnouncement(), ole);
  expect((await approve(body)).body.decisions).toMatchObject([{ decision: 'approved', byOnePerson: true }]);
  await markTrial(varsel.database.owner, false);
  const alone = await proposed(anAnnouncement(), ole);
  expect((await approve(alone)).body.code).toBe('second-person-needed');
});

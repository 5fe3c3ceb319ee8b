import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inIndia } from '../support/answering.ts';
import { aController, aProduct } from '../support/examples.ts';
import { signIn } from '../support/signed-in.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  announceAnother,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  notifyByLetter,
  objectThrough,
  REASONS,
  SUBJECTS,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const DPO = 'dpo@kunde-1.example';
const NO_SUCH_USER = { code: 550, message: '5.1.1 No such user here' };

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel(START, { addresses: ['varsel@telenor.example'] });
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
  await haveControllers(varsel, [aController(1), aController(2, { products: ['truetalk', 'andet'] })]);
});
afterAll(() => varsel.close());
beforeEach(() => varsel.clock.set(START));

/** An approval that a letter brings. */
const APPROVAL = {
  controller: 'kunde-1',
  decision: 'approval',
  channel: 'letter',
  receivedAt: START,
  from: { name: 'Dorthe Persson', role: 'Direktør' },
  statement: 'Vi godkender.',
  authority: 'CVR',
};

type Api = ReturnType<TestVarsel['api']>;
async function keyThat(may: object): Promise<Api> {
  const { body } = await varsel
    .api()
    .post('/v1/keys')
    .send({ name: 'Scoped', ...may })
    .expect(201);
  return supertest.agent(varsel.url).set('authorization', `Bearer ${body.key}`);
}
// oxlint-disable-next-line no-explicit-any
async function worklist(api: Api = varsel.api('officer')): Promise<Record<string, any>> {
  const { status, body } = await api.get('/v1/worklist');
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
/** The ids of what waits of a kind. */
async function idsOf(kind: string, api?: Api): Promise<string[]> {
  return (await worklist(api))[kind].items.map(({ id }: { id: string }) => id);
}
/** A change of which every controller has been told. */
async function told(overrides: object = {}): Promise<string> {
  const id = await announceAnother(varsel, overrides);
  await varsel.deliver();
  return id;
}

describe('the worklist', () => {
  test('has a pending objection until it is resolved, with who and about what', async () => {
    const changeId = await told();
    const link = await linkOf(varsel, changeId, 'kunde-1');
    const { body: objection } = await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS);
    const { objections } = await worklist();
    expect(objections).toEqual({
      count: 1,
      items: [
        {
          id: objection.id,
          number: objection.number,
          change: {
            id: changeId,
            product: 'truetalk',
            companies: expect.stringMatching(/^Nordlys Hosting/),
            timeZone: 'Europe/Copenhagen',
          },
          controller: { externalId: 'kunde-1', name: 'Kunde 1 A/S' },
          from: { name: 'Dorthe Persson', email: DPO },
          receivedAt: '2026-03-02T09:00:00.000Z',
          isBeingWithdrawn: false,
        },
      ],
    });
    const decision = { outcome: 'invalid', explanation: 'Dublet' };
    await varsel.api('officer').post(`/v1/objections/${objection.id}/resolve`).send(decision).expect(200);
    expect((await worklist()).objections).toEqual({ count: 0, items: [] });
  });

  test('has an answer until it is read, and a mail that nobody could attribute until it is decided', async () => {
    await told();
    const { reply } = returnAddressesOf(mailsTo(varsel, DPO, SUBJECTS.notice).at(-1)!);
    await mailIn(varsel, anAnswer('Tak for beskeden.'), { from: DPO, to: reply });
    const [answer] = (await worklist()).answers.items;
    expect(answer).toMatchObject({ subject: 'SV: Ny underdatabehandler til TrueTalk', from: { email: DPO } });
    await varsel
      .api('officer')
      .post(`/v1/answers/${answer.id}/classify`)
      .send({ decision: 'not-an-objection', explanation: 'Tak' })
      .expect(200);
    expect((await worklist()).answers.count).toBe(0);

    const stray = `From: nogen@andetsteds.example\nSubject: Hej\nMessage-ID: <1@andetsteds.example>\n\nHvad sker der?\n`;
    await mailIn(varsel, stray, { from: 'nogen@andetsteds.example', to: 'varsel@telenor.example' });
    const { mails } = await worklist();
    expect(mails).toMatchObject({ count: 1, items: [{ subject: 'Hej', from: { email: 'nogen@andetsteds.example' } }] });
    await varsel.api('officer').post(`/v1/mails/${mails.items[0].id}/dismiss`).send({ explanation: 'Reklame' });
    expect((await worklist()).mails.count).toBe(0);
  });

  test('has an approval for everybody but who recorded it, and a nomination until it is confirmed', async () => {
    const changeId = await told({ subProcessor: inIndia(varsel.newCompany()) });
    const recorder = varsel.api('officer');
    const { body: approval } = await recorder.post(`/v1/changes/${changeId}/approvals`).send(APPROVAL).expect(201);
    expect(await idsOf('approvals')).toEqual([]);
    const colleague = varsel.api('admin');
    expect(await idsOf('approvals', colleague)).toEqual([approval.id]);
    // A person whose own key recorded it is nobody else.
    const person = await signIn(varsel, { role: 'officer' });
    const ofPerson = async () => (await person.call('get', '/v1/worklist').expect(200)).body.approvals.count;
    expect(await ofPerson()).toBe(1);
    const owned = `update api_keys set owner_id = $1 where name = 'Test officer'`;
    await varsel.database.owner.query(owned, [person.id]);
    expect(await ofPerson()).toBe(0);
    await varsel.database.owner.query(owned, [null]);
    // Nor is who made the key of a system that recorded it: that person cannot confirm it either.
    const maker = await signIn(varsel, { role: 'admin' });
    const key = { name: 'Postscanner', role: 'officer' };
    const { body: made } = await maker.call('post', '/v1/keys').send(key).expect(201);
    const { body: scanned } = await supertest(varsel.url)
      .post(`/v1/changes/${changeId}/approvals`)
      .set('authorization', `Bearer ${made.key}`)
      .send({ ...APPROVAL, controller: 'kunde-2' })
      .expect(201);
    const idsOfMaker = async () =>
      (await maker.call('get', '/v1/worklist').expect(200)).body.approvals.items.map(({ id }: { id: string }) => id);
    expect(await idsOfMaker()).toEqual([approval.id]);
    expect((await maker.call('post', `/v1/approvals/${scanned.id}/confirm`)).status).toBe(409);
    await colleague.post(`/v1/approvals/${scanned.id}/confirm`).expect(200);
    await colleague.post(`/v1/approvals/${approval.id}/confirm`).expect(200);
    expect(await idsOf('approvals', colleague)).toEqual([]);

    const link = await linkOf(varsel, changeId, 'kunde-1');
    const named = { name: 'Anna Holm', role: 'Direktør', email: 'direktion@kunde-1.example' };
    await varsel.customer().post(`${link}/nominate`).send(named).expect(202);
    const { nominations } = await worklist();
    expect(nominations).toMatchObject({ count: 1, items: [{ role: 'Direktør', from: { email: named.email } }] });
    await recorder.post(`/v1/nominations/${nominations.items[0].id}/confirm`).expect(200);
    expect((await worklist()).nominations.count).toBe(0);
    const { body: shown } = await varsel.api('reader').get(`/v1/nominations/${nominations.items[0].id}`).expect(200);
    expect(shown).toMatchObject({ email: named.email, confirmedBy: expect.stringMatching(/^Test officer/) });
    const listed = async (query: string) =>
      (await varsel.api('reader').get(`/v1/nominations?${query}`).expect(200)).body.items;
    expect(await listed('status=confirmed&controller=kunde-1')).toEqual([shown]);
    expect(await listed('status=waiting')).toEqual([]);
    expect(await listed('product=andet')).toEqual([]);
  });

  test('has a change with a controller that no notice has reached', async () => {
    const unreachable = 'dpo@kunde-2.example';
    varsel.mailbox.refuse(unreachable, NO_SUCH_USER);
    const changeId = await told();
    varsel.mailbox.refuse(unreachable, null);
    const mine = async () =>
      (await worklist()).unreached.items.filter(({ change }: { change: { id: string } }) => change.id === changeId);
    expect(await mine()).toMatchObject([{ notNotified: 1, untold: 0 }]);
    await notifyByLetter(varsel, changeId, ['kunde-2'], '2026-03-02');
    expect(await mine()).toEqual([]);
  });

  test('has the deadlines of a week: the last time to object, then an activation that is clear', async () => {
    const changeId = await told({ plannedActivationOn: '2026-03-16' });
    const mine = async () =>
      (await worklist()).deadlines.items
        .filter(({ change }: { change: { id: string } }) => change.id === changeId)
        .map(({ what, at, isClear }: { what: string; at: string; isClear: boolean }) => ({ what, at, isClear }));
    expect(await mine()).toEqual([]);
    varsel.clock.set('2026-03-05T23:00:00Z');
    expect(await mine()).toEqual([{ what: 'objections', at: '2026-03-12T23:00:00.000Z', isClear: false }]);
    varsel.clock.set('2026-03-12T23:00:00Z');
    expect(await mine()).toEqual([{ what: 'activation', at: '2026-03-15T23:00:00.000Z', isClear: true }]);
    varsel.clock.set('2026-04-20T09:00:00Z');
    expect(await mine()).toHaveLength(1);
    varsel.clock.set(START);
    await withdraw(varsel, changeId);
    expect(await mine()).toEqual([]);
  });

  test('has a proposal for who may approve it, until it is decided, and never for who made it', async () => {
    const [proposer, approver, elsewhere, officer] = [
      await signIn(varsel, { role: 'admin', products: ['truetalk'] }),
      await signIn(varsel, { role: 'approver', products: ['truetalk'] }),
      await signIn(varsel, { role: 'approver', products: ['andet'] }),
      await signIn(varsel, { role: 'officer' }),
    ];
    const { id: product, ...terms } = aProduct({ holdMinutes: 30 });
    const act = { kind: 'terms', product, terms };
    const { body: made } = await proposer.call('post', '/v1/proposals').send(act).expect(201);
    const proposalsOf = async (person: typeof proposer) =>
      (await person.call('get', '/v1/worklist').expect(200)).body.proposals;
    expect(await proposalsOf(approver)).toEqual({ count: 1, items: [made] });
    expect((await approver.get('/console?lang=en').expect(200)).text).toContain(`href="/console/proposals/${made.id}"`);
    const none = { count: 0, items: [] };
    expect(await proposalsOf(proposer)).toEqual(none);
    expect(await proposalsOf(elsewhere)).toEqual(none);
    expect(await proposalsOf(officer)).toBeNull();
    // No key approves, an administrator's neither.
    expect((await worklist(varsel.api())).proposals).toBeNull();
    const reason = { reason: 'Kunderne er ikke klar' };
    await approver.call('post', `/v1/proposals/${made.id}/reject`).send(reason).expect(200);
    expect(await proposalsOf(approver)).toEqual(none);
    await proposer.call('post', '/v1/proposals').send(act).expect(201);
    expect((await proposalsOf(approver)).count).toBe(1);
    varsel.clock.set('2026-03-10T09:00:00Z');
    const next = await signIn(varsel, { role: 'approver', products: ['truetalk'] });
    expect(await proposalsOf(next)).toEqual(none);
  });

  test('has the days upstream while they are to come, and says when controllers can object longer than that', async () => {
    const upstream = {
      noticeReceivedOn: '2026-02-20',
      objectBy: '2026-03-10',
      effectiveOn: '2026-05-01',
      reference: 'GIN-7',
    };
    const changeId = await told({ upstream, plannedActivationOn: '2026-05-02' });
    const mine = async () =>
      (await worklist()).upstream.items.filter(({ change }: { change: { id: string } }) => change.id === changeId);
    expect(await mine()).toMatchObject([{ objectBy: '2026-03-10', effectiveOn: '2026-05-01', isMissed: true }]);
    varsel.clock.set('2026-03-11T09:00:00Z');
    expect(await mine()).toMatchObject([{ objectBy: null, effectiveOn: '2026-05-01', isMissed: false }]);
    varsel.clock.set('2026-05-02T09:00:00Z');
    expect(await mine()).toEqual([]);
  });
});

describe('of the worklist, a caller sees', () => {
  test('nothing of another product, and nothing that it may not do', async () => {
    const changeId = await told();
    const link = await linkOf(varsel, changeId, 'kunde-1');
    await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS);
    const none = { count: 0, items: [] };
    expect(await worklist(await keyThat({ role: 'officer', products: ['andet'] }))).toEqual({
      answers: none,
      mails: null,
      objections: none,
      approvals: none,
      nominations: none,
      proposals: null,
      unreached: none,
      deadlines: none,
      upstream: none,
    });
    expect((await worklist(await keyThat({ role: 'officer', products: ['andet', 'truetalk'] }))).objections.count).toBe(
      1,
    );
    const reader = await worklist(varsel.api('reader'));
    expect(reader).toMatchObject({ answers: null, objections: null, approvals: null, nominations: null, mails: null });
    expect(reader.deadlines.items.length).toBeGreaterThanOrEqual(0);
    const scoped = await worklist(await keyThat({ scopes: ['objections:resolve'] }));
    expect(scoped).toMatchObject({ objections: { count: 1 }, deadlines: null, answers: null });
  });

  test('the first ten of each kind, and how many there are in all', async () => {
    const changeId = await told();
    for (let number = 1; number <= 12; number += 1) {
      await varsel
        .api('officer')
        .post(`/v1/changes/${changeId}/objections`)
        .send({
          controller: 'kunde-2',
          reasons: `Grund ${number}: USA`,
          channel: 'letter',
          receivedAt: START,
          from: {},
        })
        .expect(201);
    }
    const { objections } = await worklist();
    expect(objections.count).toBeGreaterThanOrEqual(12);
    expect(objections.items).toHaveLength(10);
  });
});

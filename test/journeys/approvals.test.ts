import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/commands/api-keys.ts';
import { recordApproval } from '../../src/commands/record-approval.ts';
import { findController } from '../../src/db/controllers.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import { hashApiKey } from '../../src/security/api-keys.ts';
import { expectDerived } from '../support/derived.ts';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, operatorMails, returnAddressesOf } from '../support/inbound.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  activate,
  aControllerOfTwo,
  announceAnother,
  changeNow,
  eventsOf,
  haveControllers,
  haveProduct,
  leave,
  mailsTo,
  partOf,
} from '../support/story.ts';

const OFFICERS = 'jura@telenor.example';
const SECOND = 'second-key-of-the-tests';
const RECEIPT = /har modtaget jeres godkendelse|received your approval/;
const STATEMENT = 'Vi godkender ændringen.';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveProduct(varsel, aProduct({ officersAddress: OFFICERS }));
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2), aController(3)]);
  await inTransaction(varsel.database.pool, (tx) =>
    createApiKey(
      tx,
      {
        name: 'Second officer',
        role: 'officer',
        scopes: null,
        products: null,
        hash: hashApiKey(SECOND),
        expiresAt: null,
      },
      { at: varsel.clock.now(), actor: 'test' },
    ),
  );
});
afterAll(async () => {
  await expectDerived(varsel.database);
  await varsel.close();
});

/** Another officer, with a key of its own. */
const second = () => varsel.api().set('Authorization', `Bearer ${SECOND}`);

/** A change of both regimes, of which all are notified. */
async function ask(overrides: object = {}): Promise<string> {
  const id = await announceAnother(varsel, { regime: { objection: true, approval: true }, ...overrides });
  await varsel.deliver();
  return id;
}

function record(id: string, controller: string, fields: object = {}) {
  const body = {
    controller,
    decision: 'approval',
    channel: 'letter',
    receivedAt: varsel.clock.now().toString(),
    from: { name: 'Dorthe Persson', role: 'Direktør' },
    statement: STATEMENT,
    authority: 'Direktør efter CVR, opslag i dag.',
  };
  return varsel
    .api('officer')
    .post(`/v1/changes/${id}/approvals`)
    .send({ ...body, ...fields });
}

const refuse = (id: string, controller: string, fields: object = {}) =>
  record(id, controller, { decision: 'refusal', statement: null, authority: null, from: {}, ...fields });

/** An approval by letter that a second person has confirmed, and whose receipts have gone out. */
async function approved(id: string, controller: string): Promise<string> {
  const { status, body } = await record(id, controller);
  expect(status, JSON.stringify(body)).toBe(201);
  const confirmed = await second().post(`/v1/approvals/${body.id}/confirm`);
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  await varsel.deliver();
  return body.id;
}

const later = (hours: number) => varsel.clock.set(varsel.clock.now().add({ hours }).toString());
const approvalsNow = async (id: string) => (await changeNow(varsel, id)).approvals;
const approvalNow = async (id: string) => (await varsel.api('reader').get(`/v1/approvals/${id}`)).body;
const withdrawn = (id: string, body: object, by = varsel.api('officer')) =>
  by.post(`/v1/approvals/${id}/withdraw`).send(body);
const blockersOf = async (id: string) =>
  (await changeNow(varsel, id)).activation.blockers.map(({ code }: { code: string }) => code);

test('an approval by letter counts a day after a second person has confirmed it and its receipt has arrived', async () => {
  const id = await ask();
  expect(await approvalsNow(id)).toMatchObject({ none: 3, approved: 0 });
  const { status, headers, body } = await record(id, 'kunde-1');
  expect(status, JSON.stringify(body)).toBe(201);
  expect(headers['location']).toBe(`/v1/approvals/${body.id}`);
  expect(body).toMatchObject({ decision: 'approval', status: 'unconfirmed', statement: STATEMENT, confirmation: null });
  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-1.example', RECEIPT)).toEqual([]);
  const [toConfirm] = mailsTo(varsel, OFFICERS, /skal bekræftes/);
  expect(toConfirm?.text).toContain('Direktør efter CVR, opslag i dag.');
  expect(toConfirm?.text).toContain(`POST /v1/approvals/${body.id}/confirm`);
  expect((await changeNow(varsel, id)).activation.blockers).toContainEqual({
    code: 'authority-unconfirmed',
    count: 1,
    approvals: [body.id],
  });

  const own = await varsel.api('officer').post(`/v1/approvals/${body.id}/confirm`);
  expect([own.status, own.body.code]).toEqual([409, 'second-person-needed']);
  const confirmed = await second().post(`/v1/approvals/${body.id}/confirm`);
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  expect(confirmed.body).toMatchObject({ status: 'waiting', takesEffectAt: null });
  expect(confirmed.body.confirmation.confirmedBy).toContain('Second officer');
  const again = await second().post(`/v1/approvals/${body.id}/confirm`);
  expect([again.status, again.body.code]).toEqual([409, 'approval-already-confirmed']);

  await varsel.deliver();
  expect(mailsTo(varsel, 'dpo@kunde-1.example', RECEIPT)).toHaveLength(1);
  expect(mailsTo(varsel, 'ciso@kunde-1.example', RECEIPT)).toHaveLength(1);
  const takesEffectAt = varsel.clock.now().add({ hours: 24 }).toString({ smallestUnit: 'millisecond' });
  expect(await approvalNow(body.id)).toMatchObject({ status: 'waiting', takesEffectAt });
  expect((await changeNow(varsel, id)).activation.blockers).toContainEqual({
    code: 'approvals-not-effective-yet',
    count: 1,
    earliestAt: takesEffectAt,
  });
  later(24);
  await varsel.deliver();
  expect(await approvalNow(body.id)).toMatchObject({ status: 'effective', effectiveAt: takesEffectAt });
  expect(await approvalsNow(id)).toMatchObject({ none: 2, approved: 1 });
  const listed = await varsel.api('reader').get(`/v1/changes/${id}/controllers?approval=approved`);
  expect(listed.body.items).toMatchObject([{ externalId: 'kunde-1', approval: { state: 'approved' } }]);
  const events = await eventsOf(varsel, id);
  expect(events.filter((type) => type.startsWith('approval.'))).toEqual([
    'approval.received',
    'approval.confirmed',
    'approval.effective',
  ]);
});

test('all approve, and one refusal stands over it until it is withdrawn in writing', async () => {
  const id = await ask();
  for (const controller of ['kunde-1', 'kunde-2', 'kunde-3']) await approved(id, controller);
  later(24);
  await varsel.deliver();
  varsel.clock.set('2026-04-15T08:00:00Z');
  await varsel.deliver();
  expect((await changeNow(varsel, id)).activation).toMatchObject({ allowed: true, blockers: [] });

  const { status, body: refusal } = await refuse(id, 'kunde-2');
  expect([status, refusal.status]).toEqual([201, 'standing']);
  expect(await approvalsNow(id)).toMatchObject({ approved: 2, refused: 1 });
  expect(await activate(varsel, id)).toEqual([{ code: 'approvals-missing', count: 1, controllers: ['kunde-2'] }]);
  const over = await record(id, 'kunde-2');
  expect([over.status, over.body.code]).toEqual([409, 'refusal-stands']);

  const silent = await withdrawn(refusal.id, {});
  expect([silent.status, silent.body.code]).toEqual([422, 'explanation-required']);
  expect((await withdrawn(refusal.id, { explanation: 'Brev af i dag fra direktøren.' })).status).toBe(200);
  expect(await approvalsNow(id)).toMatchObject({ approved: 3, refused: 0 });
  expect(await activate(varsel, id)).toEqual([]);

  // What is said afterwards changes nothing, and is told to people.
  const { items } = (await varsel.api('reader').get(`/v1/changes/${id}/approvals?controller=kunde-3`)).body;
  const afterwards = await withdrawn(items[0].id, { explanation: 'De fortryder.' });
  expect(afterwards.body).toMatchObject({ status: 'effective', ended: { explanation: 'De fortryder.' } });
  expect((await operatorMails(varsel)).some(({ text }) => text?.includes('a person has to act'))).toBe(true);
  expect(mailsTo(varsel, OFFICERS, /^TrueTalk: Afslag nr\. .* fra Kunde 2 A\/S/)).toHaveLength(1);
  expect(mailsTo(varsel, OFFICERS, /er trukket tilbage/)[0]?.text).toContain('Intet udgår af registret af sig selv');
  const twice = await withdrawn(items[0].id, { explanation: 'De fortryder igen.' });
  expect([twice.status, twice.body.code]).toEqual([409, 'approval-already-ended']);
  const late = await refuse(id, 'kunde-1');
  expect([late.status, late.body.code]).toEqual([409, 'change-ended']);
  expect((await changeNow(varsel, id)).status).toBe('activated');
});

test('silence is a no: unanswered after its time, and a later approval is a new act', async () => {
  varsel.clock.set('2026-05-01T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2026-07-01' });
  varsel.clock.set('2026-05-31T21:59:59Z');
  expect(await approvalsNow(id)).toMatchObject({ none: 3, unanswered: 0 });
  varsel.clock.set('2026-05-31T22:00:00Z');
  await varsel.deliver();
  expect(await approvalsNow(id)).toMatchObject({ none: 0, unanswered: 3 });
  varsel.clock.set('2026-07-01T08:00:00Z');
  await varsel.deliver();
  expect(await blockersOf(id)).toEqual(['approvals-missing']);
  for (const controller of ['kunde-1', 'kunde-2', 'kunde-3']) await approved(id, controller);
  expect(await blockersOf(id)).toEqual(['approvals-not-effective-yet']);
  later(24);
  await varsel.deliver();
  expect(await activate(varsel, id)).toEqual([]);
});

test('who leaves stops counting, and what it approved does not count when it comes back', async () => {
  varsel.clock.set('2026-07-10T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2026-09-01' });
  await approved(id, 'kunde-3');
  later(24);
  await varsel.deliver();
  await leave(varsel, 'kunde-3');
  expect(await approvalsNow(id)).toMatchObject({ none: 2, approved: 0 });
  await haveControllers(varsel, [aController(3)]);
  await varsel.deliver();
  expect(await approvalsNow(id)).toMatchObject({ none: 3, approved: 0 });
  // Nor what it wrote before it was asked anew, when that is recorded only now.
  const receivedAt = varsel.clock.now().subtract({ hours: 1 }).toString();
  const before = await record(id, 'kunde-3', { receivedAt });
  expect([before.status, before.body.code]).toEqual([422, 'received-at-out-of-range']);
  expect((await refuse(id, 'kunde-3', { receivedAt })).status).toBe(201);
  const [refusal] = (await varsel.api('reader').get(`/v1/changes/${id}/approvals?decision=refusal`)).body.items;
  expect((await withdrawn(refusal.id, { explanation: 'Brev af i dag.' })).status).toBe(200);
  await approved(id, 'kunde-3');
  expect(await approvalsNow(id)).toMatchObject({ none: 2, waiting: 1 });
});

test('an answer by mail is what an officer finds it to be, and what it was taken for until then ends', async () => {
  varsel.clock.set('2026-09-10T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2026-11-01' });
  const notice = mailsTo(varsel, 'dpo@kunde-1.example', /beder om jeres godkendelse/).at(-1);
  if (notice === undefined) throw new Error('no notice');
  const { reply } = returnAddressesOf(notice);
  const conditional = 'Vi godkender, hvis data bliver i Danmark.';
  expect((await mailIn(varsel, anAnswer(conditional), { from: 'dpo@kunde-1.example', to: reply })).code).toBe(250);
  const { items } = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body;
  const classify = (body: object) => varsel.api('officer').post(`/v1/answers/${items[0].id}/classify`).send(body);

  const without = await classify({ decision: 'approval' });
  expect([without.status, without.body.code]).toEqual([422, 'authority-required']);
  const first = await classify({ decision: 'approval', authority: 'Direktør efter CVR.' });
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  expect(first.body).toMatchObject({
    answer: { status: 'approval', decision: { approvalId: first.body.approval.id, writtenByPerson: true } },
    objection: null,
    approval: { status: 'unconfirmed', channel: 'email', answerId: items[0].id, from: { name: 'Dorthe Persson' } },
  });
  expect(await approvalsNow(id)).toMatchObject({ unconfirmed: 1 });

  const conditionalYes = {
    decision: 'not-an-objection',
    insteadOf: 'approval',
    explanation: 'Et betinget ja er ingen godkendelse.',
  };
  const anew = await classify(conditionalYes);
  expect(anew.status, JSON.stringify(anew.body)).toBe(200);
  expect(anew.body.approval).toMatchObject({ status: 'withdrawn', ended: { explanation: conditionalYes.explanation } });
  expect(await approvalsNow(id)).toMatchObject({ none: 3, unconfirmed: 0 });

  const asRefusal = await classify({ decision: 'refusal', insteadOf: 'not-an-objection', explanation: 'De afslår.' });
  expect(asRefusal.body).toMatchObject({ answer: { status: 'refusal' }, approval: { status: 'standing' } });
  const asObjection = await classify({ decision: 'objection', insteadOf: 'refusal', explanation: 'En indsigelse.' });
  expect(asObjection.body).toMatchObject({ answer: { status: 'objection' }, objection: { status: 'pending' } });
  expect(await approvalsNow(id)).toMatchObject({ none: 3, refused: 0 });
  expect((await changeNow(varsel, id)).objections).toMatchObject({ pending: 1 });
});

test('what nobody asks for, of another version, dated wrongly or without words is refused, with what was expected', async () => {
  varsel.clock.set('2027-01-10T08:00:00Z');
  const unasked = await announceAnother(varsel, { plannedActivationOn: '2027-03-01' });
  const id = await ask({ plannedActivationOn: '2027-03-01' });
  const refused = async (request: ReturnType<typeof record>) => {
    const { status, body } = await request;
    return [status, body.code];
  };
  expect(await refused(record(unasked, 'kunde-1'))).toEqual([409, 'approval-not-asked']);
  expect(await refused(refuse(unasked, 'kunde-1'))).toEqual([409, 'approval-not-asked']);
  expect(await refused(record(id, 'kunde-1', { contentHash: 'x' }))).toEqual([409, 'approval-of-another-version']);
  expect(await refused(record(id, 'kunde-1', { authority: null }))).toEqual([422, 'authority-required']);
  expect(await refused(record(id, 'kunde-1', { statement: null }))).toEqual([400, 'invalid-request']);
  expect(await refused(record(id, 'kunde-1', { statement: ' \u200b' }))).toEqual([400, 'invalid-request']);
  expect(await refused(record(id, 'kunde-1', { from: { name: null } }))).toEqual([400, 'invalid-request']);
  expect(await refused(record(id, 'kunde-9'))).toEqual([404, 'not-found']);
  const tooEarly = { receivedAt: '2027-01-10T07:59:59Z' };
  expect(await refused(record(id, 'kunde-1', tooEarly))).toEqual([422, 'received-at-out-of-range']);
  expect(await refused(record(id, 'kunde-1', { receivedAt: '2027-01-10T08:00:01Z' }))).toEqual([
    422,
    'received-at-out-of-range',
  ]);
  expect((await record(id, 'kunde-1')).status).toBe(201);
  expect(await refused(record(id, 'kunde-1'))).toEqual([409, 'approval-stands']);
});

test('an approval whose receipts all fail never counts, and officers and the operator are told once', async () => {
  varsel.clock.set('2027-04-10T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2027-06-01' });
  varsel.mailbox.refuse('dpo@kunde-2.example', { code: 550, message: '5.1.1 No such user' });
  const approval = await approved(id, 'kunde-2');
  await varsel.deliver();
  expect(await approvalNow(approval)).toMatchObject({ status: 'waiting', takesEffectAt: null });
  expect((await approvalNow(approval)).receiptsFailedAt).not.toBeNull();
  later(48);
  await varsel.deliver();
  expect(await approvalNow(approval)).toMatchObject({ status: 'waiting' });
  expect(await blockersOf(id)).toContain('approvals-not-effective-yet');
  const told = (await operatorMails(varsel)).filter(({ subject }) => subject?.includes('No receipt of approval'));
  expect(told).toHaveLength(1);
  expect(mailsTo(varsel, OFFICERS, /Kvitteringen for godkendelse .* er ikke kommet frem/)).toHaveLength(1);
});

test('of an activation and a refusal or a withdrawal in the same millisecond exactly one is first', async () => {
  varsel.mailbox.refuse('dpo@kunde-2.example', null);
  for (const [year, against] of [
    [2028, 'refusal'],
    [2029, 'withdrawal'],
  ] as const) {
    varsel.clock.set(`${year}-02-01T08:00:00Z`);
    const id = await ask({ plannedActivationOn: `${year}-03-01` });
    const approval = await approved(id, 'kunde-1');
    for (const controller of ['kunde-2', 'kunde-3']) await approved(id, controller);
    varsel.clock.set(`${year}-03-01T08:00:00Z`);
    await varsel.deliver();
    const [activated, said] = await Promise.all([
      varsel.api('officer').post(`/v1/changes/${id}/activate`),
      against === 'refusal' ? refuse(id, 'kunde-1') : withdrawn(approval, { explanation: 'Brev af i dag.' }),
    ]);
    const { status, approvals } = await changeNow(varsel, id);
    if (status === 'activated') {
      expect(activated.status).toBe(200);
      // A refusal is too late. A withdrawal is put on record, and the approval that the activation rests on stays.
      expect([said.status, said.body.status]).toEqual(against === 'refusal' ? [409, 409] : [200, 'effective']);
      expect(approvals).toMatchObject({ approved: 3, refused: 0 });
    } else {
      expect(activated.body.code).toBe('activation-blocked');
      expect([200, 201]).toContain(said.status);
      expect(approvals.approved).toBe(2);
    }
  }
});

test('of a wave and what is said in the same millisecond exactly one is first, and the wave is of who has approved', async () => {
  varsel.clock.set('2030-02-01T08:00:00Z');
  const id = await ask({
    subProcessor: varsel.newCompany({
      locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
    }),
    scope: 'each',
    separation: { da: 'En database for sig', en: 'A database of its own' },
    plannedActivationOn: '2030-03-01',
  });
  const approval = await approved(id, 'kunde-1');
  await approved(id, 'kunde-2');
  varsel.clock.set('2030-03-01T08:00:00Z');
  await varsel.deliver();
  const late = await record(id, 'kunde-3');
  const [wave, stopped, confirmed] = await Promise.all([
    varsel.api('officer').post(`/v1/changes/${id}/activate`),
    withdrawn(approval, { explanation: 'Brev af i dag.' }),
    second().post(`/v1/approvals/${late.body.id}/confirm`),
  ]);
  expect([wave.status, stopped.status, confirmed.status]).toEqual([200, 200, 200]);
  const { body } = await varsel.api('reader').get(`/v1/changes/${id}/activations`);
  const { externalIds } = body.activations[0].controllers;
  // Either the wave came first, and what kunde-1 says is put on record; or kunde-1 is in no wave.
  expect(externalIds).toEqual(stopped.body.status === 'effective' ? ['kunde-1', 'kunde-2'] : ['kunde-2']);
  await varsel.deliver();
  const again = await refuse(id, 'kunde-2');
  expect([again.status, again.body.code]).toEqual([409, 'already-in-force']);
  later(24);
  await varsel.deliver();
  expect((await varsel.api('officer').post(`/v1/changes/${id}/activate`)).status).toBe(200);
  const { body: waves } = await varsel.api('reader').get(`/v1/changes/${id}/activations`);
  expect(waves.activations.at(-1).controllers.externalIds).toEqual(['kunde-3']);
});

test('a refusal through a link proves that the request arrived, also after its bounce (D30)', async () => {
  varsel.clock.set('2031-02-01T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2031-04-01' });
  const { notices } = await partOf(varsel, id, 'kunde-2');
  const failed = { action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 No such user', evidence: { log: 1 } };
  const bounced = await varsel.api('officer').post(`/v1/notices/${notices[0].id}/bounce`).send(failed);
  expect(bounced.status, JSON.stringify(bounced.body)).toBe(200);
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ state: 'awaiting-notice' });
  const by = { at: varsel.clock.now(), actor: 'Dorthe Persson 2 <dpo@kunde-2.example>' };
  const said = {
    changeId: id,
    controllerId: (await findController(varsel.database.pool, 'kunde-2'))?.id ?? '',
    decision: 'refusal',
    channel: 'link',
    messageId: notices[0].id,
    from: { name: null, role: null, email: 'dpo@kunde-2.example' },
    statement: null,
    authority: null,
    receivedAt: by.at,
  } as const;
  await inTransaction(varsel.database.pool, (tx) => recordApproval(tx, said, by));
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ state: 'open', approval: { state: 'refused' } });
});

test('a refusal through a link stands at once, once from each, until each is withdrawn', async () => {
  varsel.clock.set('2033-01-10T08:00:00Z');
  const id = await ask({ plannedActivationOn: '2033-03-01' });
  const controller = await findController(varsel.database.pool, 'kunde-1');
  const { rows } = await varsel.database.pool.query(
    `select id, email from messages where change_id = $1 and controller_id = $2 and kind = 'notice'`,
    [id, controller?.id],
  );
  const by = { at: varsel.clock.now(), actor: 'Dorthe Persson <dpo@kunde-1.example>' };
  const through = (email: string, decision: 'approval' | 'refusal', contentHash?: string) =>
    inTransaction(varsel.database.pool, (tx) =>
      recordApproval(
        tx,
        {
          changeId: id,
          controllerId: controller?.id ?? '',
          decision,
          channel: 'link',
          messageId: rows.find((row: { email: string }) => row.email === email).id,
          from: { name: 'Dorthe Persson', role: 'Direktør', email },
          statement: STATEMENT,
          authority: null,
          receivedAt: by.at,
          ...(contentHash !== undefined && { contentHash }),
        },
        by,
      ),
    ).then(
      ({ status }): string => status,
      (error: { code: string }) => error.code,
    );
  expect(await through('dpo@kunde-1.example', 'approval')).toBe('may-not-approve');
  expect(await through('dpo@kunde-1.example', 'refusal', 'of another version')).toBe('approval-of-another-version');
  const twice = await Promise.all([
    through('dpo@kunde-1.example', 'refusal'),
    through('dpo@kunde-1.example', 'refusal'),
  ]);
  expect(twice.toSorted()).toEqual(['refusal-stands', 'standing']);
  expect(await through('ciso@kunde-1.example', 'refusal')).toBe('standing');
  expect(await partOf(varsel, id, 'kunde-1')).toMatchObject({ approval: { state: 'refused' } });
  const { body } = await varsel.api('reader').get(`/v1/changes/${id}/approvals?decision=refusal&status=standing`);
  expect(body.items).toHaveLength(2);
  // Each is withdrawn by itself.
  for (const [index, { id: refusal }] of body.items.entries()) {
    expect(await approvalsNow(id)).toMatchObject({ refused: 1 });
    expect((await withdrawn(refusal, { explanation: `Brev nr. ${index}` })).status).toBe(200);
  }
  expect(await approvalsNow(id)).toMatchObject({ none: 3, refused: 0 });
});

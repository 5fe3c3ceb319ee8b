import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectDerived } from '../support/derived.ts';
import { aController } from '../support/examples.ts';
import { aBounce, anAnswer, mailIn, operatorMails, returnAddressesOf } from '../support/inbound.ts';
import {
  activate,
  announce,
  changeNow,
  eventsOf,
  haveControllers,
  leave,
  linkOf,
  mailsTo,
  messagesTo,
  objectionsOf,
  partOf,
  REASONS,
  withdraw,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const NO_SUCH_USER = { code: 550, message: '5.1.1 No such user here' };
const GREYLISTED = { code: 450, message: '4.2.0 Greylisted, try again later' };

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await varsel.remember();
});
afterEach(async () => {
  await expectDerived(varsel.database);
  await varsel.restore();
});
afterAll(() => varsel.close());

/** Announces the removal of Atlassian, a sub-processor without any of its own, for today. */
async function announceRemoval(plannedActivationOn = '2026-03-02'): Promise<string> {
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
  const atlassian = body.entries.find(({ name }: { name: string }) => name === 'Atlassian');
  return announce(varsel, { kind: 'removal', removes: atlassian.id, subProcessor: null, plannedActivationOn });
}
const isInRegister = async () => {
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register');
  return body.entries.some(({ name }: { name: string }) => name === 'Atlassian');
};
/** The events of the change, without those that its register has. */
const toldOf = async (id: string) => (await eventsOf(varsel, id)).filter((type) => type !== 'entitlement.changed');
const resend = (id: string, controller: string) =>
  varsel.api('officer').post(`/v1/changes/${id}/controllers/${controller}/resend`);

describe('A removal, of which controllers are informed (D40)', () => {
  test('is activated on its day, which is today, although a controller could not be reached, and says which', async () => {
    await haveControllers(varsel, [aController(1), aController(2), aController(3)]);
    varsel.mailbox.refuse('dpo@kunde-2.example', NO_SUCH_USER);
    varsel.mailbox.refuse('dpo@kunde-3.example', GREYLISTED);
    const id = await announceRemoval();
    await varsel.deliver();
    expect(await partOf(varsel, id, 'kunde-1')).toMatchObject({
      state: 'told',
      notifiedAt: '2026-03-02T09:00:00.000Z',
      deadline: null,
      approval: null,
    });
    const unreached = { code: 'controllers-not-notified', count: 2, controllers: ['kunde-2', 'kunde-3'] };
    expect(await changeNow(varsel, id)).toMatchObject({
      regime: { objection: false, approval: false },
      controllers: { total: 3, notified: 1, windowsOpen: 0 },
      lastDeadline: null,
      activation: { allowed: true, earliestAt: '2026-03-01T23:00:00.000Z', blockers: [], shownOnly: [unreached] },
    });

    const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'activated', activation: { shownOnly: [unreached] } });
    expect(await isInRegister()).toBe(false);
    expect(await toldOf(id)).toEqual(['change.announced', 'notice.failed', 'change.activated']);
  });

  test('is still told to who was not reached before the activation, and says when everybody is', async () => {
    await haveControllers(varsel, [aController(1), aController(2), aController(3)]);
    varsel.mailbox.refuse('dpo@kunde-2.example', NO_SUCH_USER);
    varsel.mailbox.refuse('dpo@kunde-3.example', GREYLISTED);
    const id = await announceRemoval();
    await varsel.deliver();
    expect(await activate(varsel, id)).toEqual([]);

    // A mail server takes the notice in the second attempt; the other controller gets a corrected contact.
    varsel.mailbox.refuse('dpo@kunde-3.example', null);
    varsel.clock.set('2026-03-02T12:00:00Z');
    await varsel.deliver();
    expect(await partOf(varsel, id, 'kunde-3')).toMatchObject({
      state: 'told',
      notifiedAt: '2026-03-02T12:00:00.000Z',
    });
    expect((await changeNow(varsel, id)).activation.shownOnly).toEqual([
      { code: 'controllers-not-notified', count: 1, controllers: ['kunde-2'] },
    ]);
    await haveControllers(varsel, [
      aController(2, { contacts: [{ email: 'ny@kunde-2.example', name: 'Ny Kontakt', language: 'da' }] }),
    ]);
    expect((await resend(id, 'kunde-2')).status).toBe(202);
    await varsel.deliver();
    expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({ state: 'told' });
    expect((await changeNow(varsel, id)).activation.shownOnly).toEqual([]);
    expect(await toldOf(id)).toEqual(['change.announced', 'notice.failed', 'change.activated', 'change.notified']);
  });

  test('waits for its day alone, and has no window that closes', async () => {
    await haveControllers(varsel, [aController(1)]);
    const id = await announceRemoval('2026-03-05');
    await varsel.deliver();
    const planned = { code: 'planned-date-not-reached', plannedActivationOn: '2026-03-05' };
    expect(await activate(varsel, id)).toEqual([planned]);
    varsel.clock.set('2026-03-04T22:59:59.999Z');
    expect(await activate(varsel, id)).toEqual([planned]);
    varsel.clock.set('2026-03-04T23:00:00Z');
    await varsel.deliver();
    expect(await activate(varsel, id)).toEqual([]);
    expect(await toldOf(id)).toEqual(['change.announced', 'change.notified', 'change.activated']);
    const mails = await messagesTo(varsel, id, 'dpo@kunde-1.example');
    expect(mails.map(({ kind }) => kind)).toEqual(['notice', 'change-activated']);
  });

  test('takes a notification back that has bounced, and has it again where a person proves it (D12, D30)', async () => {
    await haveControllers(varsel, [aController(1), aController(2)]);
    const id = await announceRemoval('2026-03-20');
    await varsel.deliver();
    const [notice] = mailsTo(varsel, 'dpo@kunde-1.example');
    if (notice === undefined) throw new Error('no notice');
    await mailIn(varsel, aBounce('dpo@kunde-1.example'), { from: '', to: returnAddressesOf(notice).bounce });
    expect(await partOf(varsel, id, 'kunde-1')).toMatchObject({ state: 'awaiting-notice', notifiedAt: null });
    expect((await changeNow(varsel, id)).activation).toMatchObject({
      blockers: [{ code: 'planned-date-not-reached' }],
      shownOnly: [{ code: 'controllers-not-notified', controllers: ['kunde-1'] }],
    });

    // Whoever opens the link and writes there has got the notice.
    await varsel
      .customer()
      .post(await linkOf(varsel, id, 'kunde-1'))
      .send({ reasons: REASONS });
    expect(await partOf(varsel, id, 'kunde-1')).toMatchObject({
      state: 'told',
      notifiedAt: '2026-03-02T09:00:00.000Z',
      deadline: null,
    });
    expect((await eventsOf(varsel, id)).filter((type) => type.startsWith('notice.'))).toEqual([
      'notice.bounced',
      'notice.reached',
    ]);
  });

  test('has an incident where a notice bounces after the activation (D12)', async () => {
    await haveControllers(varsel, [aController(1)]);
    const id = await announceRemoval();
    await varsel.deliver();
    const [notice] = mailsTo(varsel, 'dpo@kunde-1.example');
    if (notice === undefined) throw new Error('no notice');
    expect(await activate(varsel, id)).toEqual([]);
    await mailIn(varsel, aBounce('dpo@kunde-1.example'), { from: '', to: returnAddressesOf(notice).bounce });
    expect((await operatorMails(varsel)).map(({ subject }) => subject)).toEqual([expect.stringContaining('Incident')]);
  });

  test('is told by letter, to who joins, to a new contact, and not to who leaves or after a withdrawal', async () => {
    await haveControllers(varsel, [aController(1), aController(2)]);
    varsel.mailbox.refuse('dpo@kunde-2.example', NO_SUCH_USER);
    const id = await announceRemoval('2026-03-20');
    await varsel.deliver();
    const letter = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/controllers/kunde-2/notice-by-letter`)
      .send({ arrivedOn: '2026-03-02', reference: 'RR 1' });
    expect(letter.body).toMatchObject({ state: 'told', notifiedAt: '2026-03-01T23:00:00.000Z', deadline: null });

    // Weeks later a notice is a notice still: there is no time to object that it could come after.
    varsel.clock.set('2026-03-18T09:00:00Z');
    const withSecond = aController(1, {
      contacts: [...aController(1).contacts, { email: 'ciso@kunde-1.example', name: 'Alice', language: 'en' }],
    });
    await haveControllers(varsel, [withSecond, aController(3)]);
    await varsel.deliver();
    expect(await messagesTo(varsel, id, 'ciso@kunde-1.example')).toMatchObject([
      { kind: 'notice', status: 'accepted' },
    ]);
    expect(await messagesTo(varsel, id, 'dpo@kunde-3.example')).toMatchObject([{ kind: 'notice', status: 'accepted' }]);

    varsel.mailbox.refuse('dpo@kunde-4.example', GREYLISTED);
    await haveControllers(varsel, [aController(4), aController(5)]);
    await leave(varsel, 'kunde-5');
    await varsel.deliver();
    await withdraw(varsel, id);
    varsel.mailbox.refuse('dpo@kunde-4.example', null);
    varsel.clock.set('2026-03-18T15:00:00Z');
    await varsel.deliver();
    for (const contact of ['dpo@kunde-4.example', 'dpo@kunde-5.example']) {
      expect(await messagesTo(varsel, id, contact)).toMatchObject([{ kind: 'notice', status: 'cancelled' }]);
    }
  });
});

describe('An objection to a removal (D40)', () => {
  let id: string;
  beforeEach(async () => {
    await haveControllers(varsel, [aController(1)]);
    id = await announceRemoval('2026-03-20');
    await varsel.deliver();
  });

  test('through the link, by a program or a person, is refused for what it is, and kept on record', async () => {
    const link = await linkOf(varsel, id, 'kunde-1');
    const { status, body } = await varsel.customer().post(link).send({ reasons: REASONS });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'no-objection-window' });
    const page = await varsel
      .customer()
      .post(link)
      .type('form')
      .set('accept', 'text/html')
      .send({ reasons: REASONS, name: 'Dorthe' });
    expect(page.status).toBe(409);
    expect(page.text).toContain('Der kan ikke gøres indsigelse mod denne ændring');
    expect(await objectionsOf(varsel, id)).toMatchObject([
      { status: 'rejected', rejectedFor: 'no-objection-window', reasons: REASONS, channel: 'link' },
      { status: 'rejected', rejectedFor: 'no-objection-window', reasons: REASONS, channel: 'link' },
    ]);
    expect((await changeNow(varsel, id)).objections).toEqual({ total: 0, pending: 0 });
  });

  test('that an officer records is refused, kept, and its sender is told', async () => {
    const { status, body } = await varsel
      .api('officer')
      .post(`/v1/changes/${id}/objections`)
      .send({
        controller: 'kunde-1',
        channel: 'letter',
        reasons: REASONS,
        receivedAt: '2026-03-02T09:00:00Z',
        from: { name: 'Dorthe Persson' },
      });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'no-objection-window' });
    await varsel.deliver();
    const [mail] = mailsTo(varsel, 'dpo@kunde-1.example', /er afvist/);
    expect(mail && wordsOf(mail)).toContain('ikke giver adgang til at gøre indsigelse mod denne ændring');
    expect(await objectionsOf(varsel, id)).toMatchObject([{ rejectedFor: 'no-objection-window', channel: 'letter' }]);
  });

  test('by reply is shown and does not block; an officer reads it, and cannot make an objection of it', async () => {
    const [notice] = mailsTo(varsel, 'dpo@kunde-1.example');
    if (notice === undefined) throw new Error('no notice');
    await mailIn(varsel, anAnswer(REASONS), { from: 'dpo@kunde-1.example', to: returnAddressesOf(notice).reply });
    const [answer] = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body.items;
    expect((await changeNow(varsel, id)).activation).toMatchObject({
      blockers: [{ code: 'planned-date-not-reached' }],
      shownOnly: [{ code: 'answers-unread', count: 1, answers: [answer.id] }],
    });
    const classify = (decision: string) =>
      varsel
        .api('officer')
        .post(`/v1/answers/${answer.id}/classify`)
        .send({ decision, writtenByPerson: true, explanation: 'Kunden er uenig; besvaret.' });
    const refused = await classify('objection');
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'no-objection-window' });
    expect((await classify('not-an-objection')).status).toBe(200);

    varsel.clock.set('2026-03-20T09:00:00Z');
    expect(await activate(varsel, id)).toEqual([]);
  });
});

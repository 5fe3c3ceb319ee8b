import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { aController } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import {
  aControllerOfTwo,
  announce,
  announceAnother,
  haveControllers,
  leave,
  mailsTo,
  messagesTo,
  objectThrough,
  objectionsOf,
  SUBJECTS,
  theMailTo,
  tokenOf,
  withdraw,
} from '../support/story.ts';
import { tablesWith } from '../support/dump.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const DPO = 'dpo@kunde-1.example';
const REASON = 'Asked for by the data subject';

let varsel: TestVarsel;
beforeEach(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z', {});
  await haveControllers(varsel, [aControllerOfTwo(1)]);
});
afterEach(() => varsel.close());

const erase = (email: string, reason = REASON) => varsel.api().post('/v1/persons/erase').send({ email, reason });
const exportOf = async (email: string) =>
  (await varsel.api().post('/v1/persons/export').send({ email }).expect(200)).body;
const contactsOf = async (externalId: string) =>
  (await varsel.api('reader').get(`/v1/controllers/${externalId}/contacts`).expect(200)).body.items;

/** What `erase` answers of one kind. */
const of = (body: { erased: { what: string }[]; kept: { what: string }[] }, what: string) => ({
  erased: body.erased.filter((each) => each.what === what),
  kept: body.kept.filter((each) => each.what === what),
});

/** The story of the first contact: a notice, an objection through its link, and a mail of its own. */
async function tell(): Promise<string> {
  const id = await announce(varsel);
  await varsel.deliver();
  await objectThrough(varsel, tokenOf(varsel, DPO), 'Vi er uenige. Spørg Dorthe Persson 1.');
  const { reply } = returnAddressesOf(theMailTo(varsel, DPO, SUBJECTS.notice));
  await mailIn(varsel, anAnswer('Ring til mig, Dorthe Persson 1'), { from: DPO, to: reply });
  await varsel.readMails();
  await varsel.deliver();
  return id;
}

describe('erasing a person', () => {
  test('removes the contact at once, and says what is kept, why, and until when', async () => {
    const id = await tell();
    const { body } = await erase(DPO.toUpperCase()).expect(200);
    expect(of(body, 'contact').erased).toEqual([{ what: 'contact', count: 1 }]);
    expect(of(body, 'objection')).toEqual({
      erased: [],
      kept: [{ what: 'objection', count: 1, because: 'case-open', until: null }],
    });
    expect(of(body, 'received-mail').kept).toMatchObject([{ because: 'case-open' }]);
    expect((await contactsOf('kunde-1')).map(({ email }: { email: string }) => email)).toEqual([
      'ciso@kunde-1.example',
    ]);
    // What is kept stands as it was.
    expect((await objectionsOf(varsel, id))[0]).toMatchObject({ reasons: 'Vi er uenige. Spørg Dorthe Persson 1.' });

    const [answer] = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body.items;
    await varsel
      .api('officer')
      .post(`/v1/answers/${answer.id}/classify`)
      .send({ decision: 'not-an-objection', explanation: 'Et spørgsmål' });
    await withdraw(varsel, id);
    const { body: later } = await erase(DPO).expect(200);
    expect(of(later, 'objection').kept).toEqual([
      { what: 'objection', count: 1, because: 'retention', until: expect.stringMatching(/^2030-03-02T/) },
    ]);
  });

  test('stops every mail to it at once, also one that has nothing to do with a deadline', async () => {
    const id = await announce(varsel);
    varsel.mailbox.refuse(DPO, { code: 450, message: 'later' });
    await varsel.deliver();
    await withdraw(varsel, id);
    expect((await messagesTo(varsel, id, DPO)).filter(({ status }) => status === 'pending')).not.toEqual([]);
    const { body } = await erase(DPO).expect(200);
    expect(body.cancelledMails).toBeGreaterThan(0);
    varsel.mailbox.refuse(DPO, null);
    varsel.clock.advance({ hours: 30 });
    await varsel.deliver();
    expect(mailsTo(varsel, DPO)).toEqual([]);
    expect((await messagesTo(varsel, id, DPO)).map(({ status }) => status)).not.toContain('pending');
  });

  test('is refused where a running agreement would have nobody, and then does nothing', async () => {
    await haveControllers(varsel, [aController(2, { contacts: [{ email: DPO, name: 'Dorthe', language: 'da' }] })]);
    const { status, body } = await erase(DPO);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'last-contact' });
    expect(body.detail).toContain('kunde-2 (truetalk)');
    expect(body.detail).not.toContain(DPO);
    expect(await contactsOf('kunde-1')).toHaveLength(2);
  });

  test('keeps what came after the end of its case as long as the nightly job does, and says so to the day', async () => {
    const id = await announce(varsel);
    await varsel.deliver();
    const { reply } = returnAddressesOf(theMailTo(varsel, DPO, SUBJECTS.notice));
    await withdraw(varsel, id);
    await varsel.deliver();
    varsel.clock.set('2026-05-04T09:00:00Z');
    await mailIn(varsel, anAnswer('Tak for sidst'), { from: DPO, to: reply });
    const [answer] = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body.items;
    await varsel
      .api('officer')
      .post(`/v1/answers/${answer.id}/classify`)
      .send({ decision: 'not-an-objection', explanation: 'En tak' })
      .expect(200);
    await varsel.deliver();
    const { body } = await erase(DPO).expect(200);
    const later = { count: 1, because: 'retention', until: expect.stringMatching(/^2030-05-04T09/) };
    expect(of(body, 'received-mail').kept).toEqual([{ what: 'received-mail', ...later }]);
    expect(of(body, 'raw-mail').kept).toEqual([{ what: 'raw-mail', ...later }]);
    expect(of(body, 'sent-mail').kept).toMatchObject([{ until: expect.stringMatching(/^2030-03-02T/) }]);

    // Its case is over, and the mail is not.
    varsel.clock.set('2030-04-01T09:00:00Z');
    const { body: then } = await erase(DPO).expect(200);
    expect(of(then, 'received-mail')).toEqual({ erased: [], kept: [{ what: 'received-mail', ...later }] });
    expect(of(then, 'sent-mail').kept).toEqual([]);
    varsel.clock.set('2030-05-05T09:00:00Z');
    expect((await erase(DPO).expect(200)).body.kept).toEqual([]);
    const mail = (await varsel.api().get(`/v1/changes/${id}/mails`)).body.items[0];
    const raw = await varsel.api().get(`/v1/mails/${mail.id}/raw`);
    expect({ status: raw.status, code: raw.body.code }).toEqual({ status: 410, code: 'mail-erased' });
    const again = await varsel.api().post(`/v1/mails/${mail.id}/answer`).send({});
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 410, code: 'mail-erased' });
    const attributed = await varsel
      .api()
      .post(`/v1/mails/${mail.id}/attribute`)
      .send({ changeId: id, controller: 'kunde-1' });
    expect({ status: attributed.status, code: attributed.body.code }).toEqual({ status: 410, code: 'mail-erased' });
  });

  test('sends nothing that comes back from a sender which has crashed, or could not send it', async () => {
    const id = await announce(varsel);
    // Claimed by a process that is gone when the person has left.
    await varsel.database.owner.query(
      `update messages set status = 'in-flight', attempts = 1, lease_id = gen_random_uuid(), leased_until = $2
       where change_id = $1 and email = $3`,
      [id, varsel.clock.now().add({ minutes: 5 }).toString(), DPO],
    );
    await erase(DPO).expect(200);
    // As a sender leaves it that has claimed it and stops.
    await varsel.database.owner.query(
      `update messages set status = 'pending', attempts = 0, lease_id = null, leased_until = null
       where change_id = $1 and email = $2`,
      [id, DPO],
    );
    varsel.clock.advance({ hours: 2 });
    await varsel.deliver();
    expect(mailsTo(varsel, DPO)).toEqual([]);
    expect((await messagesTo(varsel, id, DPO)).map(({ status }) => status)).toEqual(['cancelled']);
    expect(mailsTo(varsel, 'ciso@kunde-1.example', SUBJECTS.notice)).toHaveLength(1);
  });

  test('takes a reason that does not name it, and is on record without its name', async () => {
    await tell();
    for (const reason of [`${DPO} has asked`, 'Dorthe Persson 1 has asked']) {
      const { status, body } = await erase(DPO, reason);
      expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path: 'reason' });
    }
    const key = { 'idempotency-key': 'once' };
    const { body } = await erase(DPO).set(key).expect(200);
    expect((await erase(DPO).set(key).expect(200)).body).toEqual(body);
    const record = await oneRow<{ action: string; details: { reason: string } }>(
      varsel.database.pool,
      'select action, details from audit_log where subject = $1',
      [body.id],
    );
    expect(record).toMatchObject({ action: 'person.erased', details: { reason: REASON } });
    const written = await rows<{ said: string }>(
      varsel.database.pool,
      `select a::text as said from audit_log a where xact_id = (select xact_id from erasures where id = $1)
       union all select i::text from idempotency_keys i where key = 'once'`,
      [body.id],
    );
    expect(written.length).toBeGreaterThan(2);
    for (const { said } of written) expect(said).not.toMatch(/dpo@kunde-1|Dorthe/i);
  });

  test('leaves others who stand beside it in what has several', async () => {
    await erase(DPO).expect(200);
    const { body } = await varsel.api().get('/v1/audit?subject=kunde-1').expect(200);
    expect(JSON.stringify(body)).not.toContain('Dorthe');
    expect(JSON.stringify(body)).toContain('Alice Brown 1');
  });

  test('makes what was stored for a repeat tell that it is erased, and a repeat does nothing anew', async () => {
    const add = () =>
      varsel
        .api()
        .post('/v1/controllers/kunde-1/contacts')
        .set('idempotency-key', 'add')
        .send({ email: 'ny@kunde-1.example', name: 'Ny Person', language: 'da' });
    await add().expect(201);
    await erase('ny@kunde-1.example').expect(200);
    const { status, body } = await add();
    expect({ status, code: body.code }).toEqual({ status: 410, code: 'erased' });
    expect(await contactsOf('kunde-1')).toHaveLength(2);
  });

  test('keeps what a legal hold keeps', async () => {
    const id = await tell();
    await varsel.database.owner.query(
      `insert into legal_holds (change_id, reason, placed_at, placed_by) values ($1, 'Sag', $2, 'test')`,
      [id, varsel.clock.now().toString()],
    );
    const { body } = await erase(DPO).expect(200);
    expect(of(body, 'objection').kept).toEqual([{ what: 'objection', count: 1, because: 'legal-hold', until: null }]);
  });
});

describe('once its cases are over', () => {
  test('a person is erased wherever it stood, and those who stay are not', async () => {
    const id = await tell();
    const [answer] = (await varsel.api('officer').get(`/v1/changes/${id}/answers`)).body.items;
    await varsel
      .api('officer')
      .post(`/v1/answers/${answer.id}/classify`)
      .send({ decision: 'not-an-objection', explanation: 'Et spørgsmål' });
    await withdraw(varsel, id);
    await varsel.deliver();
    varsel.clock.set('2030-03-04T09:00:00Z');
    const { body } = await erase(DPO).expect(200);
    expect(body.kept).toEqual([]);
    for (const marker of [DPO, 'Dorthe Persson', 'Ring til mig'])
      expect(await tablesWith(varsel.database, marker), marker).toEqual([]);
    expect(await contactsOf('kunde-1')).toHaveLength(1);
    const stands = await rows<{ name: string; email: string }>(
      varsel.database.pool,
      `select distinct name, email from messages where email like '%.invalid'`,
    );
    expect(stands).toEqual([
      { name: 'Kontakt 1 hos Kunde 1 A/S', email: expect.stringMatching(/^kontakt-1@.+\.invalid$/) },
    ]);
    expect(await exportOf(DPO)).toMatchObject({ names: [], items: [] });
    expect((await exportOf('ciso@kunde-1.example')).items.length).toBeGreaterThan(1);
  });
});

describe('what is on record about a person', () => {
  test('comes in one answer: its own, what names it, and who got it', async () => {
    const id = await tell();
    const { names, items, recipients } = await exportOf('Dpo@Kunde-1.Example');
    expect(names).toEqual(expect.arrayContaining(['Dorthe Persson 1', 'Dorthe Persson']));
    expect(recipients).toContainEqual({ who: 'contacts', controller: 'kunde-1', count: 1 });
    const kinds = new Set(items.map(({ what }: { what: string }) => what));
    for (const what of ['contact', 'sent-mail', 'sending', 'objection', 'received-mail', 'raw-mail', 'audit']) {
      expect(kinds, what).toContain(what);
    }
    const the = (what: string) => items.find((item: { what: string }) => item.what === what);
    expect(the('objection')).toMatchObject({
      controller: 'kunde-1',
      changeId: id,
      content: { fromName: 'Dorthe Persson', reasons: 'Vi er uenige. Spørg Dorthe Persson 1.' },
    });
    expect(Buffer.from(the('raw-mail').content.raw, 'base64').toString()).toContain('Ring til mig');
    expect(JSON.stringify(the('audit')), 'others in the same act').not.toContain('Alice Brown');
  });

  test('is empty of who is nowhere, and of somebody whose address merely contains it', async () => {
    expect(await exportOf('po@kunde-1.example')).toEqual({
      email: 'po@kunde-1.example',
      names: [],
      recipients: [],
      items: [],
    });
  });
});

describe('a controller that has left', () => {
  const empty = () => varsel.api().delete('/v1/controllers/kunde-1');

  test('is emptied when it has no contacts, no agreement and no case that is kept; its external id stays', async () => {
    const id = await announceAnother(varsel);
    await varsel.deliver();
    const refused = async () => {
      const { status, body } = await empty();
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'controller-kept' });
      return body.detail;
    };
    expect(await refused()).toMatch(
      /its agreement for truetalk is running; it still has contacts \(2\); its cases are kept/,
    );
    await leave(varsel, 'kunde-1');
    for (const { id: contact } of await contactsOf('kunde-1')) {
      await varsel.api().delete(`/v1/controllers/kunde-1/contacts/${contact}`).expect(204);
    }
    expect(await refused()).toContain('its cases are kept (case-open)');
    await withdraw(varsel, id);
    await varsel.deliver();
    expect(await refused()).toMatch(/its cases are kept \(retention\) until 2030-03-02T/);
    // One person is emptied before, so that its pseudonym names the controller.
    varsel.clock.set('2030-03-04T09:00:00Z');
    await erase(DPO).expect(200);
    await empty().expect(204);
    const { body } = await varsel.api().get('/v1/controllers/kunde-1').expect(200);
    expect(body).toMatchObject({
      externalId: 'kunde-1',
      name: '[erased]',
      registrationNumber: '[erased]',
      contacts: [],
    });
    for (const marker of ['Kunde 1 A/S', '10000001', 'Alice Brown', 'ciso@kunde-1', DPO]) {
      expect(await tablesWith(varsel.database, marker), marker).toEqual([]);
    }
    const names = await rows<{ name: string }>(varsel.database.pool, 'select distinct name from messages order by 1');
    expect(names).toEqual([{ name: 'Kontakt 1 hos kunde-1' }, { name: 'Kontakt 2 hos kunde-1' }]);
  });

  test('is not found where there is none', async () => {
    await varsel.api().delete('/v1/controllers/nobody').expect(404);
  });
});

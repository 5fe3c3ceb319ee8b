import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSession } from '../../src/commands/sign-in.ts';
import { inTransaction, rows } from '../../src/db/postgres.ts';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm } from '../support/approving.ts';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  objectThrough,
  REASONS,
  SUBJECTS,
  subjectsTo,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const START = '2026-03-02T09:00:00Z';
const DPO = 'dpo@kunde-1.example';
const STRAY = 'varsel@telenor.example';

let varsel: TestVarsel;
let anne: SignedInPerson;
let bo: SignedInPerson;
beforeAll(async () => {
  varsel = await startVarsel(START, { addresses: [STRAY] });
  await haveProduct(varsel, aProduct({ id: 'andet', name: 'Andet' }));
  await haveControllers(varsel, [aControllerOfTwo(1), aController(2)]);
});
afterAll(() => varsel.close());
beforeEach(async () => {
  varsel.clock.set(START);
  anne = await signIn(varsel, { role: 'officer', name: 'Anne Holm' });
  bo = await signIn(varsel, { role: 'officer', name: 'Bo Friis' });
});

/** A page of the console, in Danish. */
async function page(person: SignedInPerson, address: string, status = 200): Promise<string> {
  const response = await person.get(address).set('accept-language', 'da');
  expect(response.status, response.text).toBe(status);
  return response.text;
}
/** The field of a form by which a second click does nothing. */
const onceIn = (html: string) => /name="once" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** What a form of the console is answered with: a page, or where it leads. */
async function send(person: SignedInPerson, address: string, fields: Record<string, string>) {
  const { status, text, headers } = await person.post(address, fields).set('accept-language', 'da');
  return { status, text, to: headers.location };
}

/** What the buttons of a preview say. */
const buttonsOf = (html: string) =>
  ['confirm', 'edit'].map((step) => new RegExp(`name="step" value="${step}">([^<]*)<`).exec(html)?.[1]);

/** Sees what a decision would do, and confirms it. */
async function decide(person: SignedInPerson, address: string, fields: Record<string, string>) {
  const shown = await send(person, address, fields);
  expect(shown.status, shown.text).toBe(200);
  const done = await send(person, address, { ...fields, step: 'confirm', once: onceIn(shown.text) });
  return { shown: shown.text, done };
}

async function told(overrides: object = {}): Promise<string> {
  const id = await announceAnother(varsel, overrides);
  await varsel.deliver();
  return id;
}
async function objectionTo(changeId: string): Promise<{ id: string; number: number }> {
  const link = await linkOf(varsel, changeId, 'kunde-1');
  return (await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS)).body;
}
async function answerTo(changeId: string, text: string): Promise<string> {
  const { reply } = returnAddressesOf(mailsTo(varsel, DPO, /senest/).at(-1)!);
  await mailIn(varsel, anAnswer(text), { from: DPO, to: reply });
  const { body } = await varsel.api('officer').get(`/v1/changes/${changeId}/answers`);
  return body.items.at(-1).id;
}
/** How an objection stands on record. */
async function standing(id: string) {
  const { status, resolution } = (await varsel.api('officer').get(`/v1/objections/${id}`)).body;
  return { status, outcome: resolution?.outcome ?? null, by: resolution?.resolvedBy ?? null };
}
const PENDING = { status: 'pending', outcome: null, by: null };
const mailsOf = (id: string) =>
  rows(varsel.database.pool, `select id from messages where objection_id = $1 and kind = 'objection-resolved'`, [id]);

describe('an objection', () => {
  test('waits on the first page and in the inbox, and is resolved by who has seen the mails', async () => {
    const changeId = await told();
    const { id, number } = await objectionTo(changeId);
    await varsel.deliver();
    const address = `/console/inbox/objections/${id}`;
    const today = await page(anne, '/console');
    expect(today).toContain('Indsigelser, der skal afgøres');
    expect(today).toContain(`href="${address}"><strong>Indsigelse nr. ${number}: Kunde 1 A/S`);
    // The inbox opens where something waits.
    expect((await anne.get('/console/inbox')).headers.location).toBe('/console/inbox/objections');
    expect(await page(anne, '/console/inbox/objections')).toContain(`href="${address}">Indsigelse ${number}</a>`);
    const shown = await page(anne, address);
    expect(shown).toContain(REASONS);
    expect(shown).toContain('Kunde 1 A/S (kunde-1)');

    const fields = { decide: 'resolve', outcome: 'accommodated', explanation: 'Flyttet til Tyskland <b>' };
    const preview = await send(anne, address, fields);
    expect(preview.text).toContain('Intet er gjort endnu.');
    expect(preview.text).toContain('Flyttet til Tyskland &lt;b&gt;');
    expect(preview.text).toContain(DPO);
    expect(await standing(id)).toEqual(PENDING);
    const picture = await anne.post(address, { ...fields, step: 'picture', mail: '1' });
    expect(picture.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
    expect(picture.text).toContain('Flyttet til Tyskland &lt;b&gt;');
    expect(picture.text).toContain('accommodated');

    expect(preview.text).toContain('name="mailed" value="true"');
    const confirmed = { ...fields, step: 'confirm', mailed: 'true', once: onceIn(preview.text) };
    const { status, to = '' } = await send(anne, address, confirmed);
    expect({ status, to }).toEqual({ status: 303, to: `${address}?said=mailed` });
    expect(await page(anne, to)).toContain('det, der blev vist, er på vej til kunden');
    expect(await standing(id)).toEqual({
      status: 'resolved',
      outcome: 'accommodated',
      by: `Anne Holm (person ${anne.id})`,
    });
    await varsel.deliver();
    expect(wordsOf(mailsTo(varsel, DPO, SUBJECTS.resolved).at(-1)!)).toContain('Flyttet til Tyskland <b>');
    const after = await page(anne, address);
    expect(after).toContain(`Indsigelse ${number}`);
    expect(after).toContain('Imødekommet');
    expect(after).toContain('Anne Holm');
    expect(after).not.toContain('name="outcome"');
    expect(await page(anne, '/console')).not.toContain(address);
  });

  test('is decided once by two who decide at once: the second is shown who decided, and nothing is lost', async () => {
    const changeId = await told();
    const { id } = await objectionTo(changeId);
    const address = `/console/inbox/objections/${id}`;
    const hers = { decide: 'resolve', outcome: 'invalid', explanation: 'Dublet af en anden.' };
    const his = { decide: 'resolve', outcome: 'withdrawn', explanation: 'De ringede og skrev.' };
    const herPreview = await send(anne, address, hers);
    const hisPreview = await send(bo, address, his);
    expect([herPreview.status, hisPreview.status]).toEqual([200, 200]);
    expect((await send(anne, address, { ...hers, step: 'confirm', once: onceIn(herPreview.text) })).status).toBe(303);
    const second = await send(bo, address, { ...his, step: 'confirm', once: onceIn(hisPreview.text) });
    expect(second.status).toBe(409);
    expect(second.text).toContain('Indsigelsen er afgjort i mellemtiden.');
    expect(second.text).toContain('Anne Holm');
    expect(second.text).toContain('Ugyldig');
    expect(await standing(id)).toMatchObject({ outcome: 'invalid', by: `Anne Holm (person ${anne.id})` });
    expect(await mailsOf(id)).toHaveLength(2);
  });

  test('is decided once by a double click, and not otherwise by the back button', async () => {
    const changeId = await told();
    const { id } = await objectionTo(changeId);
    const address = `/console/inbox/objections/${id}`;
    const fields = { decide: 'resolve', outcome: 'invalid', explanation: 'Dublet.' };
    const once = onceIn((await send(anne, address, fields)).text);
    const clicks = await Promise.all([1, 2].map(() => send(anne, address, { ...fields, step: 'confirm', once })));
    // The second is answered with what came of the first.
    expect(clicks.map(({ status, to }) => ({ status, to }))).toEqual(
      [303, 303].map((status) => ({ status, to: address })),
    );
    const again = await send(anne, address, { ...fields, step: 'confirm', once });
    expect({ status: again.status, to: again.to }).toEqual({ status: 303, to: address });
    const other = await send(anne, address, { ...fields, explanation: 'Noget andet.', step: 'confirm', once });
    expect(other.status).toBe(422);
    expect(other.text).toContain('Formularen er sendt før med noget andet.');
    expect(await mailsOf(id)).toHaveLength(2);
  });

  test('keeps what was typed where something is missing, and says at which field', async () => {
    const { id } = await objectionTo(await told());
    const address = `/console/inbox/objections/${id}`;
    const missing = await send(anne, address, { decide: 'resolve', outcome: 'withdrawn' });
    expect(missing.status).toBe(422);
    expect(missing.text).toContain('<title>Fejl: ');
    expect(missing.text).toMatch(/<a href="#explanation"[^>]*>Skriv en forklaring/);
    expect(missing.text).toMatch(/value="withdrawn" checked/);
    const unchosen = await send(anne, address, { decide: 'resolve', explanation: 'Bemærk dette.' });
    expect(unchosen.text).toMatch(/<a href="#outcome"[^>]*>Vælg en mulighed/);
    expect(unchosen.text).toContain('Bemærk dette.</textarea>');
    const edited = await send(anne, address, {
      decide: 'resolve',
      outcome: 'invalid',
      explanation: 'Om igen.',
      step: 'edit',
    });
    expect(edited.status).toBe(200);
    expect(edited.text).toMatch(/value="invalid" checked/);
    expect(edited.text).toContain('Om igen.</textarea>');
    expect(await standing(id)).toEqual(PENDING);
  });

  test('is not lost where the session ends while its form is filled in, nor decided by showing it again', async () => {
    const { id } = await objectionTo(await told());
    const address = `/console/inbox/objections/${id}`;
    const fields = { decide: 'resolve', outcome: 'invalid', explanation: 'Skrevet i en halv time.' };
    for (const step of ['', 'confirm']) {
      varsel.clock.set(START);
      const tired = await signIn(varsel, { role: 'officer' });
      varsel.clock.advance({ minutes: 31 });
      const { headers } = await tired.post(address, { ...fields, step }).expect(303);
      const kept = new URL(headers['location'] ?? '', varsel.url).searchParams.get('to') ?? '';
      expect(kept).toMatch(/^\/console\/kept\//);
      const { secret } = await inTransaction(varsel.database.pool, (tx) =>
        startSession(tx, tired.id, { method: 'openid', hasFactors: true, userAgent: 'test' }, varsel.clock.now()),
      );
      const back = await varsel.customer().get(kept).set('cookie', `varsel=${secret}`).expect(200);
      expect(back.text).toContain('Skrevet i en halv time.');
      expect(back.text).toContain(`action="${address}"`);
      expect(await standing(id)).toEqual(PENDING);
    }
  });

  test('that came late is accepted after all, with its receipt shown before', async () => {
    const changeId = await told();
    const link = await linkOf(varsel, changeId, 'kunde-1');
    varsel.clock.set('2026-03-13T08:00:00Z');
    anne = await signIn(varsel, { role: 'officer', name: 'Anne Holm' });
    await objectThrough(varsel, link.split('/').at(-1) ?? '', REASONS);
    const [late] = (await varsel.api('officer').get(`/v1/changes/${changeId}/objections`)).body.items;
    const address = `/console/inbox/objections/${late.id}`;
    expect(await page(anne, address)).toContain('Den kom efter fristen.');
    const { shown, done } = await decide(anne, address, {
      decide: 'acceptLate',
      explanation: 'Vores mailserver var nede.',
    });
    expect(shown).toContain('har modtaget');
    expect(buttonsOf(shown)).toEqual([
      'Tag imod indsigelsen, og send de 2 e-mails til 2 modtagere',
      'Ret det, du siger',
    ]);
    expect(done.to).toBe(address);
    expect(await standing(late.id)).toEqual(PENDING);
  });

  test('is read by a reader, who decides nothing, and by nobody of another product', async () => {
    const { id } = await objectionTo(await told());
    const address = `/console/inbox/objections/${id}`;
    const reader = await signIn(varsel, { role: 'reader' });
    expect(await page(reader, address)).not.toContain('name="outcome"');
    const tried = await send(reader, address, { decide: 'resolve', outcome: 'invalid', explanation: 'x' });
    expect(tried.status).toBe(403);
    expect(await standing(id)).toEqual(PENDING);
    const foreign = await signIn(varsel, { role: 'officer', products: ['andet'] });
    expect((await foreign.get(address)).status).toBe(404);
    expect(await page(foreign, '/console/inbox/objections')).not.toContain(id);
    expect(await page(foreign, '/console')).toContain('Intet venter på dig.');
    expect((await foreign.get('/console/inbox/mails')).status).toBe(403);
  });
});

describe('an answer', () => {
  test('is shown beside what it quotes, with the mail as it came, and becomes an objection', async () => {
    const changeId = await told();
    const id = await answerTo(changeId, 'Vi gør indsigelse mod USA.');
    const address = `/console/inbox/answers/${id}`;
    expect((await anne.get('/console/inbox')).headers.location).toBe('/console/inbox/answers');
    expect(await page(anne, '/console/inbox/answers')).toContain(`href="${address}"`);
    expect(await page(anne, '/console')).toContain(`href="${address}"`);
    const shown = await page(anne, address);
    expect(shown).toMatch(/<blockquote class="typed">Vi gør indsigelse mod USA\./);
    expect(shown).toMatch(/<pre class="typed"[^>]*>[^<]*I kan gøre indsigelse senest/);
    expect(shown).not.toContain('value="approval"');
    expect(await page(anne, `${address}/mail`)).toContain('Message-ID: &lt;AM0PR04MB1234@');
    const file = await anne.get(`${address}/mail?as=file`);
    expect(file.headers['content-disposition']).toBe(`attachment; filename="${id}.eml"`);
    expect(file.headers['content-type']).toBe('message/rfc822');

    const { shown: preview, done } = await decide(anne, address, { decide: 'classify', decision: 'objection' });
    expect(preview).toMatch(/Svaret bliver indsigelse \d+ og blokerer ændringen/);
    expect(preview).toContain('Disse 2 e-mails sendes');
    expect(buttonsOf(preview)[0]).toBe('Vurdér svaret som en indsigelse, og send de 2 e-mails til 2 modtagere');
    expect(done.to).toBe(address);
    const [objection] = (await varsel.api('officer').get(`/v1/changes/${changeId}/objections`)).body.items;
    expect(objection).toMatchObject({ status: 'pending', recordedBy: `Anne Holm (person ${anne.id})` });
    expect(await page(anne, address)).toContain(`href="/console/inbox/objections/${objection.id}"`);
    const ofObjection = await page(anne, `/console/inbox/objections/${objection.id}`);
    expect(ofObjection).toContain(`href="${address}"`);
    // The mail that it came in is offered as evidence.
    const [mail] = (await varsel.api('officer').get(`/v1/changes/${changeId}/mails?controller=kunde-1`)).body.items;
    expect(ofObjection).toContain(`<option value="${mail.id}">`);
    expect((await varsel.api('officer').get(`/v1/changes/${changeId}/mails?controller=kunde-2`)).body.items).toEqual(
      [],
    );
  });

  test('is classified once by two who read it at once, and anew only by who has seen what it is', async () => {
    const id = await answerTo(await told(), 'Tak for beskeden.');
    const address = `/console/inbox/answers/${id}`;
    const thanks = { decide: 'classify', insteadOf: '', decision: 'not-an-objection', explanation: 'De takker.' };
    expect((await decide(anne, address, thanks)).done.to).toBe(address);
    const second = await send(bo, address, {
      decide: 'classify',
      insteadOf: '',
      decision: 'objection',
      step: 'confirm',
    });
    expect(second.status).toBe(409);
    expect(second.text).toContain('En anden har vurderet svaret i mellemtiden.');
    expect(second.text).toContain('Anne Holm');
    expect(second.text).toContain('name="insteadOf" value="not-an-objection"');
    const seen = {
      ...thanks,
      insteadOf: 'not-an-objection',
      decision: 'objection',
      explanation: 'Det er en indsigelse.',
    };
    const { shown, done } = await decide(bo, address, seen);
    expect(shown).toContain('Det, svaret var før, ophører.');
    expect(done.to).toBe(address);
    expect((await varsel.api('officer').get(`/v1/answers/${id}`)).body).toMatchObject({ status: 'objection' });
  });

  test('without reasons is shown to become a rejected attempt before it does', async () => {
    const id = await answerTo(await told(), 'Se vedhæftede.');
    const fields = { decide: 'classify', decision: 'objection', reasons: 'Ingen.' };
    const shown = await send(anne, `/console/inbox/answers/${id}`, fields);
    expect(shown.text).toContain('Den har ingen begrundelse.');
    expect((await varsel.api('officer').get(`/v1/answers/${id}`)).body.status).toBe('unread');
  });
});

describe('an approval', () => {
  test('that a letter brought is confirmed by a second person, who sees its receipt before', async () => {
    const changeId = await told({ subProcessor: inIndia(varsel.newCompany()) });
    const id = await approvalToConfirm(varsel, changeId, 'kunde-1', START);
    const address = `/console/inbox/approvals/${id}`;
    expect(await page(anne, '/console')).toContain(`href="${address}"`);
    expect(await page(anne, '/console/inbox/approvals')).toContain(`href="${address}"`);
    const { shown, done } = await decide(anne, address, { decide: 'confirm' });
    expect(shown).toContain('modtaget jeres godkendelse');
    // Nothing was typed that could be corrected.
    expect(buttonsOf(shown)).toEqual(['Bekræft godkendelsen, og send de 2 e-mails til 2 modtagere', 'Tilbage']);
    expect(done.to).toBe(address);
    expect((await varsel.api('officer').get(`/v1/approvals/${id}`)).body).toMatchObject({
      status: 'waiting',
      confirmation: { confirmedBy: `Anne Holm (person ${anne.id})` },
    });
    const late = await send(bo, address, { decide: 'confirm', step: 'confirm' });
    expect(late.text).toContain('En anden har bekræftet den i mellemtiden.');
    const withdrawn = await decide(bo, address, { decide: 'withdraw', explanation: 'Brev af 2. marts.' });
    expect(buttonsOf(withdrawn.shown)[0]).toMatch(/^Registrér, at kunden har trukket det tilbage, og send /);
    expect(withdrawn.done.to).toBe(address);
    expect(await page(bo, address)).toContain('Trukket tilbage');
  });

  test('of an answer is not confirmed by who called it one', async () => {
    const changeId = await told({ subProcessor: inIndia(varsel.newCompany()) });
    const answer = await answerTo(changeId, 'Vi godkender ændringen.');
    const fields = { decide: 'classify', decision: 'approval', authority: 'Direktør efter CVR.', role: 'Direktør' };
    const { shown } = await decide(anne, `/console/inbox/answers/${answer}`, fields);
    expect(shown).toContain('som en anden person skal bekræfte');
    expect(shown).toContain('Der sendes ingen e-mail til kunden.');
    expect(buttonsOf(shown)).toEqual(['Vurdér svaret som en godkendelse', 'Ret det, du siger']);
    const { decision } = (await varsel.api('officer').get(`/v1/answers/${answer}`)).body;
    const address = `/console/inbox/approvals/${decision.approvalId}`;
    expect(await page(anne, address)).toContain('En anden person skal bekræfte den.');
    expect(await page(anne, '/console')).not.toContain(address);
    expect((await send(anne, address, { decide: 'confirm', step: 'confirm' })).status).toBe(409);
    expect((await decide(bo, address, { decide: 'confirm' })).done.to).toBe(address);
  });

  test('waits for who is named, until an officer has confirmed that', async () => {
    const changeId = await told({ subProcessor: inIndia(varsel.newCompany()) });
    await told();
    const link = await linkOf(varsel, changeId, 'kunde-2');
    const named = { name: 'Anna Vind', role: 'Direktør', email: 'direktion@kunde-2.example' };
    await varsel.customer().post(`${link}/nominate`).send(named).expect(202);
    const [{ id }] = (await varsel.api('officer').get('/v1/nominations?status=waiting')).body.items;
    const address = `/console/inbox/nominations/${id}`;
    expect(await page(anne, '/console')).toContain(`href="${address}"`);
    expect(await page(anne, '/console/inbox/nominations')).toContain('Anna Vind');
    const { shown, done } = await decide(anne, address, { decide: 'confirm' });
    // Who becomes a contact is told of what is announced (D35).
    expect(shown).toContain('direktion@kunde-2.example');
    expect(buttonsOf(shown)[0]).toMatch(/^Bekræft, at personen må godkende, og send /);
    expect(done.to).toBe(address);
    // Of each change a mail of its own, which is shown as it is sent.
    await varsel.deliver();
    const subjects = [...shown.matchAll(/<h3 id="mail-\d+"[^>]*>([^<]*)</g)].map(([, subject]) => subject);
    expect(subjects.length).toBeGreaterThan(1);
    expect(new Set(subjectsTo(varsel, named.email))).toEqual(new Set(subjects));
    expect((await varsel.api('reader').get('/v1/controllers/kunde-2/contacts')).body.items).toContainEqual(
      expect.objectContaining({ email: named.email, mayApprove: true }),
    );
    expect(await page(anne, address)).toContain('Bekræftet');
  });

  test('lets an officer reject who is named, with the reason, and tells the customer nothing', async () => {
    const changeId = await told({ subProcessor: inIndia(varsel.newCompany()) });
    const link = await linkOf(varsel, changeId, 'kunde-2');
    const named = { name: 'Ukendt Person', role: 'Direktør', email: 'ukendt@kunde-2.example' };
    await varsel.customer().post(`${link}/nominate`).send(named).expect(202);
    const [{ id }] = (await varsel.api('officer').get('/v1/nominations?status=waiting')).body.items;
    const address = `/console/inbox/nominations/${id}`;
    const unsaid = await send(anne, address, { decide: 'reject', rejection: '' });
    expect([unsaid.status, unsaid.text]).toEqual([400, expect.stringContaining('Skriv en forklaring.')]);
    expect((await send(anne, address, { decide: 'reject', rejection: 'Står ikke i CVR.' })).status).toBe(303);
    const shown = await page(anne, address);
    expect(shown).toContain('Står ikke i CVR.');
    expect(shown).not.toContain('name="decide"');
    expect(await page(anne, '/console')).not.toContain(address);
    expect(await page(anne, '/console/inbox/nominations?show=rejected')).toContain('Ukendt Person');
    await varsel.deliver();
    expect(subjectsTo(varsel, named.email)).toEqual([]);
  });
});

describe('a mail', () => {
  const stray = (text: string, from: string) =>
    mailIn(varsel, `From: ${from}\nSubject: Om jeres brev\nMessage-ID: <${text.length}@x.example>\n\n${text}\n`, {
      from,
      to: STRAY,
    });
  const newest = async () =>
    (await varsel.api('officer').get('/v1/mails?attributed=false')).body.items.at(-1) as { id: string };

  test('that nobody could attribute is attributed to one of whose contact wrote it, and is an answer', async () => {
    const changeId = await told();
    await stray('Hvorfor USA?', DPO);
    const { id } = await newest();
    const address = `/console/inbox/mails/${id}`;
    expect(await page(anne, '/console')).toContain(`href="${address}"`);
    const shown = await page(anne, address);
    expect(shown).toContain(`value="${changeId} kunde-1"`);
    const done = await send(anne, address, { decide: 'attribute', subject: `${changeId} kunde-1`, once: 'a' });
    expect(done.to).toBe(address);
    await varsel.readMails();
    const after = await page(anne, address);
    expect(after).toContain('Se svaret, den blev til');
    expect(after).not.toContain('name="controller"');
    const late = await send(bo, address, { decide: 'dismiss', dismissal: 'Reklame', once: 'b' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('E-mailen er placeret i mellemtiden.');
  });

  test('is attributed by hand, with a fault beside the field, or set aside', async () => {
    const changeId = await told();
    await stray('Vi skriver om noget andet.', 'nogen@andetsteds.example');
    const { id } = await newest();
    const address = `/console/inbox/mails/${id}`;
    const fields = { decide: 'attribute', subject: '', changeId, controller: 'kunde-77', once: 'c' };
    const wrong = await send(anne, address, fields);
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(/<a href="#controller"[^>]*>Ingen kunde passer til det/);
    expect(wrong.text).toContain('value="kunde-77"');
    const aside = await send(anne, address, { decide: 'dismiss', dismissal: 'Reklame', once: 'd' });
    expect(aside.to).toBe(address);
    expect(await page(anne, address)).toContain('Reklame');
    const several = await send(anne, address, { ...fields, controller: 'kunde', once: 'g' });
    expect(several.text).toMatch(/<a href="#controller"[^>]*>Flere kunder passer: [^<]*Kunde 2 A\/S \(kunde-2\)/);
    expect((await send(anne, address, { ...fields, controller: 'Kunde 2 A', once: 'e' })).to).toBe(address);
    await varsel.readMails();
    expect((await varsel.api('officer').get(`/v1/mails/${id}`)).body).toMatchObject({
      controller: 'kunde-2',
      changeId,
    });
  });

  test('that looks automatic is made an answer by who sees that a person wrote it', async () => {
    await told();
    const { reply } = returnAddressesOf(mailsTo(varsel, DPO, SUBJECTS.notice).at(-1)!);
    const absent = `From: ${DPO}\nSubject: Automatisk svar: Ny underdatabehandler\nAuto-Submitted: auto-replied\nMessage-ID: <ferie@x.example>\n\nJeg er på ferie til 9. marts.\n`;
    await mailIn(varsel, absent, { from: DPO, to: reply });
    const list = await page(anne, '/console/inbox/mails?show=automatic');
    const address = /\/console\/inbox\/mails\/[0-9a-f-]{36}/.exec(list)?.[0] ?? '';
    expect(await page(anne, address)).toContain('Jeg er på ferie');
    expect((await send(anne, address, { decide: 'answer', once: 'f' })).to).toBe(address);
    expect(await page(anne, address)).toContain('Se svaret, den blev til');
  });
});

test('in English, the inbox says the same', async () => {
  const { id } = await objectionTo(await told());
  const { text } = await anne.get(`/console/inbox/objections/${id}?lang=en`);
  expect(text).toContain('<html lang="en">');
  expect(text).toContain('Resolve the objection');
  expect(text).not.toMatch(/undefined|\[object/);
});

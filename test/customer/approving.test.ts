import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  APPROVAL_SUBJECTS,
  approvalCodeTo,
  approveThroughLink,
  hashAt,
  inIndia,
  SIGNER,
  withApprover,
} from '../support/answering.ts';
import { everyRow } from '../support/database.ts';
import { aProduct } from '../support/examples.ts';
import { tokenIn } from '../support/mailbox.ts';
import { pagesOf, type Page, type Pages } from '../support/pages.ts';
import {
  announceAnother,
  eventsOf,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  withdraw,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const OFFICERS = 'jura@telenor.example';
const ASKED = '2026-03-07T09:00:00Z';

let varsel: TestVarsel;
let pages: Pages;

/** Each test has a controller of its own: one contact may approve, the other, who reads English, may not. */
let number = 0;
let email: string;
let colleague: string;
let changeId: string;
let link: string;
let linkOfColleague: string;
let contentHash: string;

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
  await haveProduct(varsel, aProduct({ officersAddress: OFFICERS }));
});
afterAll(() => varsel.close());

beforeEach(async () => {
  varsel.clock.set(ASKED);
  number += 1;
  [email, colleague] = [`dpo@kunde-${number}.example`, `ciso@kunde-${number}.example`];
  if (number > 1) await varsel.api().delete(`/v1/controllers/kunde-${number - 1}/products/truetalk`);
  await haveControllers(varsel, [withApprover(number)]);
  changeId = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  link = await linkOf(varsel, changeId, `kunde-${number}`);
  linkOfColleague = `/objections/${tokenIn(mailsTo(varsel, colleague).at(-1)!)}`;
  contentHash = await hashAt(pages, link);
});

const approvals = async () =>
  (
    await varsel.database.pool.query(
      'select decision, status, channel, from_name, from_role, from_email, statement from approvals where change_id = $1 order by id',
      [changeId],
    )
  ).rows;
const answer = (fields: object, through = link) => pages.json(`${through}/answer`, fields);
const approve = () => approveThroughLink({ varsel, pages }, { link, email });
const pathOf = (page: Page) => String(page.headers['location']);
const typed = (more: object = {}) => ({ decision: 'approval', contentHash, ...SIGNER, ...more });

describe('The page of a request', () => {
  it('shows what is asked in full, with nothing chosen and nothing typed, beside the form to object', async () => {
    const { body } = await pages.get(link);
    expect(body).toContain('Behandlingssted (punkt C.5)');
    expect(body).toMatch(/Fremover: Indien: EU-Kommissionens standardkontraktbestemmelser/);
    expect(body).toContain(`Kunde ${number} A/S godkender som dataansvarlig`);
    expect(body.match(/type="radio"/g)).toHaveLength(2);
    expect(body).not.toMatch(/checked/);
    expect(body).toMatch(/name="role"[^>]*value=""/);
    expect(body).toContain('name="reasons"');
  });

  it('changes nothing by being opened', async () => {
    const before = await everyRow(varsel.database.pool);
    for (const path of ['', '/answer', '/nominate']) await pages.get(`${link}${path}`);
    expect(await everyRow(varsel.database.pool)).toEqual(before);
  });

  it('shows who may not approve who may, and takes a no from them', async () => {
    const { body } = await pages.get(linkOfColleague);
    expect(body.match(/type="radio"/g)).toHaveLength(1);
    expect(body).toContain(`mailto:${email}`);
    expect(body).toContain('Tell us who may approve');
  });
});

describe('Approving', () => {
  it('is not what says no, or adds a condition, beside the code', async () => {
    await answer(typed());
    await varsel.deliver();
    const code = approvalCodeTo(varsel, email);
    const conditional = await answer({ ...typed(), comment: 'Ja tak, hvis data bliver i Danmark', code });
    expect(conditional.statusCode).toBe(400);
    expect((await answer({ comment: 'Ja tak, hvis', code })).statusCode).toBe(400);
    expect(await approvals()).toEqual([]);
    const refusal = await answer({ ...typed(), decision: 'refusal', code });
    expect([refusal.statusCode, refusal.json().decision]).toEqual([201, 'refusal']);
    expect(await approvals()).toMatchObject([{ decision: 'refusal', status: 'standing' }]);
  });

  it('takes the choice, name and position, and the code; every contact gets a receipt, and it takes effect a day later', async () => {
    const chosen = await pages.form(`${link}/answer`, { ...typed(), comment: '' });
    expect(chosen.statusCode).toBe(303);
    expect(await approvals()).toEqual([]);
    await varsel.deliver();
    const codePage = await pages.get(pathOf(chosen));
    expect(codePage.body).toContain('Intet er godkendt endnu.');
    expect(codePage.body).toContain('Dorthe Persson, Direktør');
    const done = await pages.form(pathOf(chosen), { code: approvalCodeTo(varsel, email) });
    expect(done.statusCode).toBe(303);
    const receipt = await pages.get(pathOf(done));
    expect(receipt.body).toContain('Vi har modtaget jeres godkendelse');
    expect(receipt.body).toContain('24 timer efter');
    expect(await approvals()).toMatchObject([
      { decision: 'approval', status: 'waiting', channel: 'link', from_email: email, from_role: 'Direktør' },
    ]);
    expect((await approvals())[0].statement).toContain('Fremover: Indien');
    await varsel.deliver();
    for (const address of [email, colleague])
      expect(mailsTo(varsel, address, APPROVAL_SUBJECTS.received), address).toHaveLength(1);
    expect((await pages.get(link)).body).toContain('I har godkendt. Godkendelsen har endnu ikke fået virkning.');
  });

  it('asks again, with what was typed, where something is missing', async () => {
    for (const [fields, missing] of [
      [{}, 'Vælg, om I godkender'],
      [typed({ role: '' }), 'Skriv din stilling'],
      [typed({ name: '  ' }), 'Skriv dit navn'],
      [typed({ comment: 'Ja, hvis prisen falder' }), 'En godkendelse kan ikke have en bemærkning'],
    ] as const) {
      const page = await pages.form(`${link}/answer`, fields);
      expect(page.statusCode).toBe(422);
      expect(page.body).toContain(missing);
      expect((await answer(fields)).statusCode).toBe(400);
    }
    expect(mailsTo(varsel, email, APPROVAL_SUBJECTS.code)).toEqual([]);
  });

  it('is not done by a code that is guessed, expired, foreign or used', async () => {
    await answer(typed());
    await varsel.deliver();
    const code = approvalCodeTo(varsel, email);
    const wrong = code === '00000000' ? '11111111' : '00000000';
    const guessed = await pages.form(`${link}/answer`, { code: wrong });
    expect(guessed.statusCode).toBe(422);
    expect(guessed.body).toContain('Du kan prøve 4 gange til');
    expect((await answer({ code: wrong })).json()).toMatchObject({ code: 'code-wrong' });
    // Another contact of the same controller has no code of its own.
    expect((await answer({ code }, linkOfColleague)).json()).toMatchObject({ code: 'code-wrong' });
    varsel.clock.advance({ minutes: 60 });
    expect((await answer({ code })).json()).toMatchObject({ code: 'code-wrong' });
    expect((await pages.form(`${link}/answer`, { code })).body).toContain('Koden gælder ikke længere');
    expect(await approvals()).toEqual([]);
    const done = await approve();
    expect(done.statusCode, done.body).toBe(201);
    expect((await answer({ code: approvalCodeTo(varsel, email) })).json()).toMatchObject({ code: 'code-wrong' });
    expect(await approvals()).toHaveLength(1);
  });

  it('ends a code after five tries', async () => {
    await answer(typed());
    await varsel.deliver();
    for (let tries = 0; tries < 5; tries += 1) await answer({ code: '1' });
    expect((await answer({ code: approvalCodeTo(varsel, email) })).json()).toMatchObject({ code: 'code-wrong' });
    expect(await approvals()).toEqual([]);
  });

  it('is not done by who may not, nor by who is a contact no longer, also with the code', async () => {
    expect((await answer(typed(), linkOfColleague)).json()).toMatchObject({ code: 'may-not-approve' });
    const page = await pages.form(`${linkOfColleague}/answer`, typed());
    expect(page.statusCode).toBe(409);
    await answer(typed());
    await varsel.deliver();
    const code = approvalCodeTo(varsel, email);
    const [{ id }] = (await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body.items;
    await varsel.api().delete(`/v1/controllers/kunde-${number}/contacts/${id}`).expect(204);
    expect((await answer({ code })).json()).toMatchObject({ code: 'may-not-approve' });
    expect((await pages.form(`${link}/answer`, { code })).statusCode).toBe(409);
    expect(await approvals()).toEqual([]);
  });

  it('is done once, and not over a refusal', async () => {
    expect((await approve()).statusCode).toBe(201);
    expect((await answer(typed())).json()).toMatchObject({ code: 'approval-stands' });
    expect((await pages.form(`${link}/answer`, typed())).body).toContain('I har allerede godkendt');
    expect((await answer({ decision: 'refusal', contentHash }, linkOfColleague)).statusCode).toBe(201);
    expect((await answer(typed())).json()).toMatchObject({ code: 'refusal-stands' });
    expect((await pages.form(`${link}/answer`, typed())).statusCode).toBe(409);
  });

  it('is refused also by who names no version, or another', async () => {
    expect((await answer({ decision: 'refusal' })).statusCode).toBe(201);
    const other = { decision: 'refusal', contentHash: 'a'.repeat(64) };
    expect((await answer(other, linkOfColleague)).statusCode).toBe(201);
  });

  it('is of exactly what was read', async () => {
    const other = typed({ contentHash: 'a'.repeat(64) });
    expect((await answer(other)).json()).toMatchObject({ code: 'approval-of-another-version' });
    const page = await pages.form(`${link}/answer`, other);
    expect(page.statusCode).toBe(409);
    expect(page.body).toContain('Læs det igennem igen');
    // The page shows what is asked now, so that the next answer is of that.
    expect(page.body).toContain(contentHash);
  });

  it('is not asked for when the change has ended', async () => {
    await withdraw(varsel, changeId);
    expect((await answer(typed())).json()).toMatchObject({ code: 'change-ended' });
    expect((await pages.form(`${link}/answer`, typed())).statusCode).toBe(409);
    expect((await pages.get(link)).body).not.toContain('type="radio"');
  });

  it('mails at most five codes an hour', async () => {
    for (let codes = 0; codes < 5; codes += 1) expect((await answer(typed())).statusCode).toBe(202);
    expect((await answer(typed())).json()).toMatchObject({ code: 'code-limit' });
    expect((await pages.form(`${link}/answer`, typed())).statusCode).toBe(429);
  });
});

describe('Refusing', () => {
  it('takes one choice of any contact, stands at once, and is told to all', async () => {
    const sent = await pages.form(`${linkOfColleague}/answer`, {
      decision: 'refusal',
      contentHash,
      comment: 'Not India.',
    });
    expect(sent.statusCode).toBe(303);
    expect((await pages.get(pathOf(sent))).body).toContain('We have recorded your refusal');
    expect(await approvals()).toMatchObject([{ decision: 'refusal', status: 'standing', statement: 'Not India.' }]);
    await varsel.deliver();
    for (const address of [email, colleague])
      expect(mailsTo(varsel, address, APPROVAL_SUBJECTS.refused), address).toHaveLength(1);
    expect((await pages.get(link)).body).toContain('I har svaret nej');
  });

  it('is open to a former contact, whose link shows nothing of it afterwards', async () => {
    const [, { id }] = (await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body.items;
    await varsel.api().delete(`/v1/controllers/kunde-${number}/contacts/${id}`).expect(204);
    expect((await pages.get(linkOfColleague)).body).toContain('You are no longer a contact');
    const sent = await pages.form(`${linkOfColleague}/answer`, { decision: 'refusal', contentHash });
    expect(sent.statusCode).toBe(201);
    const [{ id: refusal }] = (
      await varsel.database.pool.query('select id from approvals where change_id = $1', [changeId])
    ).rows;
    expect((await pages.get(`${linkOfColleague}/answer/${refusal}`)).statusCode).toBe(404);
    expect((await pages.get(linkOfColleague)).body).not.toContain('You have answered no');
    expect(await approvals()).toMatchObject([{ status: 'standing' }]);
  });

  it('is withdrawn with a code, and all are told', async () => {
    const { id } = (await answer({ decision: 'refusal', contentHash })).json();
    const asked = await pages.form(`${linkOfColleague}/answer/${id}/withdraw`, {});
    expect(asked.statusCode).toBe(303);
    expect(await approvals()).toMatchObject([{ status: 'standing' }]);
    await varsel.deliver();
    expect((await pages.form(pathOf(asked), { code: '1' })).statusCode).toBe(422);
    const done = await pages.form(pathOf(asked), { code: approvalCodeTo(varsel, colleague) });
    expect((await pages.get(pathOf(done))).body).toContain('no longer stands');
    expect(await approvals()).toMatchObject([{ status: 'withdrawn' }]);
    await varsel.deliver();
    expect(mailsTo(varsel, email, APPROVAL_SUBJECTS.ended)).toHaveLength(1);
    expect(await eventsOf(varsel, changeId)).toContain('refusal.withdrawn');
    expect((await approve()).statusCode).toBe(201);
  });
});

describe('“That was not us”', () => {
  it('stops an approval through the link of the receipt, with a tick and no code, and says what can be done', async () => {
    const { id } = (await approve()).json();
    await varsel.deliver();
    const mail = mailsTo(varsel, colleague, APPROVAL_SUBJECTS.received)[0]!;
    const own = `/objections/${tokenIn(mail)}`;
    expect(wordsOf(mail)).toContain(`/answer/${id}/stop`);
    expect((await pages.get(`${own}/answer/${id}/stop`)).body).toContain('Do you want to stop approval');
    // A scanner that presses the button stops nothing.
    expect((await pages.form(`${own}/answer/${id}/stop`, {})).statusCode).toBe(422);
    expect(await approvals()).toMatchObject([{ status: 'waiting' }]);
    const stopped = await pages.form(`${own}/answer/${id}/stop`, { confirmed: 'yes' });
    const page = await pages.get(pathOf(stopped));
    expect(page.body).toContain('You have not approved.');
    expect(await approvals()).toMatchObject([{ status: 'stopped' }]);
    expect((await pages.form(`${own}/answer/${id}/stop`, { confirmed: 'yes' })).statusCode).toBe(409);
    await varsel.deliver();
    for (const address of [email, colleague])
      expect(mailsTo(varsel, address, APPROVAL_SUBJECTS.ended), address).toHaveLength(1);
    expect((await pages.json(`${link}/answer/${id}/stop`, {})).json()).toMatchObject({
      code: 'approval-already-ended',
    });
  });

  it('is said of one’s own approvals alone', async () => {
    const { id } = (await approve()).json();
    const other = `kunde-${number + 1}`;
    await haveControllers(varsel, [withApprover(number + 1)]);
    await varsel.deliver();
    const foreign = await linkOf(varsel, changeId, other);
    for (const path of ['', '/stop', '/withdraw'])
      expect((await pages.get(`${foreign}/answer/${id}${path}`)).statusCode, path).toBe(404);
    expect((await pages.json(`${foreign}/answer/${id}/stop`, {})).statusCode).toBe(404);
    await varsel.api().delete(`/v1/controllers/${other}/products/truetalk`);
  });
});

describe('Who may approve', () => {
  const named = { name: 'Anna Holm', role: 'Direktør' };

  it('is named by a contact, on record and told to the company, and may once an officer has confirmed it', async () => {
    const address = `direktion@kunde-${number}.example`;
    const sent = await pages.form(`${linkOfColleague}/nominate`, { ...named, email: address });
    expect(sent.statusCode).toBe(202);
    expect(sent.body).toContain('Nothing is approved yet.');
    const { items } = (await varsel.api('reader').get(`/v1/changes/${changeId}/nominations`)).body;
    expect(items).toMatchObject([{ ...named, email: address, controller: `kunde-${number}`, confirmedAt: null }]);
    expect((await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body.items).toHaveLength(2);
    await varsel.deliver();
    const path = `/v1/nominations/${items[0].id}/confirm`;
    const told = mailsTo(varsel, OFFICERS, /hvem der kan godkende/).at(-1);
    expect(told?.text).toContain(path);
    await varsel.api().post(path).expect(200);
    await varsel.api().post(path).expect(409);
    expect((await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body.items[2]).toMatchObject({
      email: address,
      name: 'Anna Holm',
      mayApprove: true,
      language: 'en',
    });
    await varsel.deliver();
    const own = `/objections/${tokenIn(mailsTo(varsel, address)[0]!)}`;
    const approved = await approveThroughLink({ varsel, pages }, { link: own, email: address });
    expect(approved.statusCode, approved.body).toBe(201);
  });

  it('may not where an officer rejects it with the reason, once, and then nobody waits for it', async () => {
    const api = varsel.api('officer');
    for (const local of ['a', 'b', 'c', 'd', 'e']) {
      await pages.json(`${link}/nominate`, { ...named, email: `${local}@kunde.example` });
    }
    const sixth = () => pages.json(`${link}/nominate`, { ...named, email: 'f@kunde.example' });
    expect((await sixth()).statusCode).toBe(429);
    const waiting = async () => (await api.get(`/v1/nominations?status=waiting&controller=kunde-${number}`)).body.items;
    const [{ id }] = await waiting();
    await varsel.deliver();
    const mailed = varsel.mailbox.mails.length;
    const reject = (explanation: string) => api.post(`/v1/nominations/${id}/reject`).send({ explanation });
    expect((await reject(' ')).status).toBe(400);
    const { body: rejected } = await reject('Står ikke i CVR.').expect(200);
    expect(rejected).toMatchObject({
      status: 'rejected',
      confirmedAt: null,
      rejectedBy: expect.stringMatching(/^Test officer/),
      explanation: 'Står ikke i CVR.',
    });
    await varsel.deliver();
    expect(varsel.mailbox.mails).toHaveLength(mailed);
    expect((await api.get(`/v1/controllers/kunde-${number}/contacts`)).body.items).toHaveLength(2);
    for (const again of [reject('Igen'), api.post(`/v1/nominations/${id}/confirm`)]) {
      expect((await again).body).toMatchObject({ status: 409, code: 'nomination-already-decided' });
    }
    const { body: acts } = await varsel.api('admin').get('/v1/audit?action=nomination.rejected');
    expect(acts.items).toMatchObject([{ subject: id, details: { change: changeId, explanation: 'Står ikke i CVR.' } }]);
    // The place is free for another.
    expect((await waiting()).map((each: { id: string }) => each.id)).not.toContain(id);
    expect((await sixth()).statusCode).toBe(202);
  });

  it('is decided once, whoever is first', async () => {
    await pages.json(`${link}/nominate`, { ...named, email: colleague });
    const [{ id }] = (await varsel.api('reader').get(`/v1/changes/${changeId}/nominations`)).body.items;
    const decide = (how: string) =>
      varsel
        .api()
        .post(`/v1/nominations/${id}/${how}`)
        .send(how === 'reject' ? { explanation: 'Nej' } : undefined);
    const decided = await Promise.all(
      ['confirm', 'reject', 'confirm', 'reject'].map(async (how) => (await decide(how)).status),
    );
    expect(decided.filter((status) => status === 200)).toEqual([200]);
    expect(decided.filter((status) => status === 409)).toHaveLength(3);
    const { body } = await varsel.api('reader').get(`/v1/nominations/${id}`);
    const { items } = (await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body;
    expect(items[1].mayApprove).toBe(body.status === 'confirmed');
    const undone = `update nominations set (confirmed_at, confirmed_by, rejected_at, rejected_by, explanation) =
      (rejected_at, rejected_by, confirmed_at, confirmed_by, case when confirmed_at is not null then 'x' end) where id = $1`;
    await expect(varsel.database.pool.query(undone, [id])).rejects.toThrow(/confirmed or rejected once \(D42\)/);
  });

  it('may be a contact already, and is asked for again where the address is none', async () => {
    expect((await pages.form(`${link}/nominate`, { ...named, email: 'anna' })).statusCode).toBe(422);
    expect((await pages.json(`${link}/nominate`, { ...named, email: 'anna' })).statusCode).toBe(400);
    expect((await pages.json(`${link}/nominate`, { ...named, email: colleague })).statusCode).toBe(202);
    const [{ id }] = (await varsel.api('reader').get(`/v1/changes/${changeId}/nominations`)).body.items;
    await varsel.api().post(`/v1/nominations/${id}/confirm`).expect(200);
    expect((await varsel.api('reader').get(`/v1/controllers/kunde-${number}/contacts`)).body.items).toMatchObject([
      { email, mayApprove: true },
      { email: colleague, mayApprove: true },
    ]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Controller } from '../../src/db/controllers.ts';
import { tokenIn } from '../support/mailbox.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  mailsTo,
  messagesTo,
  objectionsOf,
  SUBJECTS,
  theMailTo,
  withdraw,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';

let varsel: TestVarsel;
let pages: Pages;

/** Each test has a controller of its own, one of whose two contacts, Alice, is removed. */
let number = 0;
let controller: Controller;
let changeId: string;
/** Alice's link, and the objection of her colleague. */
let link: string;
let objection: { readonly id: string; readonly number: number };

const SECRET_REASONS = 'Hemmelige grunde om opkaldshistorikken';

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
});
afterAll(() => varsel.close());

const linkTo = (address: string): string => {
  const notice = mailsTo(varsel, address, SUBJECTS.notice).at(-1);
  if (notice === undefined) throw new Error(`no notice to ${address}`);
  return `/objections/${tokenIn(notice)}`;
};
const withoutAlice = (): Controller => ({ ...controller, contacts: controller.contacts.slice(0, 1) });

beforeEach(async () => {
  number += 1;
  controller = aControllerOfTwo(number);
  await haveControllers(varsel, [controller]);
  changeId = await announceAnother(varsel);
  await varsel.deliver();
  link = linkTo(`ciso@kunde-${number}.example`);
  const filed = await pages.json(linkTo(`dpo@kunde-${number}.example`), { reasons: SECRET_REASONS });
  objection = filed.json();
  expect((await pages.get(link)).body).toContain(SECRET_REASONS);
  await haveControllers(varsel, [withoutAlice()]);
});

describe('the link of a contact who has been removed', () => {
  it('shows the change and nothing of objections', async () => {
    const page = await pages.get(link);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('What changes, and why');
    expect(page.body).toContain('who is no longer a contact at');
    for (const secret of [SECRET_REASONS, objection.id, 'You have objected', 'Pending', 'while your objection']) {
      expect(page.body).not.toContain(secret);
    }
    expect((await pages.get(`${link}?lang=da`)).body).toContain('ikke længere er kontaktperson');
  });

  it('opens no objection and none of its steps, as a page or for a program', async () => {
    const unknown = (await pages.get('/objections/unknown')).body;
    for (const below of ['', '/withdraw', '/keep']) {
      const page = await pages.get(`${link}/${objection.id}${below}`);
      expect([page.statusCode, page.body]).toEqual([404, unknown]);
    }
    expect((await pages.form(`${link}/${objection.id}/withdraw`, { code: '12345678' })).statusCode).toBe(404);
    const problem = await pages.json(`${link}/${objection.id}/withdraw`, {});
    expect(problem.json()).toMatchObject({ status: 404, code: 'not-found' });
    expect(await objectionsOf(varsel, changeId)).toMatchObject([{ id: objection.id, status: 'pending' }]);
  });

  it('takes an objection as easily as before, and says so without opening it', async () => {
    const page = await pages.form(link, { reasons: 'USA', name: 'Alice Brown' });
    expect(page.statusCode).toBe(201);
    const recorded = (await objectionsOf(varsel, changeId)).at(-1);
    expect(recorded).toMatchObject({ status: 'pending', from: { email: `ciso@kunde-${number}.example` } });
    expect(page.body).toContain(`We have received your objection no. ${recorded?.number}`);
    expect(page.body).not.toContain(SECRET_REASONS);
    expect(page.body).not.toContain(`${recorded?.id}`);
    const again = await pages.form(link, { reasons: 'USA', name: 'Alice Brown' });
    expect(again.body).toContain(`no. ${recorded?.number}`);
    await varsel.deliver();
    theMailTo(varsel, `dpo@kunde-${number}.example`, new RegExp(`indsigelse nr\\. ${recorded?.number} `));
  });

  it('takes one from a program, too, which gets no address of a receipt', async () => {
    const response = await pages.json(link, { reasons: 'USA' });
    expect(response).toMatchObject({ statusCode: 201 });
    expect(response.headers.location).toBeUndefined();
    expect(response.json()).toMatchObject({ status: 'pending', reasons: 'USA' });
  });

  it('says nothing of a withdrawal of its own objection that a colleague has asked for', async () => {
    await haveControllers(varsel, [controller]);
    const reasons = 'Alices egne grunde';
    const own = (await pages.json(link, { reasons })).json();
    const email = `dpo@kunde-${number}.example`;
    const colleagues = linkTo(email);
    await requestWithdrawal({ varsel, pages }, { link: colleagues, id: own.id, email, explanation: 'Aftalt internt' });
    expect((await pages.json(`${colleagues}/${own.id}/keep`, {})).statusCode).toBe(200);
    await haveControllers(varsel, [withoutAlice()]);
    const again = await pages.json(link, { reasons });
    expect(again.statusCode).toBe(201);
    expect(again.json()).toMatchObject({ id: own.id, status: 'pending', withdrawal: null });
    expect(again.body).not.toContain(email);
  });

  it('rejects one without reasons as it always does', async () => {
    const page = await pages.form(link, { reasons: '<br>' });
    expect(page.statusCode).toBe(422);
    expect(page.body).not.toContain(SECRET_REASONS);
  });

  it('shows what became of the change', async () => {
    await withdraw(varsel, changeId, { da: 'Fejl', en: 'A mistake in the notice' });
    const page = await pages.get(link);
    expect(page.body).toContain('The change has been withdrawn');
    expect(page.body).toContain('A mistake in the notice');
    expect(page.body).not.toContain(SECRET_REASONS);
  });

  it('is that of a contact again once the address is one, in whatever letters', async () => {
    const [first, alice] = controller.contacts;
    if (first === undefined || alice === undefined) throw new Error('two contacts');
    const back = { ...alice, email: `CISO@Kunde-${number}.example` };
    await haveControllers(varsel, [{ ...controller, contacts: [first, back] }]);
    expect((await pages.get(link)).body).toContain(SECRET_REASONS);
  });

  it('stays with a contact who remains while the agreement has ended', async () => {
    await varsel.api().delete(`/v1/controllers/kunde-${number}/products/truetalk`).expect(204);
    expect((await pages.get(linkTo(`dpo@kunde-${number}.example`))).body).toContain(SECRET_REASONS);
    expect((await pages.get(link)).body).not.toContain(SECRET_REASONS);
  });
});

describe('a contact who is new', () => {
  it('gets a link of its own with the notice sent anew, and reads what its colleagues have sent', async () => {
    const email = `ny@kunde-${number}.example`;
    const contacts = [...withoutAlice().contacts, { email, name: 'Ny Kollega', language: 'da' as const }];
    await haveControllers(varsel, [{ ...controller, contacts }]);
    await varsel.api('officer').post(`/v1/changes/${changeId}/controllers/kunde-${number}/resend`).expect(202);
    await varsel.deliver();
    const own = linkTo(email);
    expect(own).not.toBe(link);
    const page = await pages.get(own);
    expect(page.body).toContain(SECRET_REASONS);
    expect(page.body).toContain(`sendt til Ny Kollega (${email})`);
    expect((await pages.get(`${own}/${objection.id}`)).statusCode).toBe(200);
    const toAlice = await messagesTo(varsel, changeId, `ciso@kunde-${number}.example`);
    expect(toAlice.filter(({ kind }) => kind === 'notice')).toHaveLength(1);
  });
});

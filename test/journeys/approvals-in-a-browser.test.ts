import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Response } from 'supertest';
import { APPROVAL_TEXTS } from '../../src/customer/approval-texts.ts';
import { APPROVAL_SUBJECTS, approvalCodeTo, inIndia, SIGNER, withApprover } from '../support/answering.ts';
import { PHONE, startBrowser, type TestBrowser } from '../support/browser.ts';
import { aController, aProduct } from '../support/examples.ts';
import type { ReceivedMail } from '../support/mailbox.ts';
import {
  activate,
  amending,
  announce,
  changeNow,
  entryNamed,
  eventsOf,
  haveControllers,
  haveProduct,
  mailsTo,
  partOf,
  theMailTo,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { followMail } from './person.ts';

/* Changes that need written approval, as the company and its customers meet them. */

const { da, en } = APPROVAL_TEXTS;
const REQUEST = /vi beder om jeres godkendelse|we ask for your approval/;
const REMINDER = /påmindelse – vi mangler jeres svar om Gintel AS/;
const DONE = /gennemført – /;
const OFFICERS = 'jura@telenor.example';
const ACTIVITY = { da: 'Analyserer opkald for at forbedre talegenkendelsen', en: 'Analyses calls' };
const SEPARATION = {
  da: 'Opkald fra kunder, der ikke har godkendt, ligger i en database uden adgang for Gintel. Driftschefen står inde for det.',
  en: 'Calls of customers who have not approved are in a database that Gintel cannot reach.',
};

let varsel: TestVarsel;
let browser: TestBrowser;
let secondKey: string;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await haveProduct(varsel, aProduct({ officersAddress: OFFICERS }));
  await haveControllers(varsel, [withApprover(1), withApprover(2), aController(3), aController(4)]);
  const { body } = await varsel.api().post('/v1/keys').send({ name: 'Anden jurist', role: 'officer' }).expect(201);
  secondKey = body.key;
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

/** What the button of a mail opens, on a phone. */
async function opened(mail: ReceivedMail): Promise<Page> {
  const visitor = await browser.visit(varsel.url, { viewport: PHONE, isMobile: true, hasTouch: true });
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return followMail(visitor, mail);
}
const wordsOn = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
const press = async (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Approves as a person does: the mail, its page, the code from the next mail. Returns the words of the receipt. */
async function approveInBrowser(request: ReceivedMail, address: string): Promise<string> {
  const page = await opened(request);
  await page.getByLabel(da.approve).check();
  await page.locator('#answer-name').fill(SIGNER.name);
  await page.locator('#answer-role').fill(SIGNER.role);
  await press(page, da.submit);
  await page.getByLabel(da.code.code).waitFor();
  expect(await wordsOn(page)).toContain(da.code.nothingYet.approval);
  await varsel.deliver();
  // The mail program of a phone hides the page: the mail leads back to it.
  const again = await opened(mailsTo(varsel, address, APPROVAL_SUBJECTS.code).at(-1) ?? request);
  await again.getByLabel(da.code.code).fill(approvalCodeTo(varsel, address));
  await press(again, da.code.submit.approval);
  await again.waitForURL(/\/answer\/[\w-]+$/);
  return wordsOn(again);
}

/** An approval by letter that another key confirms. */
async function approveByLetter(id: string, controller: string): Promise<void> {
  const { body } = await varsel
    .api('officer')
    .post(`/v1/changes/${id}/approvals`)
    .send({
      controller,
      decision: 'approval',
      channel: 'letter',
      receivedAt: varsel.clock.now().toString(),
      from: SIGNER,
      statement: 'Vi godkender ændringen.',
      authority: 'Direktør efter CVR, opslag i dag.',
    })
    .expect(201);
  expect((await partOf(varsel, id, controller)).approval.state).toBe('unconfirmed');
  await varsel.deliver();
  const toConfirm = theMailTo(varsel, OFFICERS, new RegExp(`Godkendelse nr\\. ${body.number} .* skal bekræftes`));
  expect(toConfirm.text).toContain(`POST /v1/approvals/${body.id}/confirm`);
  const confirm = varsel.api().set('Authorization', `Bearer ${secondKey}`);
  await confirm.post(`/v1/approvals/${body.id}/confirm`).expect(200);
  await varsel.deliver();
}

async function aDayLater(): Promise<void> {
  varsel.clock.advance({ hours: 24 });
  await varsel.deliver();
}

const blockersOf = async (id: string) =>
  (await changeNow(varsel, id)).activation.blockers.map(({ code }: { code: string }) => code);
/** Activates for those who have approved. */
async function wave(id: string): Promise<Response['body']> {
  const { status, body } = await varsel.api('officer').post(`/v1/changes/${id}/activate`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
/** What Gintel does in the register of each of these controllers. */
async function activitiesOf(...numbers: number[]): Promise<string[]> {
  const registers = numbers.map((number) =>
    varsel.api('reader').get(`/v1/controllers/kunde-${number}/products/truetalk/register`).expect(200),
  );
  return (await Promise.all(registers)).map(
    ({ body }) => body.entries.find(({ name }: { name: string }) => name === 'Gintel AS').processing.da,
  );
}
async function entitlement(controller: string, company: string, country: string): Promise<object> {
  const query = { controller, company, country };
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/entitlement').query(query).expect(200);
  return body;
}
async function publicPage(): Promise<string> {
  const { page, context } = await browser.visit(varsel.url);
  onTestFinished(() => context.close());
  await page.goto(`${varsel.url}/register/truetalk`);
  return wordsOn(page);
}

test('Gintel gets a new activity: for those who approve, when they do, and for nobody else', async () => {
  const before = (await entryNamed(varsel, 'Gintel')).processing.da;
  const id = await announce(varsel, {
    ...(await amending(varsel, 'Gintel', { processing: ACTIVITY })),
    scope: 'each',
    separation: SEPARATION,
    plannedActivationOn: '2026-03-05',
  });
  expect(await changeNow(varsel, id)).toMatchObject({
    regime: { objection: false, approval: true },
    elements: [
      { element: 'processing', from: { da: before }, to: ACTIVITY, regime: { approval: true }, clause: 'B.1' },
    ],
  });
  await varsel.deliver();

  // The first reads what is asked, in the mail and on the page, and approves with the code.
  const request = theMailTo(varsel, 'dpo@kunde-1.example', REQUEST);
  expect(request.subject).toMatch(/ændring hos underdatabehandler Gintel AS – svar senest 1\. april 2026 \[/);
  for (const words of [wordsOf(request), await wordsOn(await opened(request))]) {
    for (const said of [before, ACTIVITY.da, SEPARATION.da, 'punkt B.1', 'Svarer I ikke, sker det ikke for jer.']) {
      expect(words).toContain(said);
    }
    expect(words).not.toContain('gøre indsigelse');
  }
  const receipt = await approveInBrowser(request, 'dpo@kunde-1.example');
  expect(receipt).toContain(da.receipt.heading.approval(1));
  expect(receipt).toContain('Dorthe Persson, Direktør, dpo@kunde-1.example');
  await varsel.deliver();
  for (const contact of ['dpo', 'ciso']) {
    const mail = wordsOf(theMailTo(varsel, `${contact}@kunde-1.example`, APPROVAL_SUBJECTS.received));
    expect(mail).toMatch(/Stop den her|Stop it here/);
    expect(mail).toContain(`Fremover: ${ACTIVITY.da}`);
  }

  // The second refuses, in English, without a code and without reasons.
  const refusing = await opened(theMailTo(varsel, 'ciso@kunde-2.example', REQUEST));
  await refusing.getByLabel(en.refuse).check();
  await press(refusing, en.submit);
  await refusing.waitForURL(/\/answer\/[\w-]+$/);
  expect(await wordsOn(refusing)).toContain(en.receipt.standing.each);
  await varsel.deliver();
  const refusal = wordsOf(theMailTo(varsel, 'dpo@kunde-2.example', APPROVAL_SUBJECTS.refused));
  expect(refusal).toContain('Ændringen bliver ikke gennemført for jer.');

  // The first wave is for the first alone.
  await aDayLater();
  varsel.clock.set('2026-03-05T09:00:00Z');
  await varsel.deliver();
  expect(await wave(id)).toMatchObject({ status: 'announced', activations: { count: 1, controllers: 1 } });
  expect(await activitiesOf(1, 2, 3, 4)).toEqual([ACTIVITY.da, before, before, before]);
  const [one, two] = [await entitlement('kunde-1', 'Gintel AS', 'NO'), await entitlement('kunde-2', 'Gintel AS', 'NO')];
  expect([one, two]).toMatchObject([
    { allowed: true, because: 'in-register', change: id },
    { allowed: true, because: 'in-register', change: null },
  ]);
  const shown = await publicPage();
  expect(shown).toMatch(
    /Gælder for nogle kunder .* Bistår med support .* Gælder for nogle kunder .* Analyserer opkald/,
  );
  expect(shown).toContain('Kun de kunder, der har godkendt ændringen. For nogle af dem gælder den siden');
  expect(shown).not.toMatch(/Kunde \d/);

  // The others say nothing: reminded once, and unanswered after their time, which is a no.
  varsel.clock.set('2026-03-30T09:00:00Z');
  // The first queues the reminders that the second sends.
  await varsel.deliver();
  await varsel.deliver();
  const reminders = [1, 2, 3, 4].map((number) => mailsTo(varsel, `dpo@kunde-${number}.example`, REMINDER).length);
  expect(reminders).toEqual([0, 0, 1, 1]);
  varsel.clock.set('2026-04-02T09:00:00Z');
  await varsel.deliver();
  expect((await changeNow(varsel, id)).approvals).toMatchObject({ approved: 1, refused: 1, unanswered: 2 });
  expect(await blockersOf(id)).toEqual(['nobody-to-activate']);

  // One of them writes a letter after all: a second wave, and the change is closed.
  await approveByLetter(id, 'kunde-4');
  await aDayLater();
  expect(await wave(id)).toMatchObject({ status: 'announced', activations: { count: 2, controllers: 2 } });
  const { body: closed } = await varsel.api('officer').post(`/v1/changes/${id}/close`).send({}).expect(200);
  expect(closed.status).toBe('activated');
  await varsel.deliver();
  expect(await activitiesOf(1, 2, 3, 4)).toEqual([ACTIVITY.da, before, before, ACTIVITY.da]);
  const told = [1, 2, 3, 4].map((number) => mailsTo(varsel, `dpo@kunde-${number}.example`, DONE).length);
  expect(told).toEqual([1, 0, 0, 1]);
  expect(await publicPage()).toMatch(/Tidligere ændringer .*Ændring hos Gintel AS .*er gennemført/);
  expect((await eventsOf(varsel, id)).filter((type) => /^(change|approval|refusal)\./.test(type))).toEqual([
    'change.announced',
    'change.notified',
    'approval.received',
    'refusal.received',
    'approval.effective',
    'change.activated',
    'approval.received',
    'approval.confirmed',
    'approval.effective',
    'change.activated',
    'change.closed',
  ]);
});

test('An addition in India: time to object, and everybody’s approval; silence gives neither', async () => {
  varsel.clock.set('2026-05-04T09:00:00Z');
  const company = inIndia(varsel.newCompany());
  const id = await announce(varsel, { subProcessor: company, plannedActivationOn: '2026-05-18' });
  expect(await changeNow(varsel, id)).toMatchObject({
    regime: { objection: true, approval: true },
    elements: [
      { element: 'company', regime: { objection: true, approval: false }, clause: 'B.2' },
      { element: 'place', to: { country: 'IN' }, regime: { objection: false, approval: true }, clause: 'C.5' },
    ],
  });
  await varsel.deliver();
  expect(await blockersOf(id)).toEqual(['objection-windows-open', 'approvals-missing', 'planned-date-not-reached']);

  const request = theMailTo(varsel, 'dpo@kunde-1.example', new RegExp(`godkendelse.*${company.name}`));
  const page = await opened(request);
  for (const words of [wordsOf(request), await wordsOn(page)]) {
    for (const said of [
      `${company.name}: nyt behandlingssted, Indien (punkt C.5)`,
      `${company.name} som ny underdatabehandler (punkt B.2)`,
      'Indien: EU-Kommissionens standardkontraktbestemmelser (GDPR artikel 46)',
      'onsdag den 3. juni 2026 kl. 23.59',
      'torsdag den 14. maj 2026 kl. 23.59',
      'En indsigelse er noget andet end et nej.',
      'Så gennemføres ændringen ikke. Den kræver godkendelse fra alle dataansvarlige, der bruger TrueTalk.',
    ]) {
      expect(words).toContain(said);
    }
  }
  for (const number of [1, 2]) {
    const address = `dpo@kunde-${number}.example`;
    await approveInBrowser(theMailTo(varsel, address, new RegExp(`beder om .*${company.name}`)), address);
    await varsel.deliver();
  }

  // The windows close, the planned day and the days to answer pass: silence is a no.
  varsel.clock.set('2026-06-04T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, id)).toEqual([
    { code: 'approvals-missing', count: 2, controllers: ['kunde-3', 'kunde-4'] },
  ]);
  expect((await changeNow(varsel, id)).approvals).toMatchObject({ approved: 2, unanswered: 2 });
  expect(await entitlement('kunde-1', company.name, 'IN')).toMatchObject({
    allowed: false,
    because: 'not-in-register',
  });

  await approveByLetter(id, 'kunde-3');
  await aDayLater();
  expect(await blockersOf(id)).toEqual(['approvals-missing']);
  await approveByLetter(id, 'kunde-4');
  expect(await blockersOf(id)).toEqual(['approvals-not-effective-yet']);
  await aDayLater();
  expect(await activate(varsel, id)).toEqual([]);
  await varsel.deliver();
  expect(await entitlement('kunde-3', company.name, 'IN')).toMatchObject({ allowed: true, change: id });
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/transfers?country=IN').expect(200);
  expect(body.items).toMatchObject([{ name: company.name, restsOn: 'SCC', forSome: false }]);
  for (const number of [1, 2, 3, 4]) {
    const done = new RegExp(`gennemført – ny underdatabehandler ${company.name}`);
    expect(wordsOf(theMailTo(varsel, `dpo@kunde-${number}.example`, done))).toContain(
      'Alle dataansvarlige havde godkendt ændringen',
    );
  }
  expect(await publicPage()).toContain(`${company.name} er tilføjet`);
});

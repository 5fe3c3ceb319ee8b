import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import type { ReceivedMail } from '../support/mailbox.ts';
import {
  activate,
  amending,
  announce,
  changeBody,
  changeNow,
  entryNamed,
  haveControllers,
  partOf,
  theMailTo,
  wordsOf,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { followMail } from './person.ts';

/* Changes of which customers are informed, and one that they can object to, in the order in which they happen to TrueTalk. */

const SCC = { article: '46', instrument: 'SCC' } as const;
const DPO = 'dpo@kunde-1.example';

let varsel: TestVarsel;
let browser: TestBrowser;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await haveControllers(varsel, [aController(1), aController(2)]);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

const wordsOn = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');

/** The words of a mail, and those of the page that its button opens. */
async function told(mail: ReceivedMail): Promise<string[]> {
  const visitor = await browser.visit(varsel.url);
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return [wordsOf(mail), await wordsOn(await followMail(visitor, mail))];
}

async function transfers(query = ''): Promise<string[]> {
  const { body } = await varsel.api('reader').get(`/v1/products/truetalk/transfers${query}`).expect(200);
  return body.items
    .map(({ name, country, restsOn }: Record<string, string>) => `${name} ${country} ${restsOn}`)
    .toSorted();
}
async function names(query = ''): Promise<string[]> {
  const { body } = await varsel.api('reader').get(`/v1/products/truetalk/register${query}`).expect(200);
  return body.entries.map(({ name }: { name: string }) => name);
}
const regimeOf = async (id: string) => {
  const { regime, elements } = await changeNow(varsel, id);
  return { regime, clauses: elements.map(({ clause }: { clause: string }) => clause) };
};
const INFORMED = { objection: false, approval: false };

test('The Data Privacy Framework falls: one change for both rows in the USA, of which customers are informed', async () => {
  const both = await Promise.all([entryNamed(varsel, 'Userflow'), entryNamed(varsel, 'Google')]);
  expect(await transfers()).toEqual(['Google US DPF', 'Userflow Inc. US DPF']);
  const id = await announce(varsel, {
    kind: 'transfer-basis',
    subProcessor: null,
    entries: both.map((entry) => ({ entry: entry.id, country: 'US', transferBasis: SCC })),
    reason: { da: 'EU-Domstolen har kendt rammen ugyldig', en: 'The Court of Justice has annulled the framework' },
    plannedActivationOn: '2026-03-02',
  });
  expect(await regimeOf(id)).toEqual({ regime: INFORMED, clauses: ['C.6', 'C.6'] });
  await varsel.deliver();
  const notice = theMailTo(varsel, DPO, /orientering – nyt overførselsgrundlag for Userflow Inc\. og Google/);
  for (const words of await told(notice)) {
    for (const name of ['Userflow Inc.', 'Google']) {
      expect(words).toContain(`${name}: overførselsgrundlag for USA (punkt C.6)`);
      expect(words).toContain(`(EU-US Data Privacy Framework), certificeret som ${name}`);
    }
    expect(words).toContain('I behøver ikke svare');
    expect(words).not.toMatch(/Frist for indsigelse|godkendelse\?/);
  }
  expect(await activate(varsel, id)).toEqual([]);
  await varsel.deliver();
  expect(await transfers()).toEqual(['Google US SCC', 'Userflow Inc. US SCC']);
  const done = wordsOf(theMailTo(varsel, DPO, /gennemført – nyt overførselsgrundlag/));
  expect(done).toContain(
    'De nye oplysninger om Userflow Inc. gælder fra og med mandag den 2. marts 2026. - De nye oplysninger om Google',
  );
});

test('A typo in an address is amended, and told', async () => {
  varsel.clock.set('2026-03-09T09:00:00Z');
  const { id: gintel, address: before } = await entryNamed(varsel, 'Gintel');
  const address = 'Otto Nielsens veg 12, 7052 Trondheim, Norge';
  const id = await announce(varsel, {
    ...(await amending(varsel, 'Gintel', { address })),
    plannedActivationOn: '2026-03-09',
    reason: { da: 'Trykfejl', en: 'A misprint' },
  });
  expect(await regimeOf(id)).toEqual({ regime: INFORMED, clauses: ['Op. 22/2024'] });
  await varsel.deliver();
  const notice = theMailTo(varsel, DPO, /orientering – ændring hos underdatabehandler Gintel AS/);
  for (const words of await told(notice)) {
    expect(words).toContain('Gintel AS: registreret adresse');
    expect(words).toMatch(new RegExp(`${before}.*${address}`));
  }
  expect(await activate(varsel, id)).toEqual([]);
  expect(await entryNamed(varsel, 'Gintel')).toMatchObject({
    id: gintel,
    address,
    changeId: id,
    activeFrom: '2026-03-02',
  });
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register?asOf=2026-03-08').expect(200);
  expect(body.entries.find(({ id: entry }: { id: string }) => entry === gintel).address).toBe(before);
});

test('A removal today is activated at once, although a mailbox has failed, and says who was not reached', async () => {
  varsel.clock.set('2026-03-16T09:00:00Z');
  varsel.mailbox.refuse('dpo@kunde-2.example', { code: 550, message: '5.1.1 No such user' });
  const { id: removes } = await entryNamed(varsel, 'Atlassian');
  const id = await announce(varsel, {
    kind: 'removal',
    removes,
    subProcessor: null,
    plannedActivationOn: '2026-03-16',
    reason: { da: 'Sikkerhedsbrud hos Atlassian', en: 'A breach at Atlassian' },
  });
  await varsel.deliver();
  const notice = theMailTo(varsel, DPO, /orientering – underdatabehandler Atlassian udgår/);
  for (const words of await told(notice)) {
    expect(words).toContain('Sikkerhedsbrud hos Atlassian');
    expect(words).toContain('Atlassian udgår (EDPB’s udtalelse 22/2024)');
  }
  expect(await activate(varsel, id)).toEqual([]);
  await varsel.deliver();
  expect(await names()).toEqual(['Gintel AS', 'Userflow Inc.', 'Google']);
  expect((await changeNow(varsel, id)).activation.shownOnly).toEqual([
    { code: 'controllers-not-notified', count: 1, controllers: ['kunde-2'] },
  ]);
  expect(await partOf(varsel, id, 'kunde-2')).toMatchObject({
    state: 'awaiting-notice',
    notices: [{ status: 'failed', lastError: '550 5.1.1 No such user' }],
  });
  const done = wordsOf(theMailTo(varsel, DPO, /gennemført – underdatabehandler Atlassian udgår/));
  expect(done).toContain('står Atlassian ikke længere på listen');
});

test('Userflow is replaced, and Google leaves with it: both are told, and both are out of the register', async () => {
  varsel.clock.set('2026-04-06T09:00:00Z');
  varsel.mailbox.refuse('dpo@kunde-2.example', null);
  const [userflow, google] = await Promise.all([entryNamed(varsel, 'Userflow'), entryNamed(varsel, 'Google')]);
  const replacement = {
    kind: 'replacement',
    replaces: userflow.id,
    subProcessor: aSubProcessor(7, { name: 'Velkomst ApS' }),
    reason: { da: 'Der overføres ikke længere til et tredjeland', en: 'Nothing goes to a third country any more' },
    plannedActivationOn: '2026-04-20',
  };
  const unsettled = await varsel.api('officer').post('/v1/changes').send(changeBody(replacement));
  expect([unsettled.status, unsettled.body.code]).toEqual([422, 'children-unsettled']);
  expect(unsettled.body.detail).toContain(`Google (entry ${google.id})`);
  const id = await announce(varsel, { ...replacement, children: [{ entry: google.id, then: 'leaves' }] });
  expect(await regimeOf(id)).toEqual({
    regime: { objection: true, approval: false },
    clauses: ['B.2', 'Op. 22/2024'],
  });
  await varsel.deliver();
  const notice = theMailTo(varsel, DPO, /Velkomst ApS erstatter underdatabehandler Userflow Inc\. – indsigelse senest/);
  for (const words of await told(notice)) {
    expect(words).toContain('Velkomst ApS i stedet for Userflow Inc. (punkt B.2)');
    expect(words).toContain('Google udgår (EDPB’s udtalelse 22/2024)');
    expect(words).toContain('Telenor A/S → Userflow Inc. → Google');
    expect(words).toContain('torsdag den 16. april 2026 kl. 23.59');
  }
  varsel.clock.set('2026-04-20T09:00:00Z');
  await varsel.deliver();
  expect(await activate(varsel, id)).toEqual([]);
  await varsel.deliver();
  expect(await names()).toEqual(['Gintel AS', 'Velkomst ApS']);
  expect(await transfers()).toEqual([]);
  expect(await names('?asOf=2026-04-19')).toEqual(['Gintel AS', 'Userflow Inc.', 'Google']);
  const done = wordsOf(theMailTo(varsel, DPO, /gennemført – Velkomst ApS erstatter/));
  expect(done).toContain('Userflow Inc. er udgået af listen.');
  expect(done).toContain('står Google ikke længere på listen');
});

import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { NEW_ACTIVITY } from '../../emails/example-changes.ts';
import type { Language } from '../../src/domain/text.ts';
import { textsIn } from '../../src/customer/texts.ts';
import { approve } from '../support/approving.ts';
import { aSubProcessor } from '../support/examples.ts';
import { pagesOf } from '../support/pages.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { APPROVAL_SIGHTS, APPROVING } from './approval-sights.ts';
import { requestWithdrawal } from '../support/withdrawing.ts';
import {
  aControllerOfTwo,
  activate,
  allBelowLeave,
  announce,
  changeBody,
  haveControllers,
  objectThrough,
} from '../support/story.ts';

/** The time at which pages are visited, unless a page sets another: the windows of two changes are open. */
export const OPEN = '2026-03-04T09:00:00Z';
const AFTER_DEADLINE = '2026-03-13T09:00:00Z';
const DANISH_REASONS =
  'Vi er uenige i, at opkaldshistorik kan behandles i USA.\n\nVores brugere er blevet lovet, at data bliver i EØS.';

/** Varsel with a change of every status, and with a controller in every state. */
export interface Gallery {
  readonly varsel: TestVarsel;
  /** The address of a controller's page about a change, for its contact who reads this language. */
  pageOf(change: Change, controller: number, language: Language): Promise<string>;
  /** The address of an objection of the second controller. */
  objectionOf(status: 'pending' | 'resolved' | 'rejected', language: Language): Promise<string>;
}

type Change = 'addition' | 'replacement' | 'activity' | 'address' | 'activated' | 'withdrawn' | 'not-activated';

/** A page, and how a person gets to it. */
export interface Sight {
  readonly name: string;
  readonly languages?: readonly Language[];
  /** Goes to the page. Restores on the way what it breaks (a table) or moves (the clock). */
  see(gallery: Gallery, page: Page, language: Language): Promise<void>;
}

/** The link in every notice, sent or not, by change and address. A controller that leaves is listed no longer. */
async function linksOf(varsel: TestVarsel, ids: Record<Change, string>): Promise<Map<string, string>> {
  const links = new Map<string, string>();
  for (const [change, id] of Object.entries(ids)) {
    const { body } = await varsel.api().get(`/v1/changes/${id}/controllers?limit=200`).expect(200);
    for (const { notices } of body.items) {
      for (const notice of notices) {
        links.set(`${change} ${notice.email}`, `/objections/${varsel.links.tokenOf(notice.id)}`);
      }
    }
  }
  return links;
}

export async function hangGallery(): Promise<Gallery> {
  const varsel = await startVarsel('2026-02-10T09:00:00Z');
  const approving = aControllerOfTwo(APPROVING);
  const contacts = approving.contacts.map((contact) => ({ ...contact, mayApprove: true }));
  await haveControllers(varsel, [...[1, 2, 3, 4, 5, 6, 7].map(aControllerOfTwo), { ...approving, contacts }]);
  const { body: register } = await varsel.api().get('/v1/products/truetalk/register');
  const entry = (name: string) => register.entries.find((each: { name: string }) => each.name.startsWith(name))?.id;
  const { separation, subProcessor } = NEW_ACTIVITY;
  const ids: Record<Change, string> = {
    withdrawn: await announce(varsel, { subProcessor: aSubProcessor(2) }),
    activated: await announce(varsel, {
      kind: 'replacement',
      replaces: entry('Userflow'),
      children: await allBelowLeave(varsel, entry('Userflow')),
      subProcessor: aSubProcessor(3, { name: 'Velkomst ApS' }),
      plannedActivationOn: '2026-02-21',
    }),
    'not-activated': await announce(varsel, {
      subProcessor: aSubProcessor(4, {
        name: 'Tale til Tekst ApS',
        locations: [{ country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
      }),
      scope: 'each',
      separation,
      plannedActivationOn: '2026-02-21',
    }),
    addition: '',
    replacement: '',
    activity: '',
    address: '',
  };
  await varsel.deliver();
  const reason = { da: 'Leverandøren har trukket sig.', en: 'The supplier has pulled out.' };
  await varsel.api('officer').post(`/v1/changes/${ids.withdrawn}/withdraw`).send({ reason }).expect(200);
  varsel.clock.set('2026-02-21T09:00:00Z');
  expect(await activate(varsel, ids.activated)).toEqual([]);
  await approve(varsel, ids['not-activated'], ['kunde-2'], '2026-02-11T09:00:00Z');
  for (const act of ['activate', 'close']) {
    await varsel.api('officer').post(`/v1/changes/${ids['not-activated']}/${act}`).expect(200);
  }
  await varsel.deliver();

  varsel.clock.set('2026-03-02T09:00:00Z');
  for (const contact of ['dpo', 'ciso']) {
    varsel.mailbox.refuse(`${contact}@kunde-4.example`, { code: 450, message: '4.2.0 Busy' });
  }
  ids.addition = await announce(varsel);
  ids.replacement = await announce(varsel, {
    kind: 'replacement',
    replaces: entry('Atlassian'),
    subProcessor: aSubProcessor(7, {
      name: 'Sagsstyring Inc.',
      country: 'US',
      address: '1 Market Street, San Francisco, CA 94105',
      parentId: entry('Gintel'),
      locations: [
        { country: 'IE', transferBasis: null },
        { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Sagsstyring Holding Inc.' } },
        { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } },
      ],
    }),
  });
  const { name, registrationNumber, address, country, contactPerson, parentId, processing, personalData, locations } =
    register.entries.find((each: { id: string }) => each.id === entry('Gintel'));
  const gintel = { name, registrationNumber, address, country, contactPerson, parentId, personalData, locations };
  const amendment = { kind: 'amendment', amends: entry('Gintel') };
  ids.activity = await announce(varsel, {
    ...amendment,
    subProcessor: { ...gintel, processing: subProcessor?.processing },
    scope: 'each',
    separation,
  });
  const corrected = 'Otto Nielsens Vei 12, 7052 Trondheim, Norge';
  ids.address = await announce(varsel, { ...amendment, subProcessor: { ...gintel, processing, address: corrected } });
  await varsel.deliver();
  varsel.clock.set(OPEN);
  const links = await linksOf(varsel, ids);
  await varsel.api().delete('/v1/controllers/kunde-3/products/truetalk').expect(204);

  const gallery: Gallery = {
    varsel,
    async pageOf(change, controller, language) {
      const email = `${language === 'da' ? 'dpo' : 'ciso'}@kunde-${controller}.example`;
      const link = links.get(`${change} ${email}`);
      if (link === undefined) throw new Error(`no notice of ${change} to ${email}`);
      return `${varsel.url}${link}`;
    },
    async objectionOf(status, language) {
      const { body } = await varsel.api().get(`/v1/changes/${ids.replacement}/objections?limit=100`);
      const found = body.items.find(
        (each: Record<string, string>) => each.controller === 'kunde-2' && each.status === status,
      );
      return `${await gallery.pageOf('replacement', 2, language)}/${found.id}`;
    },
  };
  const [, token = ''] = (await gallery.pageOf('replacement', 2, 'da')).split('/objections/');
  await objectThrough(varsel, token, 'nej');
  const { body: first } = await objectThrough(varsel, token, 'Vi kender ikke leverandøren.');
  const explanation = 'Vi har sendt jer en revisionserklæring, og I har bekræftet, at den er nok.';
  await varsel
    .api('officer')
    .post(`/v1/objections/${first.id}/resolve`)
    .send({ outcome: 'accommodated', explanation })
    .expect(200);
  await objectThrough(varsel, token, DANISH_REASONS);
  return gallery;
}

const at = (name: string, address: (gallery: Gallery, language: Language) => Promise<string> | string): Sight => ({
  name,
  async see(gallery, page, language) {
    await page.goto(await address(gallery, language));
  },
});

/** The page after the form of an open window was filled in and sent. */
async function send(page: Page, language: Language, reasons: string, name = 'Mette Holm'): Promise<void> {
  const { form } = textsIn(language);
  await page.getByLabel(form.reasons, { exact: true }).fill(reasons);
  await page.getByLabel(form.name, { exact: true }).fill(name);
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: form.submit }).click();
  await (await answered).finished();
  await page.waitForLoadState();
}

const sent = (name: string, reasons: string, typedName?: string): Sight => ({
  name,
  async see(gallery, page, language) {
    await page.goto(await gallery.pageOf('addition', 5, language));
    await send(page, language, reasons, typedName);
  },
});

/** Opens the question whether to withdraw, and has a code mailed, or a new one. */
async function askForCode(gallery: Gallery, page: Page, language: Language): Promise<void> {
  const { sendCode, sendNewCode, code } = textsIn(language).withdrawal;
  await page.goto(`${await gallery.objectionOf('pending', language)}/withdraw`);
  await page.getByRole('button', { name: new RegExp(`^(${sendCode}|${sendNewCode})$`) }).click();
  await page.getByLabel(code).waitFor();
}

/** Has the withdrawal of an objection wait. `restore` stops it. */
async function withdrawing(gallery: Gallery, language: Language) {
  const { varsel } = gallery;
  const link = await gallery.objectionOf('pending', language);
  const { pathname } = new URL(link);
  const [, , token = '', id = ''] = pathname.split('/');
  const email = `${language === 'da' ? 'dpo' : 'ciso'}@kunde-2.example`;
  const pages = pagesOf(varsel);
  await varsel.deliver();
  await requestWithdrawal({ varsel, pages }, { link: `/objections/${token}`, id, email });
  return { link, restore: async () => void (await pages.json(`${pathname}/keep`, {})) };
}

/** The link of a message that is not on record. */
function forgottenLink(varsel: TestVarsel): string {
  return `${varsel.url}/objections/${varsel.links.tokenOf('01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b')}`;
}

/** The page that a test notice leads to. */
async function samplePage({ varsel }: Gallery, language: Language): Promise<string> {
  const replaces = '01980000-0000-7000-8000-000000000001';
  const announcement = changeBody({ kind: 'replacement', replaces, subProcessor: varsel.newCompany() });
  const to = { email: 'eva@telenor.example', name: 'Eva Lund', language };
  const { body } = await varsel
    .api('officer')
    .post('/v1/changes/preview/notice')
    .send({ announcement, to })
    .expect(200);
  return body.samplePage;
}

/** While the sixth controller has another contact alone. */
async function withoutContacts({ varsel }: Gallery, look: () => Promise<void>): Promise<void> {
  const contact = { email: 'ny@kunde-6.example', name: 'Ny Kollega', language: 'da' as const };
  await haveControllers(varsel, [{ ...aControllerOfTwo(6), contacts: [contact] }]);
  await look();
  await haveControllers(varsel, [aControllerOfTwo(6)]);
}

/** Every page that a customer or a reader of the register can get to. */
export const SIGHTS: readonly Sight[] = [
  at('open-addition', (gallery, language) => gallery.pageOf('addition', 1, language)),
  at('open-replacement', (gallery, language) => gallery.pageOf('replacement', 1, language)),
  at('request-for-each', (gallery, language) => gallery.pageOf('activity', 1, language)),
  at('information', (gallery, language) => gallery.pageOf('address', 1, language)),
  at('open-with-objections', (gallery, language) => gallery.pageOf('replacement', 2, language)),
  at('not-notified', (gallery, language) => gallery.pageOf('addition', 4, language)),
  at('agreement-ended', (gallery, language) => gallery.pageOf('replacement', 3, language)),
  at('activated', (gallery, language) => gallery.pageOf('activated', 1, language)),
  at('not-activated', (gallery, language) => gallery.pageOf('not-activated', 1, language)),
  at('withdrawn', (gallery, language) => gallery.pageOf('withdrawn', 1, language)),
  {
    name: 'closed',
    async see(gallery, page, language) {
      gallery.varsel.clock.set(AFTER_DEADLINE);
      await page.goto(await gallery.pageOf('replacement', 1, language));
      gallery.varsel.clock.set(OPEN);
    },
  },
  sent('without-reasons', 'nej'),
  sent('too-long', 'Vi er uenige. '.repeat(1_500), 'Mette '.repeat(40)),
  {
    name: 'late',
    async see(gallery, page, language) {
      await page.goto(await gallery.pageOf('addition', 5, language));
      gallery.varsel.clock.set(AFTER_DEADLINE);
      await send(page, language, DANISH_REASONS);
      gallery.varsel.clock.set(OPEN);
    },
  },
  at('receipt-pending', (gallery, language) => gallery.objectionOf('pending', language)),
  at('receipt-resolved', (gallery, language) => gallery.objectionOf('resolved', language)),
  at('receipt-rejected', (gallery, language) => gallery.objectionOf('rejected', language)),
  at('withdrawal', async (gallery, language) => `${await gallery.objectionOf('pending', language)}/withdraw`),
  at('nothing-to-withdraw', async (gallery, language) => `${await gallery.objectionOf('resolved', language)}/withdraw`),
  {
    name: 'withdrawal-code',
    async see(gallery, page, language) {
      await askForCode(gallery, page, language);
    },
  },
  {
    name: 'withdrawal-code-wrong',
    async see(gallery, page, language) {
      await askForCode(gallery, page, language);
      await page.getByLabel(textsIn(language).withdrawal.code).fill('1234');
      await page.getByRole('button', { name: textsIn(language).withdrawal.submit }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'receipt-withdrawing',
    async see(gallery, page, language) {
      const { link, restore } = await withdrawing(gallery, language);
      await page.goto(link);
      await restore();
    },
  },
  {
    name: 'keep',
    async see(gallery, page, language) {
      const { link, restore } = await withdrawing(gallery, language);
      await page.goto(`${link}/keep`);
      await restore();
    },
  },
  {
    name: 'keep-unconfirmed',
    async see(gallery, page, language) {
      const { link, restore } = await withdrawing(gallery, language);
      await page.goto(`${link}/keep`);
      await page.getByRole('button', { name: textsIn(language).keep.submit }).click();
      await page.getByRole('alert').waitFor();
      await restore();
    },
  },
  {
    name: 'former-contact',
    async see(gallery, page, language) {
      await withoutContacts(gallery, async () => {
        await page.goto(await gallery.pageOf('addition', 6, language));
      });
    },
  },
  {
    name: 'former-contact-received',
    async see(gallery, page, language) {
      await withoutContacts(gallery, async () => {
        await page.goto(await gallery.pageOf('addition', 6, language));
        await send(page, language, DANISH_REASONS);
      });
    },
  },
  ...APPROVAL_SIGHTS,
  at('forgotten', ({ varsel }, language) => `${forgottenLink(varsel)}?lang=${language}`),
  {
    name: 'forgotten-received',
    async see({ varsel }, page, language) {
      await page.goto(`${forgottenLink(varsel)}?lang=${language}`);
      await page.getByLabel(textsIn(language).forgotten.text).fill(DANISH_REASONS);
      await page.getByRole('button', { name: textsIn(language).forgotten.submit }).click();
      await page.getByText(textsIn(language).forgotten.received.heading).first().waitFor();
    },
  },
  {
    name: 'forgotten-empty',
    async see({ varsel }, page, language) {
      await page.goto(`${forgottenLink(varsel)}?lang=${language}`);
      await page.getByRole('button', { name: textsIn(language).forgotten.submit }).click();
      await page.getByText(textsIn(language).forgotten.error).waitFor();
    },
  },
  at('sample', samplePage),
  {
    name: 'sample-sent',
    async see(gallery, page, language) {
      await page.goto(await samplePage(gallery, language));
      await send(page, language, DANISH_REASONS);
    },
  },
  { ...at('no-sample', ({ varsel }) => `${varsel.url}/samples/${'0'.repeat(64)}`), languages: ['da'] },
  { ...at('not-found', ({ varsel }) => `${varsel.url}/objections/unknown`), languages: ['da'] },
  sent('too-large', 'x'.repeat(2_200_000)),
  {
    name: 'unsupported',
    async see(gallery, page, language) {
      await page.goto(await gallery.pageOf('addition', 5, language));
      await page.evaluate(`document.forms[0].enctype = 'text/plain'`);
      await send(page, language, DANISH_REASONS);
    },
  },
  {
    name: 'too-many',
    async see(gallery, page, language) {
      const address = await gallery.pageOf('addition', 6, language);
      await page.goto(address);
      const body = new URLSearchParams({ reasons: '' });
      for (let times = 0; times < 30; times += 1) await fetch(address, { method: 'POST', body });
      await send(page, language, '');
    },
  },
  {
    name: 'internal',
    async see(gallery, page, language) {
      const { database } = gallery.varsel;
      const address = await gallery.pageOf('addition', 7, language);
      await database.owner.query('alter table objections rename to objections_elsewhere');
      await page.goto(address);
      await database.owner.query('alter table objections_elsewhere rename to objections');
    },
  },
  at('register', ({ varsel }, language) => `${varsel.url}/register/truetalk?lang=${language}`),
  at('register-past', ({ varsel }, language) => `${varsel.url}/register/truetalk?lang=${language}&asOf=2026-02-11`),
  at('register-no-day', ({ varsel }, language) => `${varsel.url}/register/truetalk?lang=${language}&asOf=31-02-2026`),
  at('register-not-found', ({ varsel }, language) => `${varsel.url}/register/none?lang=${language}`),
  { ...at('problem', ({ varsel }) => `${varsel.url}/problems/reasons-required`), languages: ['en'] },
];

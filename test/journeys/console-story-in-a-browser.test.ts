import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { keepPictureForReadme } from '../support/screenshots.ts';
import { aControllerOfTwo, haveControllers, mailsTo, PLANNED_ON, SUBJECTS, theMailTo } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { followMail } from './person.ts';

/*
 * The whole story by two people, each in a browser of their own, as one who tries Varsel for the first time: from the link that a
 * start prints to the change in the public register. What the README's "Try it" tells is this.
 */

const START = '2026-03-02T09:00:00Z';
const DPO = 'dpo@kunde-1.example';
const BO = 'bo@telenor.example';

let varsel: TestVarsel;
let browser: TestBrowser;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(START), startBrowser()]);
  await haveControllers(varsel, [aControllerOfTwo(1), aControllerOfTwo(2)]);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

async function sitDown(): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, { locale: 'en-GB' });
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return visitor;
}

/** What this story presses, follows and ticks, as the pages name it. */
const named = new Set<string>();
function told(name: string | RegExp): string | RegExp {
  if (typeof name === 'string') named.add(name);
  return name;
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const follow = (page: Page, name: string | RegExp) =>
  page
    .getByRole('link', { name: told(name) })
    .first()
    .click();
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name: told(name) }).click();
const tick = (page: Page, name: string) => page.getByLabel(told(name), { exact: true }).check();
/** By the navigation, which is on every page. */
const goTo = (page: Page, place: string) =>
  page
    .getByRole('navigation', { name: 'Console' })
    .getByRole('link', { name: told(place), exact: true })
    .click();
async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

/** Opens the newest link to sign in that was mailed to somebody, and uses it. */
async function signInByMail(page: Page, email: string): Promise<void> {
  await varsel.deliver();
  const link = /http\S+\/console\/sign-in\/\S+/.exec(mailsTo(varsel, email).at(-1)?.text ?? '')?.[0];
  await page.goto(link ?? 'no link was mailed');
  await press(page, 'Sign in');
  await heading(page, 'Today');
}

test('two people announce a replacement, resolve an objection and activate it', async () => {
  const [{ page: anna }, { page: bo }] = await Promise.all([sitDown(), sitDown()]);

  // The first administrator comes by the link that a start prints, and invites a second person.
  await anna.goto(await varsel.firstSignIn());
  await heading(anna, 'Today');
  await goTo(anna, 'People');
  await follow(anna, 'Invite a person');
  await fill(anna, { Name: 'Bo Friis', 'E-mail': BO });
  await tick(anna, 'Approver');
  await tick(anna, 'TrueTalk');
  await press(anna, 'Send the invitation');
  await anna.getByText('The invitation to Bo Friis is on its way.').waitFor();
  await signInByMail(bo, BO);

  // From now on two people announce and activate.
  await goTo(anna, 'Settings');
  await follow(anna, 'Products and terms');
  await follow(anna, 'TrueTalk');
  await follow(anna, 'Edit the terms');
  await tick(anna, 'To announce a change');
  await tick(anna, 'To activate a change');
  await press(anna, 'See what it means');
  await press(anna, 'Save');
  await heading(anna, 'TrueTalk');

  await announceReplacement(anna);
  await press(anna, 'Send for approval');
  await anna.waitForURL(/\/console\/proposals\//);
  await anna.getByText('You proposed it yourself').waitFor();
  expect(mailsTo(varsel, DPO)).toEqual([]);

  // It waits for the other one, who is asked again whether it is he after a quarter: what is announced cannot be taken back.
  varsel.clock.advance({ minutes: 20 });
  await goTo(bo, 'Today');
  await follow(bo, /Sydlys Hosting ApS/);
  await bo.frameLocator('iframe.mail').getByText('Sydlys Hosting ApS').first().waitFor();
  await keepPictureForReadme(bo, 'proposal', bo.getByRole('banner'));
  await press(bo, 'Approve, and tell customers');
  await heading(bo, 'Confirm that it is you');
  await press(bo, 'It is me');
  await bo.getByText('Approved by Bo Friis').waitFor();
  await varsel.deliver();

  // A customer objects through the link in its mail.
  const customer = await sitDown();
  const form = await followMail(customer, theMailTo(varsel, DPO, SUBJECTS.notice));
  await form.locator('textarea').first().fill('Vi kender ikke leverandøren.');
  await form.locator('input[name=name]').fill('Dorthe Persson');
  await form.locator('main form button[type=submit]').first().click();
  await form.getByText('Vi kender ikke leverandøren.').first().waitFor();
  await varsel.deliver();

  await goTo(bo, 'Today');
  await follow(bo, /Kunde 1 A\/S/);
  await heading(bo, /^Objection/);
  await tick(bo, 'Accommodated');
  await bo.getByLabel('Explanation', { exact: true }).fill('Confirmed in writing on 2 March.');
  await press(bo, 'See what will happen');
  await bo.frameLocator('iframe').first().getByText('Confirmed in writing on 2 March.').waitFor();
  await keepPictureForReadme(bo, 'objection', bo.getByRole('banner'));
  await press(bo, /^Resolve the objection, and send/);
  await bo.getByText('Resolved as').first().waitFor();

  // The time to object is over, and both sign in anew: by the link of a new start, and by one more mail.
  varsel.clock.set(`${PLANNED_ON}T09:00:00Z`);
  await varsel.deliver();
  await anna.goto(await varsel.firstSignIn());
  await heading(anna, 'Today');
  await goTo(anna, 'People');
  await follow(anna, 'Bo Friis');
  await press(anna, 'Send another link');
  await signInByMail(bo, BO);

  await goTo(anna, 'Changes');
  await follow(anna, /Sydlys Hosting ApS/);
  await keepPictureForReadme(anna, 'change', anna.getByRole('banner'));
  await follow(anna, 'Activate the change');
  await press(anna, 'Send for approval');
  await anna.waitForURL(/\/console\/proposals\//);
  await goTo(bo, 'Today');
  await follow(bo, /Sydlys Hosting ApS/);
  await press(bo, 'Approve, and activate');
  await bo.getByText('Approved by Bo Friis').waitFor();
  await follow(bo, 'See what it became');
  await heading(bo, /Activated/);

  // Everybody can read it in the public register.
  await goTo(bo, 'Register');
  await follow(bo, 'The public page');
  await bo.getByText('Sydlys Hosting ApS').first().waitFor();
  expect(await bo.getByRole('heading', { name: 'Google', exact: true }).count()).toBe(0);
});

test('the README calls nothing by another name than the pages do', async () => {
  const readme = await readFile(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const [tryIt = ''] = /^## Try it\n[^]*?(?=^### )/m.exec(readme) ?? [];
  const steps = tryIt.match(/^\d\. [^]*?(?=^\d\. |^What )/gm) ?? [];
  const names = steps.flatMap((step) => [...step.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name));
  expect(names.length).toBeGreaterThan(15);
  expect(names.map((name) => name.replaceAll(/\s+/g, ' ')).filter((name) => !named.has(name))).toEqual([]);
});

/** Fills in every step of a replacement of Google, and comes to the last one. */
async function announceReplacement(page: Page): Promise<void> {
  await follow(page, 'Announce a change');
  await tick(page, 'One sub-processor instead of another');
  await press(page, 'Begin');
  await page.getByLabel('Who leaves?').selectOption({ label: 'Google' });
  await press(page, 'Save and continue');
  for (const child of await page.getByLabel(/^What becomes of /).all())
    await child.selectOption({ label: 'It leaves too' });
  await fill(page, {
    'Full legal name of the company': 'Sydlys Hosting ApS',
    'CVR number, or another registration number': '10000002',
    'Registered address': 'Havnegade 2, 8000 Aarhus C',
    'Name of the contact person': 'Eva Lund',
    'E-mail address of the contact person': 'eva@sydlys.example',
    'Description of the processing, in Danish': 'Drift af servere',
    'Description of the processing, in English (optional)': 'Hosting of servers',
    'Categories of personal data, in Danish': 'Navne og telefonnumre',
    'Categories of personal data, in English (optional)': 'Names and telephone numbers',
  });
  await page.getByLabel('Country in which the company is registered').selectOption('DK');
  await press(page, 'Save and continue');
  await page.getByLabel('Country', { exact: true }).selectOption('DK');
  await press(page, 'Save and continue');
  await fill(page, {
    'Reason, in Danish': 'Driften flyttes til Danmark',
    'Reason, in English (optional)': 'Moved to Denmark',
  });
  await press(page, 'Save and continue');
  await page.getByLabel('Planned date').fill(PLANNED_ON);
  await press(page, 'Save and continue');
  await heading(page, 'Review');
  await page.frameLocator('iframe.mail').getByText('Sydlys Hosting ApS').first().waitFor();
  await keepPictureForReadme(
    page,
    'announcement',
    page.getByRole('heading', { name: 'The change as customers see it' }),
  );
}

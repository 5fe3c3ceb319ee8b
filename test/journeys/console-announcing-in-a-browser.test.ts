import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { oneRow, rows } from '../../src/db/postgres.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { signIn } from '../support/signed-in.ts';
import { haveControllers, aControllerOfTwo, PLANNED_ON } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* An officer announces changes in the console, as people do: by what the page says, with the keyboard, and without scripts. */

let varsel: TestVarsel;
let browser: TestBrowser;
beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel('2026-03-02T09:00:00Z'), startBrowser()]);
  await haveControllers(varsel, [aControllerOfTwo(1), aControllerOfTwo(2)]);
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});

/** A window in which an officer is signed in. */
async function anOfficer(options: BrowserContextOptions = {}): Promise<Visitor> {
  const { cookie } = await signIn(varsel, { role: 'officer', name: 'Anne Holm' });
  const visitor = await browser.visit(varsel.url, { locale: 'da-DK', ...options });
  await visitor.context.addCookies([{ ...cookie, url: varsel.url }]);
  return visitor;
}

const fill = async (page: Page, fields: Readonly<Record<string, string>>) => {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
};
/** By the keyboard: what has a button is a key away. */
const go = async (page: Page, button = 'Gem og fortsæt') =>
  page.getByRole('button', { name: button, exact: true }).press('Enter');
const heading = async (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

const COMPANY = {
  'CVR-nummer eller andet registreringsnummer': '10000001',
  'Registreret adresse': 'Havnegade 1, 8000 Aarhus C',
  'Kontaktpersonens navn': 'Eva Lund',
  'Beskrivelse af behandlingen, på dansk': 'Drift af servere',
  'Kategorier af personoplysninger, på dansk': 'Navne og telefonnumre',
};

test('an addition, from the first field to the customers, by who has never seen it', async () => {
  const { page, faults, context } = await anOfficer();
  await page.goto(`${varsel.url}/console`);
  await page.getByRole('navigation').getByRole('link', { name: 'Varsl en ændring' }).click();
  await page.getByLabel('En ny underdatabehandler').check();
  await go(page, 'Begynd');
  expect(await heading(page)).toBe('Virksomhed');
  await fill(page, { 'Kontaktpersonens e-mailadresse': 'eva' });
  await go(page);
  expect(await page.title()).toMatch(/^Fejl: Virksomhed/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skriv virksomhedens navn.');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('subProcessor.name');
  await page.keyboard.type('Nordlys Hosting ApS');
  await fill(page, { ...COMPANY, 'Kontaktpersonens e-mailadresse': 'eva@nordlys.example' });
  await page.getByLabel('Land, hvor virksomheden er registreret').selectOption('DK');
  // Enter in any field goes on, and does nothing else.
  await page.getByLabel('Registreret adresse').press('Enter');
  expect(await heading(page)).toBe('Steder');
  await page.getByLabel('Land', { exact: true }).selectOption('US');
  await go(page, 'Tilføj et sted');
  await page.getByRole('group', { name: 'Sted 2' }).getByLabel('Land').selectOption('DK');
  await go(page);
  await page.getByRole('group', { name: 'Sted 1' }).getByLabel('Overførselsgrundlag').selectOption('SCC');
  await go(page);
  await fill(page, { 'Begrundelse, på dansk': 'Billigere drift' });
  await go(page);
  expect(await heading(page)).toBe('Hvornår');
  await page.getByRole('link', { name: 'Se igennem' }).click();
  await page.getByRole('link', { name: 'Skriv den dag, ændringen skal gælde fra.' }).click();
  await fill(page, { 'Planlagt dato': PLANNED_ON });
  await go(page);
  expect(await heading(page)).toBe('Se igennem');
  await expect.poll(() => page.frames().length).toBe(2);
  expect(await page.frames()[1]?.locator('body').innerText()).toContain('Nordlys Hosting ApS');
  await page.getByRole('link', { name: 'Varslet, på engelsk' }).click();
  await expect.poll(() => page.frames()[1]?.locator('body').innerText()).toContain('new sub-processor');
  await go(page, 'Send en prøve til mig');
  expect(await page.getByRole('status').innerText()).toMatch(/^Prøven er sendt til person-\d+@telenor\.example\.$/);
  await go(page, 'Varsl 2 kunder nu');
  await page.waitForURL(/\/console\/changes\/[0-9a-f-]{36}$/);
  const told = await oneRow<{ count: number; by: string }>(
    varsel.database.pool,
    `select count(*) as count, min(c.announced_by) as by from messages m join changes c on c.id = m.change_id
     where c.sub_processor ->> 'name' = 'Nordlys Hosting ApS'`,
  );
  expect(told).toEqual({ count: 4, by: expect.stringMatching(/^person /) });
  await page.goBack();
  await page.waitForURL(/\/console\/changes\/[0-9a-f-]{36}$/);
  expect(faults).toEqual([]);
  await context.close();
});

test('a replacement without scripts, in English', async () => {
  const { page, faults, context } = await anOfficer({ javaScriptEnabled: false, locale: 'en-GB' });
  await page.goto(`${varsel.url}/console/announce`);
  await page.getByLabel('One sub-processor instead of another').check();
  await go(page, 'Begin');
  await page.getByLabel('Who leaves?').selectOption({ label: 'Google' });
  await go(page, 'Save and continue');
  await page.getByLabel('CVR number or name').fill('Gintel');
  await go(page, 'Find');
  expect(await page.getByRole('list').filter({ hasText: 'It is in this register already.' }).count()).toBeGreaterThan(
    0,
  );
  for (const child of await page.getByLabel(/^What becomes of /).all())
    await child.selectOption({ label: 'It leaves too' });
  await fill(page, {
    'Full legal name of the company': 'Sydlys Hosting ApS',
    'CVR number, or another registration number': '10000002',
    'Registered address': 'Havnegade 2, 8000 Aarhus C',
    'Name of the contact person': 'Eva Lund',
    'E-mail address of the contact person': 'eva@sydlys.example',
    'Description of the processing, in Danish': 'Drift af servere',
    'Categories of personal data, in Danish': 'Navne',
  });
  await page.getByLabel('Country in which the company is registered').selectOption('DK');
  await go(page, 'Save and continue');
  expect(await heading(page)).toBe('Places');
  await page.getByLabel('Country', { exact: true }).selectOption('DK');
  await go(page, 'Save and continue');
  await page.getByLabel('Reason, in Danish').fill('Flyttes til Danmark');
  await go(page, 'Save and continue');
  await page.getByLabel('Planned date').fill(PLANNED_ON);
  await go(page, 'Save and continue');
  expect(await heading(page)).toBe('Review');
  expect(await page.locator('main').innerText()).toContain('Sydlys Hosting ApS compared with Google, which leaves');
  await expect.poll(() => page.frames()[1]?.locator('body').innerText()).toContain('Sydlys Hosting ApS');
  await go(page, 'Announce to 2 customers now');
  await page.waitForURL(/\/console\/changes\/[0-9a-f-]{36}$/);
  expect(faults).toEqual([]);
  await context.close();
});

/** The draft that was begun last, as it is saved. */
/** The draft whose step a page shows. */
const draftOn = (page: Page) =>
  oneRow<{ name: string | null; version: number }>(
    varsel.database.pool,
    `select fields ->> 'subProcessor.name' as name, version from announcement_drafts where id = $1`,
    [new URL(page.url()).pathname.split('/')[3] ?? ''],
  );

test('what is typed is saved while it is typed, in one window; another is told, and so is who is signed out', async () => {
  const { page, faults, context } = await anOfficer();
  await page.goto(`${varsel.url}/console/announce`);
  await page.getByLabel('En ny underdatabehandler').check();
  await go(page, 'Begynd');
  const other = await context.newPage();
  await other.goto(page.url());
  const name = (of: Page) => of.getByLabel('Virksomhedens fulde navn');
  const saved = (of: Page) => of.locator('[data-keep]');
  await name(page).fill('Nord');
  await expect.poll(() => saved(page).innerText()).toBe('Gemt kl. 10.00');
  expect(await draftOn(page)).toMatchObject({ name: 'Nord', version: 2 });
  // What is sent at once after that is of the version that was just saved; nothing was judged before.
  await name(page).fill('Nordlys');
  await page.getByRole('link', { name: 'Begrundelse' }).click();
  await page.getByRole('heading', { level: 1, name: 'Begrundelse' }).waitFor();
  expect((await draftOn(page)).name).toBe('Nordlys');
  await page.goBack();
  expect(await name(page).inputValue()).toBe('Nordlys');

  await name(other).fill('Sydlys');
  await expect.poll(() => saved(other).innerText()).toContain('gemt i et andet vindue');
  expect((await draftOn(page)).name).toBe('Nordlys');
  await go(other, 'Gem kladden');
  expect(await other.getByRole('alert').innerText()).toContain('gemt i et andet vindue');
  expect(await name(other).inputValue()).toBe('Sydlys');

  await rows(varsel.database.owner, `update sessions set ended_at = $1, ended_by = 'test' where ended_at is null`, [
    varsel.clock.now(),
  ]);
  await name(page).fill('Vestlys');
  await expect.poll(() => saved(page).innerText()).toContain('Du er logget ud');
  expect((await draftOn(page)).name).toBe('Nordlys');
  expect(faults).toEqual([]);
  await context.close();
});

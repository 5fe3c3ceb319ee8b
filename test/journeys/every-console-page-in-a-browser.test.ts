import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONSOLE_PAGES } from '../../src/console/routes.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import { EMPTY, hangConsole, hire, OPEN, type OnRecord, type Staff } from './console-gallery.ts';
import { EMPTY_SIGHTS, NO_PAGES, SIGHTS, type ConsoleSight } from './console-sights.ts';
import { expectNoSidewaysScrolling, expectToldApart, inLargeText, languageOf } from './person.ts';

/* Every page of the console in its states, which can be used by everybody; `npm run screenshots` takes their pictures. */

const LOCALES = { da: 'da-DK', en: 'en-GB' };
const NARROWEST = { width: 320, height: 640 };

let varsel: TestVarsel;
let browser: TestBrowser;
let receiver: Receiver;
let staff: Staff;
/** A window for each language: another for each page costs a third more of the CPU time. */
let windows: Record<Language, Visitor>;
/** The routes that a page has come from. */
const seen = new Set<string>();

beforeAll(async () => {
  [varsel, browser, receiver] = await Promise.all([
    startVarsel(EMPTY, { addresses: ['varsel@telenor.example'] }),
    startBrowser(),
    startReceiver(),
  ]);
  staff = await hire(varsel);
  const window = async (language: Language) => {
    const visitor = await browser.visit(varsel.url, { locale: LOCALES[language] });
    visitor.page.on('response', (response) => {
      // What a page asks for by itself, as time goes, is no page that somebody came to.
      if (!response.request().isNavigationRequest()) return;
      if (!response.ok() && response.status() < 400) return;
      if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) return;
      const { pathname } = new URL(response.url());
      if (!IS_SIGNING.test(pathname)) seen.add(routeOf(response.request().method(), pathname));
    });
    return visitor;
  };
  windows = { da: await window('da'), en: await window('en') };
  await windows.en.page.setViewportSize(NARROWEST);
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await varsel.close();
  await receiver.close();
});

const ROUTES = CONSOLE_PAGES.map(([method, url]) => ({
  name: `${method} ${url}`,
  pattern: new RegExp(`^${method} ${url.replaceAll(/:\w+/g, '[^/]+').replace('*', '.*')}$`),
  // Of several that fit, the router takes the one with the fewest parameters.
  parameters: url.split(':').length + (url.endsWith('*') ? 100 : 0),
})).sort((a, b) => a.parameters - b.parameters);
const routeOf = (method: string, path: string) =>
  ROUTES.find(({ pattern }) => pattern.test(`${method} ${path}`))?.name ?? '';
/** Of signing in and out, which have routes beside those. */
const IS_SIGNING = /^\/console\/sign-/;

/**
 * Looks at a page in both languages; in Danish, whose words are longer, in light and dark, at every width and with large text.
 * A window is resized as seldom as can be, since three times cost what a visit does: the English one is the narrowest.
 */
async function look({ name, by, see }: ConsoleSight, on: OnRecord): Promise<void> {
  for (const language of LANGUAGES) {
    const { page, context, faults } = windows[language];
    await context.clearCookies();
    if (by !== null) await context.addCookies([{ ...(await staff.cookieOf(by)), url: varsel.url }]);
    if (language === 'da') await page.setViewportSize(DESKTOP);
    await see({ page, url: varsel.url, on });
    expect(await languageOf(page)).toBe(language);
    expect(await page.evaluate(`document.querySelectorAll('h1').length`)).toBe(1);
    await keepPicture(page, `console/${name}.${language}.desktop`, DESKTOP);
    await keepPicture(page, `console/${name}.${language}.phone`, PHONE);
    if (language === 'da') await expectForEverybody(page, name);
    await expectNoSidewaysScrolling(page, `${language}, the narrowest window`);
    // Empties the list: the next page is not to blame.
    expect(faults.splice(0)).toEqual([]);
  }
}

async function expectForEverybody(page: Page, name: string): Promise<void> {
  expect(await violationsOf(page)).toEqual([]);
  await expectToldApart(page);
  await inLargeText(page, async () => {
    await expectNoSidewaysScrolling(page, 'text at 200 %');
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScrolling(page, 'text at 200 % on a phone');
  });
  await page.emulateMedia({ colorScheme: 'dark' });
  const only = ['color-contrast', 'target-size', 'scrollable-region-focusable'];
  expect(await violationsOf(page, { only }), 'dark, on a phone').toEqual([]);
  await keepPicture(page, `console/${name}.da.phone.dark`);
  await keepPicture(page, `console/${name}.da.desktop.dark`, DESKTOP);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(NARROWEST);
}

for (const sight of EMPTY_SIGHTS) test(`${sight.name} can be used by everybody`, () => look(sight, {} as OnRecord));

let on: OnRecord;
test('a story leaves something in every state', async () => {
  on = await hangConsole(varsel, staff, receiver);
  expect(varsel.clock.now().toString()).toBe(OPEN);
});

// Once more where it fails: a mail in a frame is laid out while the page around it is measured on a busy machine.
for (const sight of SIGHTS) test(`${sight.name} can be used by everybody`, { retry: 1 }, () => look(sight, on));

test('every page of the console was looked at', () => {
  const routes = CONSOLE_PAGES.map(([method, url]) => `${method} ${url}`);
  const missed = routes.filter((route) => !seen.has(route) && NO_PAGES[route] === undefined);
  expect(missed).toEqual([]);
  expect(Object.keys(NO_PAGES).filter((route) => !routes.includes(route) || seen.has(route))).toEqual([]);
});

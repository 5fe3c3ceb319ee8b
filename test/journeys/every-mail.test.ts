import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLES } from '../../emails/examples.ts';
import { LANGUAGES } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/** Rules for whole pages, which the mail program fulfils: it shows a mail inside a page of its own. */
const NOT_OF_A_MAIL = ['landmark-one-main', 'region', 'page-has-heading-one'];

let browser: TestBrowser;
let reader: Visitor;

beforeAll(async () => {
  browser = await startBrowser();
  // A mail that loads anything reveals to its sender that it was opened (D27).
  reader = await browser.visit('no origin');
});
afterAll(async () => {
  await showPictures();
  await browser.close();
});

/** What decides how a page looks, all but its words. */
const looksOf = (page: Page) =>
  page.evaluate<string>(`[...document.querySelectorAll('*')].map((element) => {
    const { localName, className } = element;
    const rules = localName === 'style' ? element.textContent : '';
    return [localName, className, element.getAttribute('style'), element.getAttribute('bgcolor'), rules].join(' ');
  }).join()`);

/** How the mail before looked, by its name. */
let seen = { name: '', looks: '' };

for (const { name, facts } of EXAMPLES) {
  test.each(LANGUAGES)(
    `${name} in %s can be read by everybody, in light and in dark, and loads nothing`,
    async (language) => {
      const { html } = composeMessage({ ...facts, language });
      const { page, faults } = reader;
      await page.setViewportSize(DESKTOP);
      await page.setContent(html);
      // Most mails look the same in both languages, and to look at colours is most of the work.
      const looks = await looksOf(page);
      const hasNewColours = seen.name !== name || seen.looks !== looks;
      seen = { name, looks };
      const look = async (device: 'desktop' | 'phone', colorScheme: 'light' | 'dark') => {
        await page.emulateMedia({ colorScheme });
        await expectNoSidewaysScrolling(page, device);
        await keepPicture(page, `mails/${name}.${language}.${device}.${colorScheme}`);
      };
      await look('desktop', 'dark');
      await look('desktop', 'light');
      const without = hasNewColours ? NOT_OF_A_MAIL : [...NOT_OF_A_MAIL, 'color-contrast'];
      expect(await violationsOf(page, { without }), 'light').toEqual([]);
      await page.setViewportSize(PHONE);
      await look('phone', 'light');
      await look('phone', 'dark');
      // In dark mode, only colours differ.
      if (hasNewColours) expect(await violationsOf(page, { only: ['color-contrast'] }), 'dark').toEqual([]);
      // Empties the list: the next mail is not to blame.
      expect(faults.splice(0)).toEqual([]);
    },
  );
}

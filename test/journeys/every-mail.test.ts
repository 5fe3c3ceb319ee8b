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

for (const { name, facts } of EXAMPLES) {
  test.each(LANGUAGES)(
    `${name} in %s can be read by everybody, in light and in dark, and loads nothing`,
    async (language) => {
      const { html } = composeMessage({ ...facts, language });
      const { page, faults } = reader;
      await page.setViewportSize(DESKTOP);
      await page.setContent(html);
      const look = async (device: 'desktop' | 'phone', colorScheme: 'light' | 'dark') => {
        await page.emulateMedia({ colorScheme });
        await expectNoSidewaysScrolling(page, device);
        await keepPicture(page, `mails/${name}.${language}.${device}.${colorScheme}`);
      };
      await look('desktop', 'dark');
      await look('desktop', 'light');
      expect(await violationsOf(page, { without: NOT_OF_A_MAIL }), 'light').toEqual([]);
      await page.setViewportSize(PHONE);
      await look('phone', 'light');
      await look('phone', 'dark');
      // In dark mode, only colours differ.
      expect(await violationsOf(page, { only: ['color-contrast'] }), 'dark').toEqual([]);
      // Empties the list: the next mail is not to blame.
      expect(faults.splice(0)).toEqual([]);
    },
  );
}

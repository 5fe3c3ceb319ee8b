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
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // In dark mode, only colours differ.
        const rules = colorScheme === 'light' ? { without: NOT_OF_A_MAIL } : { only: ['color-contrast'] };
        expect(await violationsOf(page, rules), colorScheme).toEqual([]);
        for (const [device, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
          await page.setViewportSize(size);
          await expectNoSidewaysScrolling(page, device);
          await keepPicture(page, `mails/${name}.${language}.${device}.${colorScheme}`);
        }
      }
      // Empties the list: the next mail is not to blame.
      expect(faults.splice(0)).toEqual([]);
    },
  );
}

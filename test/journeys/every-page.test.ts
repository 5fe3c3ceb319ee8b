import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { keepPicture, showPictures } from '../support/screenshots.ts';
import { hangGallery, OPEN, SIGHTS, type Gallery } from './every-page.ts';
import { expectNoSidewaysScrolling, inLargeText, languageOf } from './person.ts';

/** The locale of the readers' browsers, which decides how a date field looks. */
const LOCALES = { da: 'da-DK', en: 'en-GB' };
/**
 * Where all rules are asked of a page, which costs more than all the rest: a language changes no colour and no element. So both
 * widths are looked at, and not twice. Where it is the other one's turn, only what depends on how words fit is asked.
 */
const ALL_RULES = { da: 'desktop', en: 'phone' };
const OF_THE_WIDTH = ['target-size', 'scrollable-region-focusable'];
/** The narrowest window that WCAG 1.4.10 asks for, which is also a desktop at 400 %. */
const NARROWEST = { width: 320, height: 640 };

let gallery: Gallery;
let browser: TestBrowser;
/** One reader of each language visits all the pages: a window for each page costs a third more of the CPU time. */
let readers: Record<Language, Visitor>;

beforeAll(async () => {
  [gallery, browser] = await Promise.all([hangGallery(), startBrowser()]);
  const reader = (language: Language) => browser.visit(gallery.varsel.url, { locale: LOCALES[language] });
  readers = { da: await reader('da'), en: await reader('en') };
});
afterAll(async () => {
  await showPictures();
  await browser.close();
  await gallery.varsel.close();
});

for (const sight of SIGHTS) {
  test.each(sight.languages ?? LANGUAGES)(
    `${sight.name} in %s can be used by everybody, at every width, and loads nothing from elsewhere`,
    async (language) => {
      const { page, faults } = readers[language];
      await page.setViewportSize(DESKTOP);
      gallery.varsel.clock.set(OPEN);
      await sight.see(gallery, page, language);
      expect(await languageOf(page)).toBe(language);
      for (const [device, size] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
        if (device === 'phone') await page.setViewportSize(size);
        const isOthersTurn = ALL_RULES[language] !== device && sight.languages === undefined;
        const only = isOthersTurn ? OF_THE_WIDTH : [];
        expect(await violationsOf(page, { only }), device).toEqual([]);
        await expectNoSidewaysScrolling(page, device);
        await keepPicture(page, `pages/${sight.name}.${language}.${device}`);
        await inLargeText(page, () => expectNoSidewaysScrolling(page, `text at 200 % on a ${device}`));
      }
      await page.setViewportSize(NARROWEST);
      await expectNoSidewaysScrolling(page, 'the narrowest window');
      // Empties the list: the next page is not to blame.
      expect(faults.splice(0)).toEqual([]);
    },
  );
}

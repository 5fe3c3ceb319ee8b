import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsOf } from '../support/accessibility.ts';
import { startBrowser, type TestBrowser } from '../support/browser.ts';

/* What the tests of pages and mails rest on: that a fault is found, also in a window that has shown others. */

let browser: TestBrowser;
beforeAll(async () => void (browser = await startBrowser()));
afterAll(() => browser.close());

const only = ['color-contrast'];
const pages = [
  '<p style="color: #999">Too pale</p><p style="color: #999">to be read</p><p style="color: #333">but for this</p>',
  '<p style="color: #999; background: #000">To be read</p><p style="color: oklch(0.4 0 0); background: #000">but for this</p>',
  '<style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style><p>Too pale in the dark</p>',
];

test('text that is too pale is found, in every colour, theme and page of a window', async () => {
  const { page } = await browser.visit('no origin');
  const found = [];
  for (const html of pages) {
    await page.goto('about:blank');
    await page.setContent(html);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push((await violationsOf(page, { only })).map((line) => line.replace(/^(\S+):.*>(.*)<\/p>$/, '$1 $2')));
    }
  }
  const pale = ['color-contrast Too pale', 'color-contrast to be read'];
  const inside = ['color-contrast but for this'];
  expect(found).toEqual([pale, pale, inside, inside, [], ['color-contrast Too pale in the dark']]);
});

import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { violationsOf } from '../support/accessibility.ts';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { keepPicture } from '../support/screenshots.ts';
import { expectNoSidewaysScrolling } from './person.ts';

/** The narrowest window that a page has to fit into (WCAG 2.2, 1.4.10). */
const NARROWEST = { width: 320, height: 640 };

/**
 * That everybody can use a page of the console as it stands: in light and dark, in the narrowest window, and there with text twice as
 * large. Keeps pictures of it under this name, and leaves it as it was.
 */
export async function expectUsable(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? DESKTOP;
  expect(await page.locator('h1').count(), name).toBe(1);
  expect(await violationsOf(page), name).toEqual([]);
  await keepPicture(page, `console/${name}.desktop`);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violationsOf(page, { only: ['color-contrast'] }), `${name} in dark`).toEqual([]);
  await keepPicture(page, `console/${name}.dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  await keepPicture(page, `console/${name}.phone`);
  await page.setViewportSize(NARROWEST);
  await expectNoSidewaysScrolling(page, `${name} in ${NARROWEST.width} px`);
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
  await expectNoSidewaysScrolling(page, `${name} with text at 200 %`);
  await page.evaluate(`document.documentElement.style.fontSize = ''`);
  await page.setViewportSize(size);
}

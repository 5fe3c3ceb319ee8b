import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import type { Visitor } from '../support/browser.ts';
import type { ReceivedMail } from '../support/mailbox.ts';
import { objectionsOf, type Recorded } from '../support/story.ts';
import type { TestVarsel } from '../support/varsel.ts';

/** Opens a mail as it arrived and follows its button, as a person does. Returns the page that opens. */
export async function followMail({ context, page: mailProgram }: Visitor, mail: ReceivedMail): Promise<Page> {
  await mailProgram.setContent(mail.html || '');
  const opening = context.waitForEvent('page');
  await mailProgram.locator('a[href*="/objections/"]').first().click();
  const page = await opening;
  await page.waitForLoadState();
  return page;
}

/** A controller's objections and attempts about a change, in the order received. */
export async function recordOf(varsel: TestVarsel, changeId: string, externalId: string): Promise<Recorded[]> {
  return (await objectionsOf(varsel, changeId)).filter(({ controller }) => controller === externalId);
}

/** Fails if the page is wider than its window, and names the elements that stick out: nobody can read it on a phone. */
export async function expectNoSidewaysScrolling(page: Page, where: string): Promise<void> {
  const tooWide = await page.evaluate<string[]>(`(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const isOutside = (element) => element.getBoundingClientRect().right > room;
    return [...document.querySelectorAll('body *')].filter(isOutside).map(({ outerHTML }) => outerHTML.slice(0, 100));
  })()`);
  expect(tooWide, where).toEqual([]);
}

/**
 * Fails where who hears a page is not told what who sees it is: a link that is called nothing, by an id, or as another one that leads
 * elsewhere; a table without a caption; a heading of a table that is of nothing.
 */
export async function expectToldApart(page: Page): Promise<void> {
  const untold = await page.evaluate<string[]>(`(() => {
    const main = document.querySelector('main');
    const links = [...main.querySelectorAll('a[href]')].filter((link) => link.checkVisibility());
    const nameOf = (link) => (link.getAttribute('aria-label') ?? link.textContent).trim();
    const isTold = (link) => !/^([0-9a-f-]{20,})?$/i.test(nameOf(link)) &&
      links.every((other) => other.href === link.href || nameOf(other) !== nameOf(link));
    return [
      ...links.filter((link) => !isTold(link)),
      ...main.querySelectorAll('table:not(:has(> caption)), th:not([scope])'),
    ].map(({ outerHTML }) => outerHTML.slice(0, 200));
  })()`);
  expect(untold).toEqual([]);
}

/**
 * The focused element by its id, class and text, and whether its focus is visible. Without a name if nothing has the focus.
 */
export async function focusOn(page: Page): Promise<{ readonly names: readonly string[]; readonly isSeen: boolean }> {
  return page.evaluate(`(() => {
    const element = document.activeElement;
    if (element === document.body) return { names: [], isSeen: false };
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return {
      names: [element.id, element.className, element.textContent.trim()].filter((name) => name !== ''),
      isSeen: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2 && width > 0 && height > 0,
    };
  })()`);
}

/** The language that a page declares. */
export async function languageOf(page: Page): Promise<string | null> {
  return page.evaluate(`document.documentElement.getAttribute('lang')`);
}

/** Has the page show twice the text size while `look` looks at it, and nothing else, as a person with poor sight sets it. */
export async function inLargeText(page: Page, look: () => Promise<void>): Promise<void> {
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`);
  await look();
  await page.evaluate(`document.documentElement.style.fontSize = ''`);
}

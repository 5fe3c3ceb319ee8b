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

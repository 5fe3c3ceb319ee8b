import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { rows } from '../../src/db/postgres.ts';
import { startBrowser, type TestBrowser } from '../support/browser.ts';
import { everyRow } from '../support/database.ts';
import { hangGallery, OPEN, type Gallery } from './every-page.ts';

/*
 * Mail scanners open the links of a mail before its reader does. Some run scripts, follow further links, and press buttons
 * (D26).
 */

let gallery: Gallery;
let browser: TestBrowser;
/** The addresses in all the mails that were sent. */
let linked: string[];

beforeAll(async () => {
  [gallery, browser] = await Promise.all([hangGallery(), startBrowser()]);
  const { mailbox, url } = gallery.varsel;
  await gallery.varsel.deliver();
  const found = mailbox.mails.flatMap(({ html }) => (html || '').match(/(?<=href=")http[^"]+/g) ?? []);
  linked = [...new Set(found)].filter((address) => address.startsWith(url));
  gallery.varsel.clock.set(OPEN);
});
afterAll(async () => {
  await browser.close();
  await gallery.varsel.close();
});

const recorded = () => everyRow(gallery.varsel.database.pool);
const withoutFragment = (address: string) => address.replace(/#.*$/, '');

/** The addresses that a page's anchors lead to; a mail address leads out of the browser. */
const anchorsOn = (page: Page) => page.evaluate<string[]>('[...document.links].map(({ href }) => href)');

/** Clicks one link of a page as a script does, and waits until the navigation has ended. */
async function click(page: Page, position: number, address: string): Promise<void> {
  const isWithin = address.includes('#');
  const arrival = isWithin
    ? null
    : Promise.any([page.waitForEvent('framenavigated'), page.waitForEvent('download', { timeout: 9_000 })]);
  await page.evaluate(`document.links[${position}].click()`).catch(() => undefined);
  await arrival;
  await page.waitForLoadState();
}

test('GET and HEAD of every address in every mail, and of every address that those lead to, change nothing', async () => {
  const before = await recorded();
  const seen = new Set<string>();
  const waiting = [...linked, `${gallery.varsel.url}/register/truetalk`];
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const head = await fetch(address, { method: 'HEAD' });
    const got = await fetch(address);
    expect([address, head.status]).toEqual([address, got.status]);
    for (const [, found = ''] of (await got.text()).matchAll(/ href="(\/[^"#]*)/g)) {
      waiting.push(gallery.varsel.url + found.replaceAll('&amp;', '&'));
    }
  }
  expect(linked.length).toBeGreaterThan(20);
  expect(seen.size).toBeGreaterThan(2 * linked.length);
  expect(await recorded()).toBe(before);
});

test('a browser that runs scripts and clicks every link of every page changes nothing', async () => {
  const before = await recorded();
  const { page, context } = await browser.visit(gallery.varsel.url);
  const seen = new Set<string>();
  let clicks = 0;
  const waiting = [
    await gallery.pageOf('replacement', 2, 'da'),
    await gallery.pageOf('activated', 1, 'en'),
    `${gallery.varsel.url}/register/truetalk`,
  ];
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (seen.has(address) || /\.(?:csv|json|atom|css)\b/.test(address)) continue;
    seen.add(address);
    await page.goto(address);
    const anchors = await anchorsOn(page);
    waiting.push(...anchors.filter((each) => each.startsWith(gallery.varsel.url)).map(withoutFragment));
    for (const [position, anchor] of anchors.entries()) {
      if (!anchor.startsWith('http')) continue;
      if (withoutFragment(page.url()) !== address) await page.goto(address);
      await click(page, position, anchor);
      clicks += 1;
    }
  }
  expect(clicks).toBeGreaterThan(60);
  await context.close();
  expect(await recorded()).toBe(before);
});

test('a scanner that presses every button without typing leaves at most rejected attempts and a code that nobody types: nothing is pending, resolved or told', async () => {
  const { pool } = gallery.varsel.database;
  const standing = () => rows(pool, `select id, status from objections where status <> 'rejected' order by id`);
  const decided = () => rows(pool, 'select d::text from objection_decisions d order by 1');
  const messages = () =>
    rows(pool, "select id, kind, status from messages where kind <> 'withdrawal-code' order by id");
  const answered = () => rows(pool, 'select id from approvals');
  const before = [await standing(), await decided(), await messages(), await answered()];
  const { page, context } = await browser.visit(gallery.varsel.url);
  const pressed: string[] = [];
  for (const address of [
    await gallery.pageOf('addition', 1, 'da'),
    await gallery.pageOf('replacement', 2, 'en'),
    await gallery.objectionOf('pending', 'da'),
    `${await gallery.objectionOf('pending', 'da')}/withdraw`,
    `${gallery.varsel.url}/register/truetalk`,
  ]) {
    await page.goto(address);
    const buttons = await page.getByRole('button').count();
    for (let position = 0; position < buttons; position += 1) {
      await page.goto(address);
      const button = page.getByRole('button').nth(position);
      pressed.push(await button.innerText());
      const response = page.waitForEvent('response');
      await button.click();
      await response;
      await page.waitForLoadState();
    }
  }
  await context.close();
  expect(pressed.length).toBe(7);
  expect([await standing(), await decided(), await messages(), await answered()]).toEqual(before);
});

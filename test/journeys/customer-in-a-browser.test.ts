import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { APPROVAL_TEXTS } from '../../src/customer/approval-texts.ts';
import { textsIn } from '../../src/customer/texts.ts';
import { frameTextsIn } from '../../src/web/texts.ts';
import { PHONE, startBrowser, type TestBrowser, type Visitor } from '../support/browser.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';
import {
  aControllerOfTwo,
  announce,
  announceAnother,
  changeNow,
  DEADLINE,
  haveControllers,
  linkOf,
  SUBJECTS,
  theMailTo,
  wordsOf,
} from '../support/story.ts';
import { APPROVAL_SUBJECTS, approvalCodeTo, inIndia, SIGNER, withApprover } from '../support/answering.ts';
import { codeTo, WITHDRAWAL_SUBJECTS } from '../support/withdrawing.ts';
import { expectNoSidewaysScrolling, focusOn, followMail, languageOf, recordOf } from './person.ts';

const OPEN = '2026-03-04T09:00:00Z';
const CONTROLLERS = 20;
const REASONS = 'Vi er uenige i overførslen til USA.\n\nVores brugere har fået at vide, at data bliver i EØS.';
const da = textsIn('da');
const en = textsIn('en');

let varsel: TestVarsel;
let browser: TestBrowser;
let changeId: string;
/** Each test is about another controller, whose contacts read Danish (dpo) and English (ciso). */
let number = 0;
let kunde: string;

beforeAll(async () => {
  [varsel, browser] = await Promise.all([startVarsel(), startBrowser()]);
  const numbers = Array.from({ length: CONTROLLERS }, (_, index) => index + 1);
  await haveControllers(varsel, numbers.map(aControllerOfTwo));
  changeId = await announce(varsel);
  await varsel.deliver();
});
afterAll(async () => {
  await browser.close();
  await varsel.close();
});
beforeEach(() => {
  number += 1;
  kunde = `kunde-${number}`;
  varsel.clock.set(OPEN);
});

async function visit(options: BrowserContextOptions = {}): Promise<Visitor> {
  const visitor = await browser.visit(varsel.url, options);
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.faults).toEqual([]);
  });
  return visitor;
}

async function openNotice(options: BrowserContextOptions = {}, contact: 'dpo' | 'ciso' = 'dpo'): Promise<Page> {
  return followMail(await visit(options), theMailTo(varsel, `${contact}@${kunde}.example`, SUBJECTS.notice));
}

const reasonsField = (page: Page) => page.getByLabel(da.form.reasons, { exact: true });
const sendButton = (page: Page) => page.getByRole('button', { name: da.form.submit });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const record = () => recordOf(varsel, changeId, kunde);
const focused = async (page: Page) => (await focusOn(page)).names[0];

async function object(page: Page, reasons: string): Promise<void> {
  await reasonsField(page).fill(reasons);
  await sendButton(page).click();
  await page.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);
}

/** The code that was mailed last. */
async function code(): Promise<string> {
  await varsel.deliver();
  return codeTo(varsel, `dpo@${kunde}.example`);
}

/** Has a code mailed, and types it. */
async function typeCode(page: Page): Promise<void> {
  await page.getByRole('button', { name: da.withdrawal.sendCode }).click();
  const field = page.getByLabel(da.withdrawal.code);
  await field.waitFor();
  await field.fill(await code());
}

/** Until a withdrawal that nobody stops has taken effect. */
async function waitADay(): Promise<void> {
  await varsel.deliver();
  varsel.clock.advance({ hours: 24 });
  await varsel.deliver();
}

/** Opens the question whether to withdraw, from the page that offers it. */
async function askToWithdraw(page: Page): Promise<void> {
  await page.getByRole('link', { name: da.receipt.withdraw }).click();
  await page.waitForURL(/\/withdraw/);
}

describe('objecting in Danish on a phone', () => {
  test('takes the mail, its link, the reasons and one press, and gives a receipt on the page and by e-mail', async () => {
    const page = await openNotice({ viewport: PHONE, isMobile: true, hasTouch: true });
    expect(await languageOf(page)).toBe('da');
    await expectNoSidewaysScrolling(page, 'the form');
    await page.getByRole('link', { name: da.state.open.action }).tap();
    await reasonsField(page).fill(REASONS);
    await page.getByLabel(da.form.name, { exact: true }).fill('Mette Holm');
    await sendButton(page).tap();
    await page.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);

    const [objection, ...more] = await record();
    expect(more).toEqual([]);
    expect(objection).toMatchObject({ status: 'pending', reasons: REASONS, from: { name: 'Mette Holm' } });
    expect(await heading(page).innerText()).toBe(da.receipt.heading.pending(objection?.number ?? 0));
    expect(await page.locator('blockquote').innerText()).toBe(REASONS);
    await expectNoSidewaysScrolling(page, 'the receipt');
    await varsel.deliver();
    for (const contact of ['dpo', 'ciso']) {
      expect(wordsOf(theMailTo(varsel, `${contact}@${kunde}.example`, SUBJECTS.received))).toContain(
        'Vi er uenige i overførslen til USA.',
      );
    }
    expect((await changeNow(varsel, changeId)).objections.pending).toBeGreaterThan(0);
  });

  test('without reasons is told what is missing, with the name kept, and counts once they are there', async () => {
    const page = await openNotice({ viewport: PHONE, isMobile: true, hasTouch: true });
    await reasonsField(page).fill('ingen');
    await page.getByLabel(da.form.name, { exact: true }).fill('Mette Holm');
    await sendButton(page).tap();
    await page.getByRole('alert').waitFor();
    expect(await page.title()).toMatch(/^Fejl: /);
    await expect.poll(() => focused(page)).toBe(da.error['reasons-required'].summary);
    expect(await page.getByRole('alert').innerText()).toContain('torsdag den 12. marts 2026 kl. 23.59');
    expect(await reasonsField(page).inputValue()).toBe('ingen');
    expect(await page.getByLabel(da.form.name, { exact: true }).inputValue()).toBe('Mette Holm');
    await expectNoSidewaysScrolling(page, 'the form with a problem');
    expect(await record()).toMatchObject([{ status: 'rejected', rejectedFor: 'reasons-required' }]);

    await object(page, 'USA');
    expect(await record()).toMatchObject([{ status: 'rejected' }, { status: 'pending', reasons: 'USA' }]);
  });
});

describe('with the keyboard alone', () => {
  /** Presses Tab until this element has the focus. Checks on the way that the focus is always visible. */
  async function tabTo(page: Page, target: string): Promise<void> {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      const { names, isSeen } = await focusOn(page);
      // A key press before the first paint is lost.
      if (names.length === 0) continue;
      expect(isSeen, `the focus is seen on ${names[0]}`).toBe(true);
      if (names.includes(target)) return;
    }
    throw new Error(`${target} was not reached`);
  }

  test('one skips to the content, gets to the problem and from there to its field, and objects', async () => {
    const page = await openNotice();
    await tabTo(page, 'skip');
    expect((await page.getByText(frameTextsIn('da').skip).boundingBox())?.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('content');
    await tabTo(page, da.form.submit);
    await page.keyboard.press('Enter');

    await page.getByRole('alert').waitFor();
    await expect.poll(() => focused(page)).toBe(da.error['reasons-required'].summary);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('reasons');
    await page.keyboard.type('Vi kender ikke leverandøren');
    await tabTo(page, 'name');
    await tabTo(page, da.form.submit);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);
    expect((await record()).at(-1)).toMatchObject({ status: 'pending', reasons: 'Vi kender ikke leverandøren' });
  });

  test('one withdraws: the code from the mail, then the button', async () => {
    const page = await openNotice();
    await object(page, REASONS);
    await tabTo(page, da.receipt.withdraw);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/withdraw/);
    await tabTo(page, da.withdrawal.sendCode);
    await page.keyboard.press('Enter');
    await page.getByLabel(da.withdrawal.code).waitFor();
    await tabTo(page, 'code');
    await page.keyboard.type(await code());
    await tabTo(page, da.withdrawal.submit);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.endsWith('/withdraw'));
    expect(await record()).toMatchObject([{ status: 'pending', withdrawal: { status: 'waiting' } }]);
  });
});

test('every field that is wrong has a red border, and the focus is on the first problem', async () => {
  const page = await openNotice();
  const colour = (field: string, property: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('${field}')).${property}`);
  const usual = await colour('#name', 'borderTopColor');
  await reasonsField(page).fill('Vi er uenige. '.repeat(1_500));
  await page.getByLabel(da.form.name, { exact: true }).fill('Mette '.repeat(40));
  await sendButton(page).click();
  await page.getByRole('alert').waitFor();
  await expect.poll(() => focused(page)).toBe(da.error['reasons-too-long'].summary);
  const red = await colour('#name-error', 'color');
  for (const field of ['#reasons', '#name']) expect(await colour(field, 'borderTopColor'), field).toBe(red);
  expect(usual).not.toBe(red);
});

describe('what is typed stays in its browser until it is sent (D67)', () => {
  const kept = (page: Page) => page.evaluate<string[]>('Object.keys(localStorage)');
  const clearButton = (page: Page) => page.getByRole('button', { name: da.keeping.clear });
  const explained = (page: Page) => page.getByText(da.keeping.here(7)).isVisible();

  test('is there again in a new tab, in the other language too, under no other link, and gone once it was sent', async () => {
    const first = await openNotice();
    const asked: string[] = [];
    const context = first.context();
    context.on('request', (request) => asked.push(request.url()));
    expect(await explained(first)).toBe(true);
    expect(await clearButton(first).count()).toBe(0);
    await reasonsField(first).fill(REASONS);
    await first.getByLabel(da.form.name, { exact: true }).fill('Mette Holm');
    await clearButton(first).waitFor();
    expect(asked).toEqual([]);
    expect(await record()).toEqual([]);
    const link = first.url();
    await first.close();

    const page = await context.newPage();
    await page.goto(`${link.replace(/\?.*$/, '')}?lang=en`);
    await page.getByText(en.keeping.restored).waitFor();
    expect(await page.getByLabel(en.form.reasons, { exact: true }).inputValue()).toBe(REASONS);
    expect(await page.getByLabel(en.form.name, { exact: true }).inputValue()).toBe('Mette Holm');
    const mail = theMailTo(varsel, `ciso@${kunde}.example`, SUBJECTS.notice);
    await page.goto(/http\S+\/objections\/[\w-]+/.exec(mail.text ?? '')?.[0] ?? '');
    await page.getByText(en.keeping.here(7)).waitFor();
    expect(await page.getByLabel(en.form.reasons, { exact: true }).inputValue()).toBe('');
    expect(await page.getByText(en.keeping.restored).count()).toBe(0);

    // What was not received is kept: the network fails, and then the name is too long.
    await page.goto(link);
    await context.setOffline(true);
    await sendButton(page).click();
    await page.waitForURL(/chrome-error/);
    await context.setOffline(false);
    await page.goto(link);
    expect(await reasonsField(page).inputValue()).toBe(REASONS);
    await page.getByLabel(da.form.name, { exact: true }).fill('Mette '.repeat(40));
    await sendButton(page).click();
    await page.getByRole('alert').waitFor();
    expect(await kept(page)).toHaveLength(1);
    expect(await reasonsField(page).inputValue()).toBe(REASONS);
    await page.getByLabel(da.form.name, { exact: true }).fill('Mette Holm');
    await object(page, REASONS);
    expect(await kept(page)).toEqual([]);
    await page.goto(link);
    expect(await reasonsField(page).inputValue()).toBe('');
    expect(await page.getByText(da.keeping.restored).count()).toBe(0);
  });

  test('goes when its writer deletes it and after seven days, and is shown where nothing can be sent any more', async () => {
    const page = await openNotice({ viewport: PHONE });
    await reasonsField(page).fill(REASONS);
    await page.reload();
    await page.getByText(da.keeping.restored).waitFor();
    await expectNoSidewaysScrolling(page, 'a form that was kept');
    page.once('dialog', (asked) => asked.dismiss());
    await clearButton(page).click();
    expect(await reasonsField(page).inputValue()).toBe(REASONS);
    page.once('dialog', (asked) => asked.accept());
    await clearButton(page).click();
    await page.getByText(da.keeping.cleared).waitFor();
    expect(await reasonsField(page).inputValue()).toBe('');
    expect(await focused(page)).toBe('reasons');
    expect(await clearButton(page).count()).toBe(0);
    expect(await kept(page)).toEqual([]);

    await page.keyboard.type('USA');
    varsel.clock.set(DEADLINE);
    await page.reload();
    await page.getByRole('heading', { name: da.form.kept }).waitFor();
    expect(await page.locator('textarea').inputValue()).toBe('USA');
    expect(await page.locator('textarea').getAttribute('readonly')).not.toBeNull();
    await page.clock.setFixedTime(Date.now() + 6.9 * 86_400_000);
    await page.reload();
    expect(await page.locator('textarea').inputValue()).toBe('USA');
    await page.clock.setFixedTime(Date.now() + 7.1 * 86_400_000);
    await page.reload();
    expect(await page.locator('textarea').isVisible()).toBe(false);
    expect(await kept(page)).toEqual([]);
  });

  test('also why somebody refuses, or who may approve; and no choice and no code', async () => {
    const asked = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
    await varsel.deliver();
    const { page } = await visit();
    const words = APPROVAL_TEXTS.da;
    await page.goto(`${varsel.url}${await linkOf(varsel, asked, kunde)}`);
    await page.getByLabel(words.refuse).check();
    await page.locator('#answer-comment').fill('Ikke i Indien');
    await page.getByRole('link', { name: words.mayNot.nominate }).click();
    await page.getByLabel(words.nominate.name, { exact: true }).fill('Mette Holm');
    await page.goBack();
    await page.goto(page.url());
    expect(await page.locator('#answer-comment').inputValue()).toBe('Ikke i Indien');
    expect(await page.getByLabel(words.refuse).isChecked()).toBe(false);
    await page.getByLabel(words.refuse).check();
    await page.getByRole('button', { name: words.submit }).click();
    await page.waitForURL(/\/answer\/[\w-]+/);
    expect(await kept(page)).toEqual([expect.stringMatching(/\/nominate$/)]);
    await page.goto(page.url().replace(/\/answer.*$/, '/nominate'));
    expect(await page.getByLabel(words.nominate.name, { exact: true }).inputValue()).toBe('Mette Holm');
  });
});

test('without JavaScript one objects, reads the receipt, and withdraws', async () => {
  const page = await openNotice({ javaScriptEnabled: false });
  await sendButton(page).click();
  await page.getByRole('alert').waitFor();
  await object(page, REASONS);
  await askToWithdraw(page);
  await typeCode(page);
  await page.getByRole('button', { name: da.withdrawal.submit }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/withdraw'));
  await waitADay();
  expect((await record()).map(({ status }) => status)).toEqual(['rejected', 'resolved']);
});

describe('the same objection sent again', () => {
  test('by a double click is one objection', async () => {
    const page = await openNotice();
    await reasonsField(page).fill(REASONS);
    await sendButton(page).dblclick();
    // The second click aborts the first navigation, so waiting for that navigation would fail.
    await expect.poll(() => page.url(), { timeout: 30_000 }).toMatch(/\/objections\/[\w-]+\/[\w-]+/);
    expect(await record()).toMatchObject([{ status: 'pending', reasons: REASONS }]);
    await varsel.deliver();
    theMailTo(varsel, `dpo@${kunde}.example`, SUBJECTS.received);
  });

  test('after going back, or by loading the receipt again, is one objection', async () => {
    const page = await openNotice();
    await object(page, REASONS);
    await page.reload();
    await page.goBack();
    await object(page, REASONS);
    expect(await record()).toHaveLength(1);
  });

  test('from a second tab of the same link is one objection, and another text is another one', async () => {
    const first = await openNotice();
    const second = await first.context().newPage();
    await second.goto(first.url());
    await reasonsField(first).fill(REASONS);
    await reasonsField(second).fill(REASONS);
    await Promise.all([sendButton(first).click(), sendButton(second).click()]);
    for (const tab of [first, second]) await tab.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);
    expect(await record()).toHaveLength(1);
    expect(second.url()).toBe(first.url());

    await second.getByRole('link', { name: da.receipt.back }).click();
    await object(second, 'Desuden Indien.');
    expect(await record()).toMatchObject([{ reasons: REASONS }, { reasons: 'Desuden Indien.' }]);
  });
});

test('who sends after the deadline has passed meanwhile keeps the text, is told kindly, and is on record', async () => {
  const page = await openNotice();
  await reasonsField(page).fill(REASONS);
  varsel.clock.set(DEADLINE);
  await sendButton(page).click();
  await page.getByRole('alert').waitFor();
  await expect.poll(() => focused(page)).toBe('problems');
  const told = await page.getByRole('alert').innerText();
  expect(told).toContain(da.error['window-closed'].summary);
  expect(told).toContain('torsdag den 12. marts 2026 kl. 23.59');
  expect(await page.locator('textarea').inputValue()).toBe(REASONS);
  expect(await page.locator('textarea').getAttribute('readonly')).not.toBeNull();
  expect(await page.getByRole('link', { name: 'indsigelse@telenor.example' }).count()).toBeGreaterThan(0);
  expect(await page.getByRole('button').allInnerTexts()).toEqual([da.documentation.action]);
  expect(await record()).toMatchObject([{ status: 'rejected', rejectedFor: 'window-closed', reasons: REASONS }]);
});

describe('withdrawing', () => {
  test('is asked about first, takes a code, keeps the comment until then, and is told by e-mail', async () => {
    const page = await openNotice({ viewport: PHONE });
    await object(page, REASONS);
    await askToWithdraw(page);
    await page.getByRole('button', { name: da.withdrawal.sendCode }).click();
    await page.getByLabel(da.withdrawal.explanation).fill('Vi har fået svar');
    await page.getByLabel(da.withdrawal.code).fill('12');
    await expectNoSidewaysScrolling(page, 'the form for the code');
    await page.reload();
    expect(await page.getByLabel(da.withdrawal.explanation).inputValue()).toBe('Vi har fået svar');
    expect(await page.getByLabel(da.withdrawal.code).inputValue()).toBe('');
    await page.getByRole('button', { name: da.withdrawal.submit }).click();
    await page.getByRole('alert').waitFor();
    await expect.poll(() => focused(page)).toBe(da.withdrawal.codeMissing);
    expect(await record()).toMatchObject([{ status: 'pending', withdrawal: null }]);

    await page.getByRole('link', { name: da.withdrawal.codeMissing }).click();
    await expect.poll(() => focused(page)).toBe('code');
    await page.getByLabel(da.withdrawal.code).fill(await code());
    await page.getByRole('button', { name: da.withdrawal.submit }).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/withdraw'));
    expect(await page.getByRole('link', { name: da.receipt.keepIt }).count()).toBe(1);
    await waitADay();
    await page.reload();
    expect(await page.getByText(da.objections.outcome.withdrawn).count()).toBeGreaterThan(0);
    expect(await record()).toMatchObject([
      { status: 'resolved', resolution: { outcome: 'withdrawn', explanation: 'Vi har fået svar' } },
    ]);
    await varsel.deliver();
    theMailTo(varsel, `dpo@${kunde}.example`, SUBJECTS.resolved);
  });

  test('is no longer possible in a second tab, which says so', async () => {
    const page = await openNotice();
    await object(page, REASONS);
    await askToWithdraw(page);
    await typeCode(page);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByLabel(da.withdrawal.code).fill(await page.getByLabel(da.withdrawal.code).inputValue());
    for (const tab of [page, second]) await tab.getByRole('button', { name: da.withdrawal.submit }).click();
    await second.getByRole('alert').waitFor();
    expect(await second.getByRole('alert').innerText()).toContain(da.withdrawal.problem.alreadyRequested);
    expect(await record()).toHaveLength(1);
  });

  test('is stopped by a colleague who follows the link in the mail about it, and ticks the box', async () => {
    const page = await openNotice();
    await object(page, REASONS);
    await askToWithdraw(page);
    await typeCode(page);
    await page.getByRole('button', { name: da.withdrawal.submit }).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/withdraw'));
    await varsel.deliver();
    const mail = theMailTo(varsel, `ciso@${kunde}.example`, WITHDRAWAL_SUBJECTS.requested);
    const [stop = ''] = /http\S+\/keep/.exec(mail.text ?? '') ?? [];
    const colleague = await page.context().newPage();
    await colleague.goto(`${varsel.url}${new URL(stop).pathname}`);
    await colleague.getByRole('checkbox').check();
    await colleague.getByRole('button', { name: textsIn('en').keep.submit }).click();
    await colleague.waitForURL((url) => !url.pathname.endsWith('/keep'));
    await waitADay();
    expect(await record()).toMatchObject([{ status: 'pending', withdrawal: { status: 'stopped' } }]);
  });
});

test('who may approve does so without JavaScript: reads, chooses, signs, types the code, and gets a receipt (D42)', async () => {
  const [dpo, ciso] = ['dpo', 'ciso'].map((contact) => `${contact}@${kunde}.example`) as [string, string];
  await haveControllers(varsel, [withApprover(number)]);
  const asked = await announceAnother(varsel, { subProcessor: inIndia(varsel.newCompany()) });
  await varsel.deliver();
  const { page } = await visit({ javaScriptEnabled: false });
  await page.goto(`${varsel.url}${await linkOf(varsel, asked, kunde)}`);
  const words = APPROVAL_TEXTS.da;
  await page.getByRole('button', { name: words.submit }).click();
  await page.getByRole('link', { name: words.errors.decision }).click();
  await page.getByLabel(words.approve).check();
  await page.locator('#answer-name').fill(SIGNER.name);
  await page.locator('#answer-role').fill(SIGNER.role);
  await page.getByRole('button', { name: words.submit }).click();
  await varsel.deliver();
  await page.getByLabel(words.code.code).fill(approvalCodeTo(varsel, dpo));
  await page.getByRole('button', { name: words.code.submit.approval }).click();
  await page.getByText(words.receipt.waiting(24)).waitFor();
  await varsel.deliver();
  // The colleague who was not asked reads of it, and stops it.
  const mail = theMailTo(varsel, ciso, APPROVAL_SUBJECTS.received);
  const [stop = ''] = /http\S+\/stop/.exec(mail.text ?? '') ?? [];
  await page.goto(`${varsel.url}${new URL(stop).pathname}`);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: APPROVAL_TEXTS.en.stop.submit }).click();
  await page.getByText(APPROVAL_TEXTS.en.receipt.next.approval).waitFor();
  const { items } = (await varsel.api().get(`/v1/changes/${asked}/approvals`).expect(200)).body;
  expect(items).toMatchObject([
    { status: 'stopped', from: { ...SIGNER, email: dpo }, ended: { endedBy: expect.stringContaining(ciso) } },
  ]);
});

test('who follows the link to the other language keeps it until the receipt', async () => {
  const page = await openNotice();
  await page.getByRole('link', { name: frameTextsIn('da').otherLanguage }).click();
  await page.waitForURL(/lang=en/);
  await page.getByLabel(en.form.reasons, { exact: true }).fill(REASONS);
  await page.getByRole('button', { name: en.form.submit }).click();
  await page.waitForURL(/\/objections\/[\w-]+\/[\w-]+/);
  const [objection] = await record();
  expect(await heading(page).innerText()).toBe(en.receipt.heading.pending(objection?.number ?? 0));
  await page.getByRole('link', { name: frameTextsIn('en').otherLanguage }).click();
  await page.waitForURL(/lang=da/);
  expect(await heading(page).innerText()).toBe(da.receipt.heading.pending(objection?.number ?? 0));
});

test('who reads English gets the mail and the page in English', async () => {
  const page = await openNotice({}, 'ciso');
  expect(await languageOf(page)).toBe('en');
  expect(await page.getByLabel(en.form.reasons, { exact: true }).count()).toBe(1);
});

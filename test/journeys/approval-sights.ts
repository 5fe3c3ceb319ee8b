import type { Page } from 'playwright-core';
import type { Language } from '../../src/domain/text.ts';
import { APPROVAL_TEXTS } from '../../src/customer/approval-texts.ts';
import { approvalCodeTo, hashAt, SIGNER } from '../support/answering.ts';
import { pagesOf } from '../support/pages.ts';
import type { Gallery, Sight } from './every-page.ts';

/** The controller whose contacts may approve. */
export const APPROVING = 8;

/** Opens the page of a change that needs approval, for who may approve. */
async function open(gallery: Gallery, page: Page, language: Language): Promise<void> {
  await page.goto(await gallery.pageOf('replacement', APPROVING, language));
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.waitForLoadState();
}

/** Answers through the link of the controller, as a program. Returns the address of the receipt, and how to end the answer. */
async function answered(gallery: Gallery, language: Language, decision: 'approval' | 'refusal') {
  const { varsel } = gallery;
  const pages = pagesOf(varsel);
  const { pathname } = new URL(await gallery.pageOf('replacement', APPROVING, language));
  const contentHash = await hashAt(pages, pathname);
  let sent = await pages.json(`${pathname}/answer`, { decision, contentHash, ...SIGNER });
  if (decision === 'approval') {
    await varsel.deliver();
    const email = `${language === 'da' ? 'dpo' : 'ciso'}@kunde-${APPROVING}.example`;
    sent = await pages.json(`${pathname}/answer`, { code: approvalCodeTo(varsel, email) });
  }
  const { id } = sent.json();
  const path = `${pathname}/answer/${id}`;
  const end = async () => {
    const how = { explanation: 'Det var en prøve.' };
    await varsel.api('officer').post(`/v1/approvals/${id}/withdraw`).send(how).expect(200);
  };
  return { address: `${varsel.url}${path}`, end };
}

/** The pages on which a controller answers a request for its approval. */
export const APPROVAL_SIGHTS: readonly Sight[] = [
  { name: 'answer', see: open },
  {
    name: 'answer-missing',
    async see(gallery, page, language) {
      await open(gallery, page, language);
      await press(page, APPROVAL_TEXTS[language].submit);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'approval-code',
    async see(gallery, page, language) {
      const words = APPROVAL_TEXTS[language];
      await open(gallery, page, language);
      await page.getByLabel(words.approve).check();
      await page.locator('#answer-name').fill(SIGNER.name);
      await page.locator('#answer-role').fill(SIGNER.role);
      await press(page, words.submit);
      await page.getByLabel(words.code.code).waitFor();
    },
  },
  {
    name: 'approval-code-wrong',
    async see(gallery, page, language) {
      const { code } = APPROVAL_TEXTS[language];
      await page.goto(`${await gallery.pageOf('replacement', APPROVING, language)}/answer`);
      await page.getByLabel(code.code).fill('1234');
      await press(page, code.submit.approval);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'approval',
    async see(gallery, page, language) {
      const { address, end } = await answered(gallery, language, 'approval');
      await page.goto(address);
      await end();
    },
  },
  {
    name: 'approval-stop',
    async see(gallery, page, language) {
      const { address, end } = await answered(gallery, language, 'approval');
      await page.goto(`${address}/stop`);
      await end();
    },
  },
  {
    name: 'approval-stopped',
    async see(gallery, page, language) {
      const { stop } = APPROVAL_TEXTS[language];
      const { address } = await answered(gallery, language, 'approval');
      await page.goto(`${address}/stop`);
      await page.getByRole('checkbox').check();
      await press(page, stop.submit);
    },
  },
  {
    name: 'refusal',
    async see(gallery, page, language) {
      const { address, end } = await answered(gallery, language, 'refusal');
      await page.goto(address);
      await end();
    },
  },
  {
    name: 'refusal-stands',
    async see(gallery, page, language) {
      const { end } = await answered(gallery, language, 'refusal');
      await open(gallery, page, language);
      await end();
    },
  },
  {
    name: 'refusal-withdraw',
    async see(gallery, page, language) {
      const { address, end } = await answered(gallery, language, 'refusal');
      await page.goto(`${address}/withdraw`);
      await end();
    },
  },
  {
    name: 'nominate-missing',
    async see(gallery, page, language) {
      await page.goto(`${await gallery.pageOf('replacement', 1, language)}/nominate`);
      await press(page, APPROVAL_TEXTS[language].nominate.submit);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'nominated',
    async see(gallery, page, language) {
      const { nominate } = APPROVAL_TEXTS[language];
      await page.goto(`${await gallery.pageOf('replacement', 1, language)}/nominate`);
      await page.getByLabel(nominate.name).fill('Anna Holm');
      await page.getByLabel(nominate.email).fill('direktion@kunde-1.example');
      await page.getByLabel(nominate.role).fill('Direktør');
      await press(page, nominate.submit);
      await page.getByText(nominate.received).first().waitFor();
    },
  },
];

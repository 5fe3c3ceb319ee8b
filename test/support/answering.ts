import { expect } from 'vitest';
import type { Controller } from '../../src/db/controllers.ts';
import type { SubProcessor } from '../../src/domain/register.ts';
import type { Page, Pages } from './pages.ts';
import { aControllerOfTwo, mailsTo, wordsOf } from './story.ts';
import type { TestVarsel } from './varsel.ts';

/** How the subjects of mails about approvals can be told apart, in both languages. */
export const APPROVAL_SUBJECTS = {
  code: /kode til at|code for/,
  received: /modtaget jeres godkendelse|received your approval/,
  refused: /at I ikke godkender|that you do not approve/,
  ended: /gælder ikke længere|no longer stands|er trukket tilbage|has been withdrawn/,
} as const;

/** Who approves in a test. */
export const SIGNER = { name: 'Dorthe Persson', role: 'Direktør' } as const;

/** A company with a place in India, which needs the approval of every controller, and gives time to object (C.5, B.2). */
export function inIndia(company: SubProcessor): SubProcessor {
  const india = { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } } as const;
  return { ...company, locations: [...company.locations, india] };
}

/** A controller of two contacts, the first of whom may approve. */
export function withApprover(number: number): Controller {
  const { contacts, ...controller } = aControllerOfTwo(number);
  return { ...controller, contacts: contacts.map((contact, index) => ({ ...contact, mayApprove: index === 0 })) };
}

/** The code in the latest mail to an address that carries one to approve, or to withdraw a refusal. */
export function approvalCodeTo(varsel: TestVarsel, address: string): string {
  const mail = mailsTo(varsel, address, APPROVAL_SUBJECTS.code).at(-1);
  const [, first, second] = /\b(\d{4}) (\d{4})\b/.exec(mail === undefined ? '' : wordsOf(mail)) ?? [];
  if (first === undefined || second === undefined) throw new Error(`no code was mailed to ${address}`);
  return first + second;
}

/** The hash of what a link's page asks to be approved. */
export async function hashAt(pages: Pages, link: string): Promise<string> {
  const page = await pages.get(link);
  const [, hash] = /name="contentHash" value="([0-9a-f]{64})"/.exec(page.body) ?? [];
  if (hash === undefined) throw new Error('the page asks for no approval');
  return hash;
}

/** Approves through a link as a program does: asks for the code, and types the one that was mailed to this address. */
export async function approveThroughLink(
  { varsel, pages }: { varsel: TestVarsel; pages: Pages },
  { link, email }: { link: string; email: string },
): Promise<Page> {
  const contentHash = await hashAt(pages, link);
  const asked = await pages.json(`${link}/answer`, { decision: 'approval', contentHash, ...SIGNER });
  expect(asked.statusCode, asked.body).toBe(202);
  await varsel.deliver();
  return pages.json(`${link}/answer`, { code: approvalCodeTo(varsel, email) });
}

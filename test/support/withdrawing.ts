import { expect } from 'vitest';
import type { Pages } from './pages.ts';
import { mailsTo, wordsOf } from './story.ts';
import type { TestVarsel } from './varsel.ts';

/** How the subjects of mails about a withdrawal can be told apart, in both languages. */
export const WITHDRAWAL_SUBJECTS = {
  code: /kode til at trække|code for withdrawing/,
  requested: /bliver trukket tilbage|is being withdrawn/,
  stopped: /står ved magt|stands$|stands \[/,
} as const;

/** The code in the latest mail to an address that carries one. */
export function codeTo(varsel: TestVarsel, address: string): string {
  const mail = mailsTo(varsel, address, WITHDRAWAL_SUBJECTS.code).at(-1);
  const [, first, second] = /\b(\d{4}) (\d{4})\b/.exec(mail === undefined ? '' : wordsOf(mail)) ?? [];
  if (first === undefined || second === undefined) throw new Error(`no code was mailed to ${address}`);
  return first + second;
}

/** Asks for a code through a link, and for the withdrawal with the code that was mailed to this address. */
export async function requestWithdrawal(
  { varsel, pages }: { varsel: TestVarsel; pages: Pages },
  { link, id, email, explanation }: { link: string; id: string; email: string; explanation?: string },
): Promise<void> {
  const asked = await pages.json(`${link}/${id}/withdraw`, {});
  expect(asked.statusCode, asked.body).toBe(202);
  await varsel.deliver();
  const code = codeTo(varsel, email);
  const requested = await pages.json(`${link}/${id}/withdraw`, { code, explanation: explanation ?? null });
  expect(requested.statusCode, requested.body).toBe(202);
}

import { insertApproverMails } from '../db/officer-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { getProduct } from '../db/products.ts';
import type { Author } from '../domain/author.ts';
import { proposalMail } from '../domain/proposal-mail.ts';
import type { Proposal } from '../domain/proposal.ts';

/**
 * Queues a mail about a proposal to everybody who may approve it and has not proposed it (D60). Of a role for all products nobody is
 * mailed, because a mail is of a product: it waits among their work alone.
 */
export async function tellApprovers(tx: Transaction, proposal: Proposal, by: Author): Promise<void> {
  if (proposal.product === null) return;
  const { name, terms } = await getProduct(tx, proposal.product);
  const mail = proposalMail(proposal, { name, timeZone: terms.timeZone });
  await insertApproverMails(tx, proposal.product, { ...mail, at: by.at, except: by.actor });
}

import { findProposal, insertProposal, lockSameProposal } from '../db/proposals.ts';
import { withoutTrace, type Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { differencesOf, proposalHash, type Proposal } from '../domain/proposal.ts';
import { notFound } from '../domain/refused.ts';
import { carryOut } from './carry-out.ts';
import { locking, planOf, type ProposedAct } from './proposed-act.ts';
import { tellApprovers } from './tell-approvers.ts';

/** How an act is proposed. */
export interface Asked {
  /** The act as the API takes it. */
  readonly wire: unknown;
  /** As which moment an activation is judged (D22). */
  readonly judgedAt: Temporal.Instant;
}

/**
 * Puts an act on record for another person to approve, with what it would do now, and tells by mail those who may approve (D60).
 * It is done first, and rolled back: what would be refused now is refused, with the same code. Where the same waits
 * already and can still be approved, that is the proposal, and nobody is told anew.
 */
export async function propose(
  tx: Transaction,
  act: ProposedAct,
  { wire, judgedAt }: Asked,
  by: Author,
): Promise<{ readonly proposal: Proposal; readonly isNew: boolean }> {
  const planned = await planOf(locking(tx), act, by.at);
  await withoutTrace(tx, () => carryOut(tx, act, { proposedBy: NOBODY, by, judgedAt }));
  const { kind } = act;
  const hash = await proposalHash(kind, wire, planned);
  const waiting = await lockSameProposal(tx, hash, by.at);
  if (waiting !== null && differencesOf(waiting, planned).length === 0) return { proposal: waiting, isNew: false };
  const id = await insertProposal(tx, { kind, act: wire, hash, ...planned }, by);
  const proposal = await findProposal(tx, id);
  if (proposal === null) throw notFound(`proposal ${id}`);
  await tellApprovers(tx, proposal, by);
  return { proposal, isNew: true };
}

/** Who has recorded an approval in what is rolled back: who records and who confirms are two. */
const NOBODY = 'nobody';

import { findChange } from '../db/changes.ts';
import type { Transaction } from '../db/postgres.ts';
import { findProposal, insertProposalDecision, lockProposal, standingOf } from '../db/proposals.ts';
import type { Author } from '../domain/author.ts';
import { isHeld } from '../domain/hold.ts';
import { differencesOf, faultsOf, statusOf, type Proposal } from '../domain/proposal.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { carryOut } from './carry-out.ts';
import { locking, planOf, type ProposedAct } from './proposed-act.ts';
import { withdrawChange } from './withdraw-change.ts';

/** What is approved: the hash of the proposal that was read, and how its act is read. */
export interface Approval {
  readonly hash: string;
  /** Reads the act on record, as the API took it. */
  readonly read: (act: unknown) => ProposedAct;
  /** As which moment an activation is judged (D22). */
  readonly judgedAt: Temporal.Instant;
}

/**
 * Approves a proposal, as another person than who proposed it, and does what it says in the same transaction (D60, D61). In a trial
 * one person may do both, which is on record. Refuses with `not-found`, `proposal-decided`, `proposal-expired`,
 * `second-person-needed`, `proposal-outdated` where something else was read or would happen, and as the act itself is refused.
 */
export async function approveProposal(
  tx: Transaction,
  id: string,
  { hash, read, judgedAt }: Approval,
  by: Author,
): Promise<Proposal> {
  const proposal = await lockPending(tx, id, by);
  const { proposedBy, isProposer, isTrial, mayDecide } = await standingOf(tx, id, by);
  // An approval that an officer records takes two, also in a trial (D42).
  if (isProposer && (!isTrial || proposal.kind === 'approval')) {
    const detail = `${proposal.proposedBy} proposed it: expected another person, found the same one.`;
    throw new Refused('second-person-needed', detail);
  }
  expectToMayDecide(mayDecide);
  if (hash !== proposal.hash) {
    throw refusedAt(
      'hash',
      'proposal-outdated',
      `Expected the hash of what is proposed, ${proposal.hash}, found ${hash}.`,
    );
  }
  const act = read(proposal.act);
  const differences = differencesOf(proposal, await planOf(locking(tx), act, by.at));
  if (differences.length > 0) {
    const detail = 'What would happen now is not what was proposed. Propose it anew.';
    throw new Refused('proposal-outdated', detail, { errors: faultsOf(differences) });
  }
  const made = await carryOut(tx, act, { proposedBy, by, judgedAt });
  await insertProposalDecision(tx, id, { decision: 'approved', made, byOnePerson: isProposer }, by);
  return getProposal(tx, id);
}

/**
 * Rejects a proposal, for a reason: it is not done. Refuses with `not-found`, `proposal-decided`, `proposal-expired`, and
 * `second-person-needed` where the person may not approve by now.
 */
export async function rejectProposal(tx: Transaction, id: string, reason: string, by: Author): Promise<Proposal> {
  await lockPending(tx, id, by);
  expectToMayDecide((await standingOf(tx, id, by)).mayDecide);
  await insertProposalDecision(tx, id, { decision: 'rejected', reason }, by);
  return getProposal(tx, id);
}

/**
 * Cancels a proposal, as who proposed it, before it is decided; or its announcement while that is held, as either of the two, with
 * its change, which nobody is told of (D33). Refuses with `not-found`, `proposal-decided`, `proposal-expired`, and
 * `second-person-needed` for anybody else.
 */
export async function cancelProposal(tx: Transaction, id: string, reason: string, by: Author): Promise<Proposal> {
  const proposal = await lockProposal(tx, id);
  if (proposal === null) throw notFound(`proposal ${id}`);
  const { isProposer, isApprover } = await standingOf(tx, id, by);
  if (!isProposer && !isApprover) {
    const detail = `It is cancelled by who proposed it, ${proposal.proposedBy}, and while its change is held by who approved it. Whoever may approve can reject it.`;
    throw new Refused('second-person-needed', detail);
  }
  if (statusOf(proposal, by.at) === 'approved') await withdrawHeld(tx, proposal, reason, by);
  else refuseDecided(proposal, by.at);
  await insertProposalDecision(tx, id, { decision: 'cancelled', reason }, by);
  return getProposal(tx, id);
}

async function withdrawHeld(tx: Transaction, { kind, decisions }: Proposal, reason: string, by: Author): Promise<void> {
  const made = decisions.at(-1)?.made ?? '';
  const change = kind === 'announcement' ? await findChange(tx, made) : null;
  if (change?.status !== 'announced' || !isHeld(change)) {
    const detail = 'It was approved and done. Only an announcement is cancelled after that, while it is held.';
    throw new Refused('proposal-decided', detail);
  }
  const withdrawn = await withdrawChange(tx, made, { da: reason }, by);
  // The hold may have ended before the lock was ours.
  if (withdrawn.toldSince !== null) {
    throw new Refused(
      'proposal-decided',
      'Its hold has ended: controllers are being told. Withdraw the change instead.',
    );
  }
}

/** A role may have been taken away since the request was let in: while it waited for another decision, or for the last objection. */
function expectToMayDecide(mayDecide: boolean): void {
  if (mayDecide) return;
  throw new Refused(
    'second-person-needed',
    'It is decided by a person who may approve for its product, by the roles of now.',
  );
}

async function lockPending(tx: Transaction, id: string, by: Author): Promise<Proposal> {
  const proposal = await lockProposal(tx, id);
  if (proposal === null) throw notFound(`proposal ${id}`);
  refuseDecided(proposal, by.at);
  return proposal;
}

function refuseDecided(proposal: Proposal, now: Temporal.Instant): void {
  const status = statusOf(proposal, now);
  // What it proposes is refused by its own act then, in words that say why.
  if (status === 'pending' || status === 'superseded') return;
  if (status === 'expired') {
    const detail = `It could be approved until ${proposal.expiresAt.toString()}. Propose it anew.`;
    throw new Refused('proposal-expired', detail);
  }
  throw new Refused('proposal-decided', `${proposal.decisions.at(-1)?.by} has ${status} it already.`);
}

async function getProposal(tx: Transaction, id: string): Promise<Proposal> {
  const found = await findProposal(tx, id);
  if (found === null) throw new Error(`proposal ${id} is on record`);
  return found;
}

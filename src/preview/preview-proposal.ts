import { looking, planOf, type ProposedAct } from '../commands/proposed-act.ts';
import { progressOfOne } from '../db/change-counts.ts';
import { findChange } from '../db/changes.ts';
import type { Queryable } from '../db/postgres.ts';
import { blockersOf, type Blocker } from '../domain/activation.ts';
import type { AnnouncementRefusal } from '../domain/announcement-refusal.ts';
import { activationFacts } from '../domain/change-view.ts';
import { differencesOf, type Difference, type Outcome, type Proposal } from '../domain/proposal.ts';
import { notFound } from '../domain/refused.ts';

/** What approving a proposal would do now (D60). */
export interface ProposalPreview extends Outcome {
  /** In what that differs from what was proposed: with any, it cannot be approved. */
  readonly differences: readonly Difference[];
  /** What an announcement would be refused for. */
  readonly refusals: readonly AnnouncementRefusal[];
  /** What is in the way of an activation. */
  readonly blockers: readonly Blocker[];
}

/** What would happen if a proposal were approved at `now`. Writes nothing, and locks nothing. */
export async function previewProposal(
  db: Queryable,
  proposal: Proposal,
  act: ProposedAct,
  now: Temporal.Instant,
): Promise<ProposalPreview> {
  const { outcome, controllers, refusals = [] } = await planOf(looking(db), act, now);
  return {
    outcome,
    controllers,
    differences: differencesOf(proposal, { outcome, controllers }),
    refusals,
    blockers: act.kind === 'activation' ? await blockersNow(db, act.change, now) : [],
  };
}

async function blockersNow(db: Queryable, id: string, now: Temporal.Instant): Promise<Blocker[]> {
  const change = await findChange(db, id);
  if (change === null) throw notFound(`change ${id}`);
  return blockersOf(activationFacts(change, await progressOfOne(db, id, now)), now);
}

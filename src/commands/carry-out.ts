import { wavesOf } from '../db/activations.ts';
import { findController } from '../db/controllers.ts';
import { idOfGivenRole } from '../db/person-roles.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import { notFound } from '../domain/refused.ts';
import { activateChange } from './activate-change.ts';
import { announceChange } from './announce-change.ts';
import { confirmApproval } from './end-approval.ts';
import { giveRole } from './person-roles.ts';
import type { ProposedAct } from './proposed-act.ts';
import { recordApproval } from './record-approval.ts';
import { resolveObjection } from './resolve-objection.ts';
import { saveProduct } from './save-product.ts';

/** Who does an act that was approved: who proposed it, as the record names them, and who approved it. */
export interface CarriedOutBy {
  readonly proposedBy: string;
  readonly by: Author;
  /** As which moment an activation is judged (D22). */
  readonly judgedAt: Temporal.Instant;
}

/**
 * Does what was proposed, by the same command as without a proposal, which refuses as ever (D61). Who approves does it; of an
 * approval that came in writing, who proposed it has recorded it (D42). Returns the id of what it made.
 */
export async function carryOut(
  tx: Transaction,
  act: ProposedAct,
  { proposedBy, by, judgedAt }: CarriedOutBy,
): Promise<string> {
  const approving: Author = { at: by.at, actor: by.actor, approved: act.kind };
  switch (act.kind) {
    case 'announcement':
      return (await announceChange(tx, act.announcement, approving)).id;
    case 'activation': {
      const { id, scope } = await activateChange(tx, act.change, approving, judgedAt);
      const wave = scope === 'each' ? (await wavesOf(tx, id)).at(-1) : undefined;
      return wave?.id ?? id;
    }
    case 'invalid': {
      const { objection, explanation, mailId } = act;
      return (await resolveObjection(tx, objection, { outcome: 'invalid', explanation, mailId }, approving)).id;
    }
    case 'approval': {
      const { controller, ...received } = act.approval;
      const from = await findController(tx, controller);
      if (from === null) throw notFound(`controller ${controller}`);
      const said = { ...received, changeId: act.change, controllerId: from.id, decision: 'approval' } as const;
      const recorded = await recordApproval(tx, said, { at: by.at, actor: proposedBy });
      return (await confirmApproval(tx, recorded.id, approving)).id;
    }
    case 'role': {
      const { person: personId, role, product } = act;
      await giveRole(tx, personId, { role, products: product === null ? null : [product] }, approving);
      const id = await idOfGivenRole(tx, { personId, role, product });
      if (id === null) throw new Error(`person ${personId} has been given the role ${role}`);
      return id;
    }
    case 'terms': {
      const { reason, ...given } = act.terms;
      return (await saveProduct(tx, { id: act.product, ...given }, approving, reason)).product.id;
    }
  }
}

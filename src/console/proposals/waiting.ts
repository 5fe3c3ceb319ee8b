import { list, preview } from '../../api/proposals.ts';
import type { ProposalKind } from '../../domain/proposal.ts';
import type { Visit } from '../visit.ts';
import type { ShownProposal } from './proposal-shown.ts';

/** How many proposals about one thing a page looks at. */
const LOOKED_AT = 50;

/** The proposals about a thing of this product, or that it came of, the newest first; none for who may not read them. */
export async function proposalsAbout(visit: Visit, subject: string, product: string): Promise<ShownProposal[]> {
  if (!visit.may('proposals:read', product)) return [];
  const { items } = await visit.ask(list, { query: { subject, limit: LOOKED_AT } });
  return items;
}

/**
 * The address of the proposal of this kind that waits and can still be approved: what a page leads to, in the place of proposing the same
 * again. `null` where there is none, and where something has changed since, so that it has to be proposed anew.
 */
export async function waitingOf(
  visit: Visit,
  kind: ProposalKind,
  about: readonly ShownProposal[],
): Promise<string | null> {
  const waiting = about.find((each) => each.kind === kind && each.status === 'pending');
  if (waiting === undefined) return null;
  const { differences } = await visit.ask(preview, { params: { id: waiting.id } });
  return differences.length === 0 ? `/console/proposals/${waiting.id}` : null;
}

/** Who proposed what another person then did to this thing, as the record names them; `null` where one did it alone. */
export function proposerOf(about: readonly ShownProposal[], kind: ProposalKind, made: string): string | null {
  const isOf = ({ decisions }: ShownProposal) => decisions.some((each) => each.made === made);
  return about.find((each) => each.kind === kind && isOf(each))?.proposedBy ?? null;
}

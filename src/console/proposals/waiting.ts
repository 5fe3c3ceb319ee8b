import { list, preview } from '../../api/proposals.ts';
import type { ProposalKind } from '../../domain/proposal.ts';
import type { Language } from '../../domain/text.ts';
import { authorInWords } from '../author-words.ts';
import { fullMomentInWords } from '../times.ts';
import type { Visit } from '../visit.ts';
import { titleOf, type ShownProposal } from './proposal-shown.ts';
import { proposalTextsIn } from './texts.ts';

/** How many proposals about one thing a page looks at. */
const LOOKED_AT = 50;

/** The proposals about a thing of this product, or that it came of, the newest first; none for who may not read them. */
export async function proposalsAbout(visit: Visit, subject: string, product: string): Promise<ShownProposal[]> {
  if (!visit.may('proposals:read', product)) return [];
  // Whoever has several products, and not all, has to say which.
  const { items } = await visit.ask(list, { query: { subject, product, limit: LOOKED_AT } });
  return items;
}

/** The proposals about a person of these products, or of all where it is `null`, as `proposalsAbout`. */
export async function proposalsAboutPerson(
  visit: Visit,
  person: string,
  products: readonly string[] | null,
): Promise<ShownProposal[]> {
  if (products !== null) {
    return (await Promise.all(products.map((product) => proposalsAbout(visit, person, product)))).flat();
  }
  return (await visit.ask(list, { query: { subject: person, limit: LOOKED_AT } })).items;
}

/** A proposal that waits, as the part `/console/views/parts/waiting` tells of it on the page of what it is about. */
export interface WaitingProposal {
  readonly said: string;
  readonly href: string;
  readonly see: string;
}

/** What of these proposals waits for another person. */
export function waitingAmong(about: readonly ShownProposal[], language: Language): WaitingProposal[] {
  const t = proposalTextsIn(language);
  return about
    .filter(({ status }) => status === 'pending')
    .map((each) => ({
      said: t.waits(
        titleOf(each, language),
        authorInWords(each.proposedBy, language),
        fullMomentInWords(each.proposedAt, language),
      ),
      href: `/console/proposals/${each.id}`,
      see: t.see,
    }));
}

/** Of the proposals about a change: what is proposed of this controller's approval. */
export const ofApprovalBy = (about: readonly ShownProposal[], controller: string): ShownProposal[] =>
  about.filter(
    ({ kind, act }) =>
      kind === 'approval' && (act as { approval: { controller: string } }).approval.controller === controller,
  );

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

import { canonicalJson, areEqual } from './canonical-json.ts';
import { mayDiffer } from './expectation.ts';
import { instantText } from './instant.ts';
import type { Role, Scope } from './permission.ts';
import { isContactPerson, type apart } from './persons.ts';
import type { InputFault } from './refused.ts';

/** What can be proposed by one person and approved by another (D60). */
export const PROPOSAL_KINDS = ['announcement', 'activation', 'invalid', 'approval', 'terms', 'role'] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

/** The acts that a product can ask two people for (D61). An approval that an officer records takes two always (D42). */
export const SECOND_PERSON_ACTS = ['announcement', 'activation', 'invalid', 'terms', 'role'] as const;
export type SecondPersonAct = (typeof SECOND_PERSON_ACTS)[number];

/** What who proposes has to be allowed: what doing it alone takes. */
export const SCOPE_OF_PROPOSED = {
  announcement: 'changes:announce',
  activation: 'changes:activate',
  invalid: 'objections:resolve',
  approval: 'approvals:record',
  terms: 'products:write',
  role: 'people:manage',
} as const satisfies Readonly<Record<ProposalKind, Scope>>;

export const PROPOSAL_STATUSES = ['pending', 'approved', 'rejected', 'cancelled', 'expired', 'superseded'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];

/** How long a proposal can be approved, in hours. The guard has it too. */
const HOURS_TO_DECIDE = 168;

/** What would happen to which thing, as a document of JSON. */
export interface Outcome {
  /** What an act would do: for a person to read, and to be the same when it is approved. */
  readonly outcome: unknown;
  /** How many controllers it concerns; `null` where it concerns none in numbers. */
  readonly controllers: number | null;
}

/** What was decided about a proposal. */
export interface ProposalDecision {
  readonly decision: 'approved' | 'rejected' | 'cancelled';
  readonly at: Temporal.Instant;
  readonly by: string;
  /** In words, of what was rejected or cancelled. */
  readonly reason: string | null;
  /** The id of what came of it, of an approval. */
  readonly made: string | null;
  /** Whether one person proposed and approved it, in a trial. */
  readonly byOnePerson: boolean;
}

/** An act that one person has written down, and another has to approve before it is done (D60). */
export interface Proposal extends Outcome {
  readonly id: string;
  readonly kind: ProposalKind;
  /** `null` for all products. */
  readonly product: string | null;
  /** The id of the change, objection or product that it is about; `null` where approving it makes that. */
  readonly subject: string | null;
  /** What was asked for, as the API takes it. */
  readonly act: unknown;
  readonly hash: string;
  readonly proposedAt: Temporal.Instant;
  readonly proposedBy: string;
  readonly expiresAt: Temporal.Instant;
  /** Whether its change is in force or withdrawn, or its objection resolved: there is nothing left to approve. */
  readonly isOvertaken: boolean;
  /** The first one first: one at most, but that what was approved can be cancelled while its change is held (D33). */
  readonly decisions: readonly ProposalDecision[];
}

/** Until when what is proposed at `now` can be approved. */
export const expiryOf = (now: Temporal.Instant): Temporal.Instant => now.add({ hours: HOURS_TO_DECIDE });

/** How a proposal stands at `now`: by its last decision, by what has been done otherwise, or by its time. */
export function statusOf({ decisions, expiresAt, isOvertaken }: Proposal, now: Temporal.Instant): ProposalStatus {
  const undecided = Temporal.Instant.compare(now, expiresAt) < 0 ? 'pending' : 'expired';
  return decisions.at(-1)?.decision ?? (isOvertaken ? 'superseded' : undecided);
}

/**
 * The SHA-256, in hexadecimal digits, of what is proposed (D60): what was asked for, and what that would do. It covers no number of
 * controllers, which may differ a little.
 */
export async function proposalHash(kind: ProposalKind, act: unknown, { outcome }: Outcome): Promise<string> {
  const text = canonicalJson({ format: 'varsel/proposal/1', kind, act, outcome });
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toHex();
}

/** A place in a document where what would happen is another than what was proposed. What is not there is `null`. */
export interface Difference {
  /** Dotted. */
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** In what the outcome of an act differs from what was proposed (D60); none where the proposal can still be approved. */
export function differencesOf(was: Outcome, is: Outcome): Difference[] {
  const isFar = was.controllers !== null && is.controllers !== null && !mayDiffer(was.controllers, is.controllers);
  return [
    ...differencesIn(was.outcome, is.outcome),
    ...(isFar ? [{ path: 'controllers', was: was.controllers, is: is.controllers }] : []),
  ];
}

function differencesIn(was: unknown, is: unknown, path = ''): Difference[] {
  if (areEqual(was ?? null, is ?? null)) return [];
  if (!isDocument(was) || !isDocument(is)) return [{ path, was: was ?? null, is: is ?? null }];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].flatMap((name) => differencesIn(was[name], is[name], path === '' ? name : `${path}.${name}`));
}

const isDocument = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The same differences as faults of a request. */
export const faultsOf = (differences: readonly Difference[]): InputFault[] =>
  differences.map(({ path, was, is }) => ({
    path,
    message: `Proposed was ${canonicalJson(was)}, found ${canonicalJson(is)}`,
  }));

/** Fields of what is proposed that are of persons (D48), beside contact persons. */
const PERSONAL: Readonly<Record<ProposalKind, readonly string[]>> = {
  announcement: [],
  activation: [],
  invalid: ['explanation'],
  approval: ['from', 'statement', 'authority'],
  terms: ['officersAddress'],
  role: ['name'],
};

/** The role that a proposal gives; `null` for any other act. */
export const roleGivenBy = ({ kind, act }: Pick<Proposal, 'kind' | 'act'>): Role | null =>
  kind === 'role' ? (act as { readonly role: Role }).role : null;

/** What of a proposal of this kind is of persons. */
export const isPersonalIn =
  (kind: ProposalKind): Parameters<typeof apart>[1] =>
  (key, holder) =>
    PERSONAL[kind].includes(key) || isContactPerson(key, holder);

/** A proposal as the API shows it. */
export function viewOfProposal(proposal: Proposal, now: Temporal.Instant) {
  const { decisions, proposedAt, expiresAt, isOvertaken: _inStatus, ...rest } = proposal;
  const status = statusOf(proposal, now);
  return {
    ...rest,
    status,
    proposedAt: instantText(proposedAt),
    expiresAt: instantText(expiresAt),
    decisions: decisions.map(({ at, ...decision }) => ({ ...decision, at: instantText(at) })),
  };
}

import type { Role } from '../../domain/permission.ts';
import type { ProposalKind, ProposalStatus } from '../../domain/proposal.ts';
import type { Language } from '../../domain/text.ts';
import type { ProblemCode } from '../../http/problems.ts';

/** The words of the pages about proposals. */
export interface ProposalTexts {
  readonly title: string;
  readonly intro: string;
  readonly propose: string;
  readonly none: string;
  /** Above the list of all of them. */
  readonly all: string;
  /** Of a proposal that waits, on the page of what it is about. */
  readonly waits: (what: string, by: string, at: string) => string;
  readonly see: string;
  readonly filters: { readonly label: string; readonly pending: string; readonly all: string };
  readonly columns: Readonly<Record<'what' | 'product' | 'by' | 'at' | 'status', string>>;
  /** What is proposed: alone, and of a change. */
  readonly kinds: Readonly<Record<ProposalKind, string>>;
  readonly statuses: Readonly<Record<ProposalStatus, string>>;
  readonly facts: Readonly<
    Record<
      | 'product'
      | 'by'
      | 'at'
      | 'until'
      | 'controllers'
      | 'plannedOn'
      | 'hold'
      | 'reason'
      | 'change'
      | 'controller'
      | 'objection'
      | 'explanation'
      | 'writer'
      | 'statement'
      | 'authority'
      | 'received'
      | 'role',
      string
    >
  >;
  readonly noHold: string;
  readonly readObjection: (number: number) => string;
  readonly state: {
    readonly pending: (until: string) => string;
    /** The same, to who may approve it and has not proposed it. */
    readonly yours: (until: string) => string;
    readonly own: string;
    readonly ownInTrial: string;
    readonly notYours: string;
    readonly expired: (until: string) => string;
    readonly superseded: Readonly<Record<'activation' | 'invalid', string>>;
    readonly held: string;
  };
  readonly what: Readonly<Record<'ahead' | 'done' | 'proposed', string>>;
  readonly needs: string;
  readonly comparison: string;
  readonly terms: { readonly heading: string; readonly field: string; readonly from: string; readonly to: string };
  /** What the product's own page has no name for, by its path. */
  readonly termNames: Readonly<Record<string, string>>;
  /** What a difference is in, by the first part of its place. */
  readonly partNames: Readonly<Record<string, string>>;
  readonly changed: {
    readonly heading: string;
    readonly body: string;
    readonly where: string;
    readonly was: string;
    readonly is: string;
  };
  readonly inTheWay: { readonly heading: string; readonly body: string; readonly blockers: string };
  readonly mail: {
    readonly nobody: string;
    readonly heading: string;
    readonly hint: string;
    readonly inLanguage: Readonly<Record<Language, string>>;
  };
  readonly history: string;
  readonly decided: Readonly<Record<'approved' | 'rejected' | 'cancelled', (by: string, at: string) => string>>;
  readonly byOnePerson: string;
  readonly made: string;
  readonly approve: {
    readonly heading: string;
    readonly body: string;
    readonly button: Readonly<Record<ProposalKind, string>>;
  };
  readonly reject: {
    readonly heading: string;
    readonly reason: string;
    readonly hint: string;
    readonly button: string;
  };
  readonly cancel: {
    /** Of the change that an approved proposal has made. */
    readonly heldButton: string;
    readonly heading: string;
    readonly body: string;
    readonly heldBody: string;
    readonly reason: string;
    readonly button: string;
  };
  readonly reasonMissing: string;
  readonly refusals: Partial<Readonly<Record<ProblemCode, string>>>;
  /** Values of documents that are codes, in words. */
  readonly values: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<Role, string>>;
  readonly yes: string;
  readonly no: string;
  readonly nothing: string;
}

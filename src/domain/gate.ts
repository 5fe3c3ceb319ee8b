import { blockersOf, type Blocker } from './activation.ts';
import { shownApprovals, type ShownApprovalState } from './approval-progress.ts';
import type { AnnouncedChange, ChangeProgress } from './change.ts';
import { activationFacts } from './change-view.ts';
import { instantText } from './instant.ts';
import type { Regime } from './regime.ts';

/** Names the fields below: with others it has another name. */
const FORMAT = 'varsel/gate/1';

/** The programs that judged, and their rules. */
export interface Software {
  readonly varsel: string;
  readonly node: string;
  /** The version of the time zones by which deadlines are counted. */
  readonly timeZones: string;
  /** SHA-256 of the names and hashes of all migrations: the tables, and the guards that the database repeats the rules by. */
  readonly migrations: string;
}

/** What the record had when an activation was let through (D20, D54). */
export interface GateFacts {
  readonly format: string;
  /** As things stood at this moment (D22). */
  readonly judgedAt: string;
  /** What was announced, by its hash (D34). */
  readonly contentHash: string | null;
  readonly regime: Regime;
  readonly scope: AnnouncedChange['scope'];
  readonly plannedActivationOn: string;
  readonly controllers: ChangeProgress['controllers'];
  readonly notices: ChangeProgress['notices'];
  /** Of the controllers that count; `null` where no window had opened. */
  readonly latestDeadline: string | null;
  readonly objections: ChangeProgress['objections'];
  readonly answers: ChangeProgress['answers'];
  readonly unreadMails: number;
  readonly untoldContacts: number;
  /** How controllers stood; `null` where the change asks for no approval. */
  readonly approvals: Record<ShownApprovalState, number> | null;
  /** The effective approvals that it rests on, and SHA-256 of their lines `<id> <hash of what they approve>`, in the order of their ids. */
  readonly approvalsHash: { readonly count: number; readonly sha256: string } | null;
  /** The versions of entries that were in the register, of those that the change names. */
  readonly registerVersions: readonly string[];
  /** None: else it would not have been let through. */
  readonly blockers: readonly Blocker[];
  readonly software: Software;
}

/** What the gate saw of a change, as it judged it at `judgedAt`. */
export function gateFacts(
  change: AnnouncedChange,
  progress: ChangeProgress,
  judgedAt: Temporal.Instant,
  rest: Pick<GateFacts, 'approvalsHash' | 'registerVersions' | 'software'>,
): GateFacts {
  return {
    format: FORMAT,
    judgedAt: instantText(judgedAt),
    contentHash: change.contentHash,
    regime: change.regime,
    scope: change.scope,
    plannedActivationOn: change.plannedActivationOn.toString(),
    controllers: progress.controllers,
    notices: progress.notices,
    latestDeadline: progress.latestDeadline && instantText(progress.latestDeadline),
    objections: progress.objections,
    answers: progress.answers,
    unreadMails: progress.unreadMails,
    untoldContacts: progress.untoldContacts.count,
    approvals: progress.approvals && shownApprovals(progress.approvals, change.terms, judgedAt),
    blockers: blockersOf(activationFacts(change, progress), judgedAt),
    ...rest,
  };
}

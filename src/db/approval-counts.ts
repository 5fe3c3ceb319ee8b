import type { ApprovalProgress } from '../domain/approval-progress.ts';

/** The progress of approvals as the database's JSON has it. */
export type ApprovalProgressRow = Omit<ApprovalProgress, 'states' | 'waitingUntil'> & {
  readonly states: readonly (Omit<ApprovalProgress['states'][number], 'askedOn'> & {
    readonly askedOn: string | null;
  })[];
  readonly waitingUntil: string | null;
};

export function toApprovalProgress({ states, waitingUntil, ...progress }: ApprovalProgressRow): ApprovalProgress {
  const instant = (text: string | null) => (text === null ? null : Temporal.Instant.from(text));
  return {
    ...progress,
    states: states.map(({ askedOn, ...counted }) => ({ ...counted, askedOn: instant(askedOn) })),
    waitingUntil: instant(waitingUntil),
  };
}

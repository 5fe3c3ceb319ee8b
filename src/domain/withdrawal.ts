import { instantText } from './instant.ts';

/** How long a withdrawal waits after every contact has been told of it, where its product says nothing else. */
export const WITHDRAWAL_DELAY_HOURS = 24;

/**
 * - `waiting`: every contact is told, and the objection stays pending until `takesEffectAt`.
 * - `carried-out`: the objection is withdrawn.
 * - `stopped`: a contact said that it was not them, or who asked is a contact no longer.
 * - `lapsed`: the objection was resolved in another way.
 */
export const WITHDRAWAL_STATUSES = ['waiting', 'carried-out', 'stopped', 'lapsed'] as const;

/** A withdrawal that a contact has asked for with a code (D31). */
export interface WithdrawalRequest {
  readonly status: (typeof WITHDRAWAL_STATUSES)[number];
  /** The contact that asked, to whom the code was mailed. */
  readonly email: string;
  readonly explanation: string | null;
  /** Hours from when every contact has been told to when it takes effect. */
  readonly delayHours: number;
  readonly requestedAt: Temporal.Instant;
  /** `null` while mails that tell of it are on their way, and once it has ended. */
  readonly takesEffectAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  readonly endedBy: string | null;
}

/** A withdrawal as the API shows it. */
export function viewOfWithdrawal({ requestedAt, takesEffectAt, endedAt, ...request }: WithdrawalRequest) {
  return {
    ...request,
    requestedAt: instantText(requestedAt),
    takesEffectAt: takesEffectAt && instantText(takesEffectAt),
    endedAt: endedAt && instantText(endedAt),
  };
}

/** Why an endpoint is disabled: an admin disabled it, it failed for days, or it responded 410 Gone. */
export const DISABLED_BECAUSE = ['by-admin', 'failing', 'gone'] as const;
export type DisabledBecause = (typeof DISABLED_BECAUSE)[number];
/** The reasons that no person decided, of which `webhook.disabled` tells. */
export type DisabledByFault = Exclude<DisabledBecause, 'by-admin'>;

/** An endpoint that events are delivered to. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** Event types or prefixes of them; see `matchesEventType`. */
  readonly events: readonly string[];
  /** The products whose events it gets; `null` for all products. */
  readonly products: readonly string[] | null;
  readonly description: string | null;
  /** The most attempts per second; `null` for no limit. */
  readonly rateLimit: number | null;
  readonly enabled: boolean;
  readonly disabledAt: Temporal.Instant | null;
  readonly disabledBecause: DisabledBecause | null;
  readonly failingSince: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly createdBy: string;
  readonly secretVersion: number;
  readonly secretRotatedAt: Temporal.Instant | null;
  /** Until when the previous secret signs too. */
  readonly previousSecretUntil: Temporal.Instant | null;
}

/** How long the previous secret signs too after a rotation. */
export const SECRETS_OVERLAP_HOURS = 24;

/** An endpoint counts as failing from the second failure in a row: a retry may cure a single one. */
const FAILURES_TO_REPORT = 2;
const DISABLED_AFTER_DAYS = 5;

/** The health of an endpoint's deliveries. Failed replays and tests do not count. */
export interface WebhookHealth {
  /** Failures in a row, without a success between them. */
  readonly failures: number;
  readonly failingSince: Temporal.Instant | null;
  readonly toldFailingAt: Temporal.Instant | null;
  readonly toldEndingAt: Temporal.Instant | null;
}

export const HEALTHY: WebhookHealth = { failures: 0, failingSince: null, toldFailingAt: null, toldEndingAt: null };

/** The health after one more attempt. */
export function afterAttempt(health: WebhookHealth, succeeded: boolean, at: Temporal.Instant): WebhookHealth {
  if (succeeded) return HEALTHY;
  return { ...health, failures: health.failures + 1, failingSince: health.failingSince ?? at };
}

/** When the endpoint is disabled unless a delivery succeeds before; `null` while it does not fail. */
export function disabledFrom({ failingSince }: WebhookHealth): Temporal.Instant | null {
  return failingSince && failingSince.add({ hours: 24 * DISABLED_AFTER_DAYS });
}

/**
 * The step that is due for an endpoint at `now`: a mail when it begins to fail, a second mail a day before it is disabled,
 * and disabling it after five days without a success.
 */
export function stepDue(
  health: WebhookHealth,
  now: Temporal.Instant,
): 'report-failing' | 'report-ending' | 'disable' | null {
  const end = disabledFrom(health);
  if (end === null || health.failures < FAILURES_TO_REPORT) return null;
  if (Temporal.Instant.compare(now, end) >= 0) return 'disable';
  if (Temporal.Instant.compare(now, end.subtract({ hours: 24 })) >= 0) {
    return health.toldEndingAt === null ? 'report-ending' : null;
  }
  return health.toldFailingAt === null ? 'report-failing' : null;
}

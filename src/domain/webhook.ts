/** Why an endpoint gets nothing for now: an admin said so, it failed for days, or it answered 410 Gone. */
export const DISABLED_BECAUSE = ['by-admin', 'failing', 'gone'] as const;
export type DisabledBecause = (typeof DISABLED_BECAUSE)[number];

/** A place that events are delivered to. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** Event types or prefixes of them; see `asksFor`. */
  readonly events: readonly string[];
  /** The one product whose events it gets; `null` for all. */
  readonly product: string | null;
  readonly description: string | null;
  /** Attempts per second at most; `null` for no limit. */
  readonly rateLimit: number | null;
  readonly enabled: boolean;
  readonly disabledAt: Temporal.Instant | null;
  readonly disabledBecause: DisabledBecause | null;
  readonly failingSince: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly secretVersion: number;
  readonly secretRotatedAt: Temporal.Instant | null;
  /** Until then the secret before signs, too. */
  readonly previousSecretUntil: Temporal.Instant | null;
}

/** After a rotation the secret before signs for so long, too. */
export const SECRETS_OVERLAP_HOURS = 24;

/** One failure is a blip that its retry may mend; from the second in a row on, an endpoint is failing. */
const FAILURES_TO_TELL = 2;
const DISABLED_AFTER_DAYS = 5;

/** How an endpoint's deliveries fare. Replays and tests that fail say nothing of it. */
export interface WebhookHealth {
  /** In a row, without one success between them. */
  readonly failures: number;
  readonly failingSince: Temporal.Instant | null;
  readonly toldFailingAt: Temporal.Instant | null;
  readonly toldEndingAt: Temporal.Instant | null;
}

export const HEALTHY: WebhookHealth = { failures: 0, failingSince: null, toldFailingAt: null, toldEndingAt: null };

/** The health after one more attempt that counts. */
export function afterAttempt(health: WebhookHealth, succeeded: boolean, at: Temporal.Instant): WebhookHealth {
  if (succeeded) return HEALTHY;
  return { ...health, failures: health.failures + 1, failingSince: health.failingSince ?? at };
}

/** When an endpoint that goes on failing is disabled; `null` while it does not fail. */
export function disabledFrom({ failingSince }: WebhookHealth): Temporal.Instant | null {
  return failingSince && failingSince.add({ hours: 24 * DISABLED_AFTER_DAYS });
}

/**
 * What is due about an endpoint at `now`: its people are told when it begins to fail and a day before it is disabled, and
 * it is disabled after five days without one success.
 */
export function dueOf(health: WebhookHealth, now: Temporal.Instant): 'tell-failing' | 'tell-ending' | 'disable' | null {
  const end = disabledFrom(health);
  if (end === null || health.failures < FAILURES_TO_TELL) return null;
  if (Temporal.Instant.compare(now, end) >= 0) return 'disable';
  if (Temporal.Instant.compare(now, end.subtract({ hours: 24 })) >= 0) {
    return health.toldEndingAt === null ? 'tell-ending' : null;
  }
  return health.toldFailingAt === null ? 'tell-failing' : null;
}

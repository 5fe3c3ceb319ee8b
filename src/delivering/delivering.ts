import type pg from 'pg';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { WebhookSecrets } from '../security/webhook-secrets.ts';
import type { WebhookPoster } from '../webhooks/attempt.ts';

/** What the delivering works with. */
export interface Delivering {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly poster: WebhookPoster;
  readonly secretOf: WebhookSecrets;
  readonly log: Log;
  /** How long a claim holds that is not renewed; `LEASE` unless given. */
  readonly lease?: Temporal.DurationLike;
}

import type { RouteHandlerMethod } from 'fastify';
import type pg from 'pg';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { missingMigrations } from '../db/migrations.ts';
import { countMessages } from '../db/messages.ts';
import { countWebhooks } from '../db/webhooks.ts';
import { faultOf, type Clock } from '../domain/clock.ts';
import { Problem } from './problems.ts';

/** What the routes for operators work with. */
export interface HealthDependencies {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** The metrics of the process; the queues' are added here. */
  readonly registry: Registry;
  /** The state of the sending, where this process sends. */
  readonly sendingState?: (() => string) | undefined;
}

/** `/healthz`: the process is alive. */
export function healthz(): RouteHandlerMethod {
  return async () => ({ status: 'ok' });
}

/**
 * `/readyz`: the database can be reached and has every migration, and the clock can be trusted (D29); 503 where not. Paused
 * sending is told and is no reason for a 503: requests are served all the same, and queued messages wait.
 */
export function readyz({ pool, clock, sendingState }: HealthDependencies): RouteHandlerMethod {
  return async () => {
    const errors = [...(await whatIsMissing(pool)), ...clockFaults(clock)];
    if (errors.length > 0)
      throw new Problem('not-ready', 'The service cannot do its work yet: see errors.', { errors });
    return { status: 'ready', ...(sendingState && { sending: sendingState() }) };
  };
}

/** `/metrics`: the process and the queues, for Prometheus. */
export function metrics({ pool, clock, registry }: HealthDependencies): RouteHandlerMethod {
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const waiting = gauge('varsel_messages_waiting', 'Messages that wait to be sent.');
  const inFlight = gauge('varsel_messages_in_flight', 'Messages that a process is sending.');
  const overdue = gauge('varsel_messages_overdue_seconds', 'How long the oldest message that is due has waited.');
  const deliveries = gauge(
    'varsel_webhook_deliveries_waiting',
    'Events that wait to be delivered, to disabled webhooks too.',
  );
  const failing = gauge('varsel_webhooks_failing', 'Webhooks whose last attempts all failed.');
  const disabled = gauge('varsel_webhooks_disabled', 'Webhooks that are disabled.');
  return async (_request, reply) => {
    const messages = await countMessages(pool);
    waiting.set(messages.waiting);
    inFlight.set(messages.inFlight);
    overdue.set(messages.oldestDueAt === null ? 0 : Math.max(0, clock().since(messages.oldestDueAt).total('seconds')));
    const webhooks = await countWebhooks(pool);
    deliveries.set(webhooks.pending);
    failing.set(webhooks.failing);
    disabled.set(webhooks.disabled);
    return reply.type(registry.contentType).send(await registry.metrics());
  };
}

const clockFaults = (clock: Clock) => {
  const fault = faultOf(clock);
  return fault === null ? [] : [{ path: 'clock', message: fault }];
};

async function whatIsMissing(pool: pg.Pool): Promise<{ path: string; message: string }[]> {
  try {
    const missing = await missingMigrations(pool);
    return missing.map((name) => ({ path: 'migrations', message: `${name} has not been applied` }));
  } catch {
    return [{ path: 'database', message: 'The database cannot be reached' }];
  }
}

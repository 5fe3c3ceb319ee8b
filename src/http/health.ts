import type { RouteHandlerMethod } from 'fastify';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { countMessages } from '../db/messages.ts';
import { lastVerification } from '../db/verifications.ts';
import { countWebhooks } from '../db/webhooks.ts';
import { Problem } from './problems.ts';
import { readinessOf, type ReadinessDependencies } from './readiness.ts';

/** What the routes for operators work with. */
export interface HealthDependencies extends ReadinessDependencies {
  /** The metrics of the process; the queues' are added here. */
  readonly registry: Registry;
}

/** `/healthz`: the process is alive. */
export function healthz(): RouteHandlerMethod {
  return async () => ({ status: 'ok' });
}

/**
 * `/readyz`: 503, with each reason, while this process cannot do its work (`readinessOf`). That mail is not taken is told and is
 * none: requests are served all the same, and queued messages wait. Nor is it a reason that the record is not as it was sealed (D53):
 * objections are to be taken all the same.
 */
export function readyz(dependencies: HealthDependencies): RouteHandlerMethod {
  const { sending, pool } = dependencies;
  const faultsNow = readinessOf(dependencies);
  return async () => {
    const errors = await faultsNow();
    if (errors.length > 0)
      throw new Problem('not-ready', 'The service cannot do its work now: see errors.', { errors });
    const last = await lastVerification(pool);
    return {
      status: 'ready',
      ...(sending && { sending: sending.state() }),
      ...(last && { record: last.faults === 0 ? 'as-sealed' : 'not-as-sealed' }),
    };
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

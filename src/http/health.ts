import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { missingMigrations } from '../db/migrations.ts';
import { countMessages } from '../db/messages.ts';
import { countWebhooks } from '../db/webhooks.ts';
import type { ApiDependencies } from './endpoint.ts';
import { PROBLEMS, Problem, type ProblemCode } from './problems.ts';
import { sendProblem } from './errors.ts';

interface ServiceDependencies extends Pick<ApiDependencies, 'pool' | 'clock'> {
  readonly registry: Registry;
  readonly sendingState?: (() => string) | undefined;
}

/**
 * `/healthz` (the process), `/readyz` (database and migrations), `/metrics` (Prometheus) and the pages behind problems. That
 * sending is paused is told and no fault of readiness: requests are answered as well, and what is queued waits.
 */
export function mountService(app: FastifyInstance, { pool, clock, registry, sendingState }: ServiceDependencies): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));

  app.get('/readyz', { schema: { hide: true } }, async () => {
    const errors = await whatIsMissing(pool);
    if (errors.length > 0)
      throw new Problem('not-ready', 'The service cannot do its work yet: see errors.', { errors });
    return { status: 'ready', ...(sendingState && { sending: sendingState() }) };
  });

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
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const counted = await countMessages(pool);
    waiting.set(counted.waiting);
    inFlight.set(counted.inFlight);
    overdue.set(counted.oldestDueAt === null ? 0 : Math.max(0, clock().since(counted.oldestDueAt).total('seconds')));
    const webhooks = await countWebhooks(pool);
    deliveries.set(webhooks.pending);
    failing.set(webhooks.failing);
    disabled.set(webhooks.disabled);
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  app.get<{ Params: { code: string } }>('/problems/:code', { schema: { hide: true } }, async (request, reply) => {
    const { code } = request.params;
    if (!Object.hasOwn(PROBLEMS, code)) return sendProblem(request, reply, 'not-found', 'There is no such problem.');
    const { status, title, explanation } = PROBLEMS[code as ProblemCode];
    return reply
      .type('text/html; charset=utf-8')
      .send(
        `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
          `<title>${code}</title><main><h1>${title}</h1><p><code>${code}</code>, status ${status}</p>` +
          `<p>${explanation}</p></main></html>`,
      );
  });
}

async function whatIsMissing(pool: ApiDependencies['pool']): Promise<{ path: string; message: string }[]> {
  try {
    const missing = await missingMigrations(pool);
    return missing.map((name) => ({ path: 'migrations', message: `${name} has not been applied` }));
  } catch {
    return [{ path: 'database', message: 'The database cannot be reached' }];
  }
}

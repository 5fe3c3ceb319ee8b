import type pg from 'pg';
import type { Log } from '../domain/log.ts';
import { mailReader } from '../inbound/mail-reader.ts';
import { startJobs, type StartedJobs } from '../jobs/schedule.ts';
import { createMailTransport } from '../mail/transport.ts';
import { sendingMetrics } from '../sending/metrics.ts';
import type { Shared } from './shared-parts.ts';
import { atMost } from './stops.ts';

/** How long the jobs may take to finish at a stop. An SMTP time-out lasts longer than a stop may. */
const FINISH_MS = 4_000;
const HANG_UP_MS = 1_000;

/**
 * Starts the jobs, which send notices, deliver events and read the mail that came in. Links in mails begin with `publicUrl`. Adds their stop, and that of
 * the connections to the mail server.
 */
export function startSending(
  shared: Shared & { readonly smtpUrl: string },
  { pool, log, publicUrl }: { readonly pool: pg.Pool; readonly log: Log; readonly publicUrl: string },
): StartedJobs {
  const { config, clock, substitutes, stops, databaseUrl, links, webhooks, addresses, registry, breaker } = shared;
  const transport = createMailTransport({
    smtpUrl: shared.smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    connections: config.smtpConnections,
    requireTls: config.smtpRequireTls,
    dkim: shared.dkim,
  });
  stops.add(() => atMost(HANG_UP_MS, transport.close()));
  const reader = mailReader();
  stops.add(() => reader.stop());
  const jobs = startJobs(
    {
      pool,
      clock,
      transport,
      concurrency: config.smtpConnections,
      returnTo: addresses?.of,
      linkOf: (messageId) => `${publicUrl}/objections/${links.tokenOf(messageId)}`,
      referenceOf: (windowNumber) => shared.marks.references.of(windowNumber),
      poster: webhooks.poster,
      secretOf: webhooks.secretOf,
      reader,
      marks: shared.marks,
      apiUrl: `${publicUrl}/v1`,
      operatorAddress: shared.operatorAddress,
      log,
      ...(substitutes.lease && { lease: substitutes.lease }),
      maxPerSecond: config.smtpMaxPerSecond,
      breaker,
      metrics: sendingMetrics(registry, breaker),
    },
    databaseUrl,
    substitutes.wakes,
  );
  stops.add(() => atMost(FINISH_MS, jobs.stop()));
  return jobs;
}

import type pg from 'pg';
import type { TellingLog } from '../domain/log.ts';
import { mailReader, type MailReader } from '../inbound/mail-reader.ts';
import { MAILS_READ_AT_ONCE, startJobs, type StartedJobs } from '../jobs/schedule.ts';
import { createMailTransport, type MailTransport } from '../mail/transport.ts';
import { sendingMetrics } from '../sending/metrics.ts';
import { originalsOf } from '../sending/originals.ts';
import { mailSettingsOf } from './send-once.ts';
import type { Shared } from './shared-parts.ts';
import { atMost, type Stops } from './stops.ts';

/** How long the jobs may take to finish at a stop. An SMTP time-out lasts longer than a stop may. */
const FINISH_MS = 4_000;
const HANG_UP_MS = 1_000;

/** Makes the transport to the mail server, and adds its stop. Connects to nothing yet. */
export function startTransport({ config, stops }: Shared, smtpUrl: string): MailTransport {
  const transport = createMailTransport({
    ...mailSettingsOf(config, smtpUrl),
    connections: config.smtpConnections,
  });
  stops.add(() => atMost(HANG_UP_MS, transport.close()));
  return transport;
}

/**
 * Starts the jobs of the service, which send notices, deliver events and read the mail that came in, and adds their stop.
 * Links in mails begin with `publicUrl`.
 */
export function startServiceJobs(
  shared: Shared,
  transport: MailTransport,
  { pool, log, publicUrl }: { readonly pool: pg.Pool; readonly log: TellingLog; readonly publicUrl: string },
): StartedJobs {
  const {
    config,
    clock,
    substitutes,
    stops,
    databaseUrl,
    sender,
    mailMarks,
    webhooks,
    addresses,
    registry,
    breaker,
    watch,
    withoutSecrets,
  } = shared;
  const linkBase = `${publicUrl}/objections/`;
  const reader = substitutes.reader ?? startReader(stops);
  const jobs = startJobs(
    {
      pool,
      clock,
      transport,
      concurrency: config.smtpConnections,
      returnTo: addresses?.of,
      sender,
      linkBase,
      ...mailMarks,
      poster: webhooks.poster,
      secretOf: webhooks.secretOf,
      reader,
      marks: shared.marks,
      withoutSecrets,
      originalOf: originalsOf({ pool, from: config.mailFrom, linkBase, ...mailMarks, clock, log }),
      apiUrl: `${publicUrl}/v1`,
      publicUrl,
      operatorAddress: shared.operatorAddress,
      log,
      ...(substitutes.lease && { lease: substitutes.lease }),
      keepsConnections: substitutes.keepsConnections ?? false,
      maxPerSecond: config.smtpMaxPerSecond,
      breaker,
      watch,
      giveUp: substitutes.giveUp ?? ((reason) => log.error({}, reason)),
      metrics: sendingMetrics(registry, breaker, transport),
      registry,
      sealKeys: shared.sealKeys,
      sealing: shared.sealing,
      timeStampUrl: config.timeStampUrl,
    },
    databaseUrl,
    substitutes.wakes,
  );
  stops.add(() => atMost(FINISH_MS, jobs.stop()));
  return jobs;
}

function startReader(stops: Stops): MailReader {
  const reader = mailReader({ threads: MAILS_READ_AT_ONCE });
  stops.add(() => reader.stop());
  return reader;
}

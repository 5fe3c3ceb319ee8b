import './require-node-26.cjs';
import { readConfig, type Config } from './config/config.ts';
import { systemClock, type Clock } from './domain/clock.ts';
import { earliestPlannedActivation } from './domain/objection-window.ts';
import { startService, type Service } from './service.ts';

/** A stop that hangs is ended by force before whoever sent the signal does it. */
const STOP_WITHIN_MS = 9_500;

/** What went wrong, for a person: the first message that says something, without a stack. */
function inWords(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return inWords(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const config = readConfig();
  const clock = systemClock(config.clockOffset);
  let stopping: Promise<void> | null = null;
  const starting = startService(config, clock);
  const stop = () => {
    stopping ??= (async () => {
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      await (await starting).stop();
      process.exit(0);
    })();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const service = await starting;
  process.stdout.write(greeting(service, config, clock));
}

function greeting(service: Service, config: Config, clock: Clock): string {
  if (config.role === 'worker') return `\nVarsel is running, as a worker.\n\n  Health   ${service.url}/readyz\n\n`;
  const { publicUrl: url } = service;
  const lines = ['', `Varsel is running.`, '', `  API      ${url}/v1`, `  Docs     ${url}/docs`];
  if (service.mailboxUrl !== null) lines.push(`  Mailbox  ${service.mailboxUrl}`);
  if (service.inbound !== null) lines.push(`  Inbound  ${service.inbound.url} (…@${service.inbound.domain})`);
  if (service.generatedApiKey !== null) lines.push(`  API key  ${service.generatedApiKey}`);
  if (!config.clockOffset.blank)
    lines.push(`  Clock    ${clock().toString()} (CLOCK_OFFSET=${config.clockOffset.toString()})`);
  if (!config.production) {
    const key = service.generatedApiKey ?? '$ADMIN_API_KEY';
    lines.push('', 'Announce a change to the example controllers:', '', exampleCall(url, key, clock()));
  }
  return `${lines.join('\n')}\n\n`;
}

function exampleCall(url: string, key: string, now: Temporal.Instant): string {
  const terms = { objectionWindowDays: 10, timeZone: 'Europe/Copenhagen', rollForward: false };
  const body = {
    product: 'truetalk',
    kind: 'addition',
    subProcessor: {
      name: 'Nordlys Hosting ApS',
      registrationNumber: '40000001',
      address: 'Havnegade 1, 8000 Aarhus C',
      country: 'DK',
      contactPerson: { name: 'Signe Lund', email: 'privacy@nordlys.example' },
      processing: { da: 'Drift af servere til opkaldshistorik', en: 'Hosting of servers for call history' },
      personalData: { da: 'Navn, telefonnummer og opkaldshistorik', en: 'Name, telephone number and call history' },
      locations: [{ country: 'DK', transferBasis: null }],
    },
    reason: { da: 'Driften samles hos én leverandør', en: 'Operations are gathered at one supplier' },
    plannedActivationOn: earliestPlannedActivation(now, terms).toString(),
  };
  return [
    `curl -sS -X POST ${url}/v1/changes \\`,
    // Double quotes: a key that is configured is named by its variable.
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body, null, 2)}'`,
  ].join('\n');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Varsel could not start. ${inWords(error)}\n`);
  process.exit(1);
}

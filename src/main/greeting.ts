import type { Config } from '../config/config.ts';
import { earliestPlannedActivation } from '../domain/objection-window.ts';
import type { Service } from '../service.ts';

const LABEL_WIDTH = 9;

/**
 * What a start prints, as one block: where everything is, and outside production a link that signs in once, and a call to try.
 */
export function greeting(
  service: Service,
  config: Config,
  { signIn, now }: { readonly signIn: string | null; readonly now: Temporal.Instant },
): string {
  if (config.role === 'worker') {
    return block(`Varsel is running, as a worker.${trialLine(config)}`, [['Health', `${service.url}/readyz`]]);
  }
  const { publicUrl: url, mailboxUrl, inbound, generatedApiKey } = service;
  const addresses: [string, string][] = [
    ['Console', `${url}/console`],
    ['API', `${url}/v1`],
    ['Docs', `${url}/docs`],
    ['Register', `${url}/register/${config.production ? '{product}' : 'truetalk'}`],
  ];
  if (mailboxUrl !== null) addresses.push(['Mailbox', mailboxUrl]);
  if (inbound !== null) addresses.push(['Inbound', `${inbound.url} (…@${inbound.domain})`]);
  // Signs in by itself, once.
  if (signIn !== null) addresses.push(['Sign in', signIn]);
  if (generatedApiKey !== null) addresses.push(['API key', generatedApiKey]);
  if (!config.clockOffset.blank)
    addresses.push(['Clock', `${now.toString()} (CLOCK_OFFSET=${config.clockOffset.toString()})`]);
  const found = block(`Varsel is running.${trialLine(config)}`, addresses);
  if (config.production) return found;
  const call = exampleCall(url, generatedApiKey ?? '$ADMIN_API_KEY', now);
  return `${found}Announce a change to the example controllers:\n\n${call}\n\n`;
}

/** The line that says that a process is a trial, and whom its mails reach. */
function trialLine({ production, smtpUrl }: Config): string {
  if (production) return '';
  const mails = smtpUrl === null ? 'mails go to its own mailbox and to nobody else' : 'mails go out by SMTP_URL';
  return `\nThis is a trial and not production: it has example controllers, and ${mails}.`;
}

function block(title: string, rows: readonly (readonly [string, string])[]): string {
  return `\n${title}\n\n${rows.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)}${value}\n`).join('')}\n`;
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
    // Double quotes, because a configured key is named by its variable.
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body, null, 2)}'`,
  ].join('\n');
}

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest, the longest first, so that none of them is begun last while the other workers have nothing left to do. */
const LONGEST = [
  'journeys/process',
  'journeys/every-page',
  'journeys/every-console-page-in-a-browser',
  'journeys/every-mail',
  'journeys/console-mishaps-in-a-browser',
  'console/every-form-is-kept',
  'customer/withdrawing',
  'jobs/keep-retention',
  'commands/concurrency',
  'journeys/trial-and-production',
  'customer/approving',
  'journeys/scanner',
  'sending/send-messages',
  'journeys/webhooks-after-a-crash',
  'journeys/clocks',
  'db/database-roles',
  'customer/rate-limits',
  'api/mails',
  'db/change-counts',
  'journeys/proof-of-arrival',
  'api/objections',
  'inbound/read-mails',
  'evidence/verify-script',
  'journeys/reference',
  'journeys/customer-in-a-browser',
  'embedded/postgres',
  'inbound/corpus',
  'embedded/mailbox',
  'journeys/very-many-controllers',
  'journeys/written-answer',
  'inbound/listener',
  'journeys/secrets-in-logs',
  'journeys/arrival-sequences',
  'journeys/console-change-in-a-browser',
  'commands/fan-out',
  'api/changes',
  'journeys/everybody-is-erased',
  'api/persons',
  'journeys/silent-database',
  'journeys/console-settings-in-a-browser',
  'customer/customer-link',
  'journeys/bounced-notice',
  'journeys/readme',
  'db/hostile-dml',
  'delivering/deliver-webhooks',
  'api/bounces',
  'evidence/seal-record',
  'sending/several-processes',
  'journeys/approvals',
  'console/inbox',
  'journeys/console-announcing-in-a-browser',
  'db/kept-rows',
  'journeys/deadlines',
  'journeys/console-proposals-in-a-browser',
  'journeys/agreement-ended',
  'journeys/console-story-in-a-browser',
  'journeys/killed-while-receiving',
  'journeys/console-inbox-in-a-browser',
  'journeys/activating-kinds',
  'journeys/newer-schema',
  'journeys/information',
  'api/lists',
  'db/withdrawal-guards',
  'mail/connections',
  'journeys/console-people-in-a-browser',
  'sending/many-senders',
  'db/connection-limits',
  'journeys/console-passkeys-in-a-browser',
  'console/announcing/announcing',
  'api/controller-import',
  'mail/transport-faults',
  'inbound/listener-limits',
  'journeys/console-openid-in-a-browser',
  'console/openid',
];

/** Runs the longest files first and the pure ones last; the others follow one another by name. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => placeOf(a) - placeOf(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

function placeOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'pure') return LONGEST.length + 1;
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}

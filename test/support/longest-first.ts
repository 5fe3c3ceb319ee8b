import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest, so that none of them is begun last while the other workers have nothing left to do. */
const LONGEST = [
  'journeys/process',
  'journeys/clocks',
  'journeys/approvals',
  'journeys/every-page',
  'journeys/every-mail',
  'journeys/customer-in-a-browser',
  'journeys/console-passkeys-in-a-browser',
  'journeys/console-announcing-in-a-browser',
  'journeys/console-people-in-a-browser',
  'journeys/console-mishaps-in-a-browser',
  'console/every-form-is-kept',
  'journeys/scanner',
  'customer/withdrawing',
  'console/passkeys',
  'evidence/verify-script',
  'commands/concurrency',
  'journeys/silent-database',
  'db/connection-limits',
  'inbound/listener',
  'sending/several-processes',
  'journeys/webhooks-after-a-crash',
  'sending/send-messages',
  'mail/transport-faults',
  'journeys/trial-and-production',
  'embedded/postgres',
  'journeys/newer-schema',
  'console/announcing/announcing',
  'api/controller-import',
  'journeys/very-many-controllers',
  'inbound/corpus',
  'inbound/listener-limits',
  'delivering/deliver-webhooks',
  'journeys/killed-while-receiving',
  'journeys/arrival-sequences',
  'jobs/keep-retention',
  'db/rows-of-person',
  'api/persons',
  'journeys/everybody-is-erased',
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

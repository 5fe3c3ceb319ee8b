import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';

/** Tells the operator that the nightly job could not empty what is over in these tables (D51), so that it is kept for too long. */
export async function tellOfFailedRetention(
  tx: Transaction,
  tables: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  await insertOperatorMail(tx, {
    kind: 'retention-failed',
    subject: 'What is of persons could not be emptied although its time is over',
    body: [
      'The nightly job failed at these tables:',
      '',
      ...tables.map((table) => `- ${table}`),
      '',
      'Their rows tell of persons for longer than docs/retention.md says. The log has each error at this time. The job tries again the',
      'next night, and writes again if it fails again; varsel_retention_failed in /metrics is 1 until it succeeds.',
    ].join('\n'),
    at,
  });
}

import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import { insertVerification, type PastVerification } from '../db/verifications.ts';

/** So many faults stand in the mail; the log has more. */
const FAULTS_IN_MAIL = 20;

/**
 * Records that the record was verified (D53). Where faults were found, the operator gets a mail with the first of them: rows by their
 * keys, and nothing that a row says of persons.
 */
export async function recordVerification(
  tx: Transaction,
  verification: PastVerification,
  { summary, messages }: { readonly summary: string; readonly messages: readonly string[] },
): Promise<void> {
  await insertVerification(tx, verification);
  if (verification.faults === 0) return;
  const shown = messages.slice(0, FAULTS_IN_MAIL);
  const others = verification.faults - shown.length;
  await insertOperatorMail(tx, {
    kind: 'record-altered',
    subject: `The record is not as it was sealed: ${verification.faults} faults`,
    body: [
      summary,
      '',
      ...shown.map((message) => `- ${message}`),
      ...(others > 0 ? [`… and ${others} more. The log has the first of them.`] : []),
      '',
      'Somebody has changed the database past the application, or a disk has. Keep it as it is, and verify a copy with',
      '`npm run verify`, with a checkpoint that somebody outside has kept. docs/evidence.md says what each fault means.',
    ].join('\n'),
    at: verification.endedAt,
  });
}

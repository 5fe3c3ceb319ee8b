import { rows, type Transaction } from './postgres.ts';

/** Queues a mail to the company itself (`MAIL_REPLY_TO`): plain text, in English like the log. Sent after the commit. */
export async function insertOperatorMail(
  tx: Transaction,
  mail: { kind: string; subject: string; body: string; at: Temporal.Instant },
): Promise<void> {
  await rows(
    tx,
    `insert into operator_mails (kind, subject, body, created_at, next_attempt_at) values ($1, $2, $3, $4, $4)`,
    [mail.kind, mail.subject, mail.body, mail.at],
  );
}

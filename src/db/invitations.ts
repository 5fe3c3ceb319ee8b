import type { Author } from '../domain/author.ts';
import { rows, type Transaction } from './postgres.ts';

/** Queues the mail that carries a link to sign in with. Sent after the commit, whatever else waits. */
export async function insertInvitationMail(
  tx: Transaction,
  mail: { linkId: string; recipient: string; subject: string; body: string },
  by: Author,
): Promise<void> {
  await rows(
    tx,
    `insert into operator_mails (kind, subject, body, recipient, sign_in_link_id, created_at, next_attempt_at)
     values ('invitation', $1, $2, $3, $4, $5, $5)`,
    [mail.subject, mail.body, mail.recipient, mail.linkId, by.at],
  );
}

/** Ends every link of a person that is still good, and sends no mail that would carry one. */
export async function endInvitations(tx: Transaction, personId: string, now: Temporal.Instant): Promise<void> {
  await rows(
    tx,
    'update sign_in_links set expires_at = $2 where person_id = $1 and used_at is null and expires_at > $2',
    [personId, now],
  );
  await rows(
    tx,
    `update operator_mails m set status = 'failed', last_error = 'the invitation has ended', lease_id = null, leased_until = null
     from sign_in_links l where l.id = m.sign_in_link_id and l.person_id = $1 and m.status = 'pending'`,
    [personId],
  );
}

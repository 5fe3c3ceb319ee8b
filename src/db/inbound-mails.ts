import type { InboundMail, InboundVerdict } from '../domain/inbound-mail.ts';
import { row, rows, type Transaction } from './postgres.ts';

/** Keeps a mail byte for byte. One that is there already is kept once. */
export async function insertContent(tx: Transaction, sha256: Buffer, raw: Buffer): Promise<void> {
  await rows(tx, 'insert into inbound_contents (sha256, raw) values ($1, $2) on conflict do nothing', [sha256, raw]);
}

/** Records that a mail came for a message, and what it was judged to be. Returns its id; `null` when it came before. */
export async function insertInboundMail(
  tx: Transaction,
  messageId: string,
  sha256: Buffer,
  mail: Omit<InboundMail, 'raw'>,
  { takenAs, knownBy }: InboundVerdict,
): Promise<string | null> {
  const saved = await row<{ id: string }>(
    tx,
    `insert into inbound_mails (message_id, sha256, sent_to, envelope_from, remote_address, received_at, taken_as, known_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (message_id, sha256) do nothing returning id`,
    [messageId, sha256, mail.sentTo, mail.envelopeFrom, mail.remoteAddress, mail.receivedAt, takenAs, knownBy],
  );
  return saved && saved.id;
}

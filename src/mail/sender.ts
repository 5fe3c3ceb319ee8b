import addressparser from 'nodemailer/lib/addressparser';
import { envelopeAddressOf, isAsciiMailAddress } from '../domain/email-address.ts';
import type { DkimSigner } from './dkim.ts';
import { ENCODERS } from './encoders.ts';

export interface SenderSettings {
  /** `Name <address>` or an address alone; the same for `replyTo`. */
  readonly from: string;
  readonly replyTo: string;
  readonly dkim?: DkimSigner | null;
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Who our mails are from. */
export interface Sender {
  /** The envelope's sender of a mail that has no other. */
  readonly address: string;
  /** The From field, and the Reply-To of a mail that has no other. */
  readonly from: string;
  readonly replyTo: string;
  /** The domain of Message-IDs. */
  readonly domain: string;
  readonly dkim: DkimSigner | null;
}

/** Throws when `from` or `replyTo` holds no usable address. */
export function senderOf(settings: SenderSettings): Sender {
  const [from, replyTo] = [mailboxIn(settings.from, 'from'), mailboxIn(settings.replyTo, 'replyTo')];
  return {
    address: from.address,
    from: `From: ${mailboxValue(from)}`,
    replyTo: `Reply-To: ${mailboxValue(replyTo)}`,
    domain: from.address.slice(from.address.indexOf('@') + 1),
    dkim: settings.dkim ?? null,
  };
}

/** A mailbox as a field of addresses has it. */
export function mailboxValue({ name, address }: Mailbox): string {
  return `${ENCODERS['display-name-1'](ENCODERS['line-1'](name))}<${envelopeAddressOf(address)}>`;
}

/** The fields with which a mail begins: who wrote it to whom, and which it is. `to` and `replyTo` are values of their fields. */
export function firstFields(
  sender: Sender,
  {
    to,
    messageId,
    replyTo,
  }: { readonly to: string; readonly messageId: string; readonly replyTo?: string | undefined },
): string {
  return [
    sender.from,
    `To: ${to}`,
    replyTo === undefined ? sender.replyTo : `Reply-To: ${replyTo}`,
    `Message-ID: <${messageId}@${sender.domain}>`,
    `X-Notice-Id: ${messageId}`,
  ].join('\r\n');
}

/** A finished mail with its signature on top, where we sign. */
export async function signed(
  sender: Sender,
  mail: string,
): Promise<{ readonly content: string; readonly dkim: string | null }> {
  const dkim = sender.dkim && (await sender.dkim.signatureOf(mail));
  return { content: (dkim ?? '') + mail, dkim };
}

function mailboxIn(value: string, setting: string): Mailbox {
  const [mailbox, ...more] = addressparser(value, { flatten: true });
  if (!mailbox || more.length > 0 || !isAsciiMailAddress(mailbox.address)) {
    throw new Error(`The mail setting "${setting}" holds no usable e-mail address: ${JSON.stringify(value)}`);
  }
  return mailbox;
}

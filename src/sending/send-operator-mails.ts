import { randomUUID } from 'node:crypto';
import { leasesOf, whileHeld, type Claim } from '../concurrency/leases.ts';
import { claimOperatorMail, recordOperatorMail, renewOperatorMails } from '../db/operator-mails.ts';
import { composeOperatorMail } from '../mail/operator-mail.ts';
import { signed } from '../mail/sender.ts';
import { nextAttemptAt } from './retry-schedule.ts';
import type { Sending } from './sending.ts';

/** After the end of the messages' schedule, a mail is tried again at this interval. */
const LAST_INTERVAL = { hours: 8 };

/**
 * Sends the mails to the company itself that are due, one by one: to officers, to who is invited to sign in, or else to the
 * operator's `address`.
 */
export async function sendOperatorMails(
  {
    pool,
    clock,
    transport,
    sender,
    log,
    lease,
    signInSecretOf,
  }: Pick<Sending, 'pool' | 'clock' | 'transport' | 'sender' | 'log' | 'lease' | 'signInSecretOf'>,
  { address, publicUrl }: { readonly address: string; readonly publicUrl: string },
  signal: AbortSignal,
): Promise<void> {
  const leases = leasesOf<Claim>({
    clock,
    length: lease,
    renewal: (claims, until) => renewOperatorMails(pool, claims, until),
    failed: (error) => log.warn({ err: error }, 'the lease of a mail to the company was not renewed'),
  });
  while (!signal.aborted) {
    const [now, leasedUntil] = [clock(), leases.end()];
    const mail = await claimOperatorMail(pool, { now, leaseId: randomUUID(), leasedUntil });
    if (mail === null) return;
    const to = mail.recipient ?? address;
    const about = { messageId: mail.id, to: { name: '', address: to }, at: now };
    const { outcome, response } = await whileHeld(leases, mail, leasedUntil, async () => {
      const { signInLinkId, page } = mail;
      const path = signInLinkId === null ? page : `/console/sign-in/${signInSecretOf(signInLinkId)}`;
      const composed = composeOperatorMail(sender, about, { ...mail, link: path && `${publicUrl}${path}` });
      const { content } = await signed(sender, composed);
      return transport.send({ messageId: mail.id, to, returnPath: sender.address, content });
    });
    const at = clock();
    const { attempts } = mail;
    // By the messages' schedule, but without an end: an alarm is given up only where it was refused for good.
    const isOver = outcome === 'accepted' || outcome === 'failed';
    const next = isOver
      ? null
      : (nextAttemptAt(outcome, { attempts, deferrals: attempts }, at) ?? at.add(LAST_INTERVAL));
    await recordOperatorMail(pool, mail, { accepted: outcome === 'accepted', response, at, nextAttemptAt: next });
    if (outcome !== 'accepted') log.warn({ mail: mail.id, outcome, response }, 'a mail to the company was not taken');
    // A fault of our own side concerns every mail.
    if (outcome === 'deferred') return;
  }
}

import type { RecipientReport } from '../domain/delivery-report.ts';
import type { ReadMail } from './read-mail.ts';
import { recipientAndDisposition, statusIn } from './report-fields.ts';
import { reportTextOf } from './report-text.ts';

/** By what a filter (Sieve's `reject`, RFC 5429) is told from a mail program that says its user deleted the mail unread. */
const REFUSED =
  /\breject|\brefus|\bdeclined?\b|\bafvis|\bavvis|abgelehnt|abgewiesen|zurückgewiesen|\bnicht angenommen|\brechaz|\brifiut|geweigerd|odrzucon/i;
const READ_RECEIPT = /without being read|not read|uden at (?:være|blive) læst|ulæst|ungelesen|oläst/i;

/**
 * A filter's refusal that comes as a disposition notification: `automatic-action/…; deleted`, with an error or with words that
 * say so. `null` for a receipt of a mail program, whatever its user did with the mail.
 */
export function refusalIn(mail: ReadMail): RecipientReport | null {
  for (const { contentType, text } of mail.reports) {
    if (!contentType.endsWith('disposition-notification')) continue;
    const { recipient, original, disposition, error } = recipientAndDisposition(text);
    if (!/^automatic-action\/.{0,60};\s{0,10}(?:deleted|denied|failed)\b/i.test(disposition)) continue;
    const { flat } = reportTextOf(mail.text);
    const words = [mail.headers['auto-submitted'] ?? '', mail.subject, flat].join(' ').slice(0, 2_000);
    const isError = error !== null || /\/(?:error|failure)\b/i.test(disposition);
    if (!isError && (READ_RECEIPT.test(words) || !REFUSED.test(words))) continue;
    const diagnostic = [error, flat.slice(0, 1_000)].filter((part) => part !== null && part !== '').join(' ') || null;
    return {
      action: 'failed',
      status: statusIn(diagnostic ?? ''),
      diagnostic,
      recipients: [...new Set([original, recipient].filter((address) => address !== null))],
      originalRecipient: original,
      finalRecipient: recipient,
    };
  }
  return null;
}

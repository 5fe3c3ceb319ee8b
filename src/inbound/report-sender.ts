import type { ReadMail } from './read-mail.ts';

/**
 * Who may have sent a mail, as far as its reports are believed.
 * - `daemon`: nobody but a mail system has this name, or makes a `multipart/report`.
 * - `perhaps`: the null sender, or `postmaster`. Persons have these too: of a redirected mail, or as their own address.
 * - `nobody`: a sender as any other.
 */
export type ReportSender = 'daemon' | 'perhaps' | 'nobody';

const DAEMON =
  /^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|mail[-_.]delivery[-_.](?:system|subsystem|service)|microsoftexchange[0-9a-f]{0,64})(?:@|$)/i;
const DAEMON_NAME = /\bmail(?:er)?[- ](?:deliver(?:y)?[- ])?(?:system|subsystem|service|daemon)\b/i;
const POSTMASTER = /^(?:post[-_]?master|poostmaster|ndr|system[-_. ]?administrator)(?:@|$)/i;

/** Some gateways replace the null sender, so the mail's own sender counts, too. */
export function senderOfReport({ from, headers }: ReadMail, hasNullSender: boolean): ReportSender {
  const isReport = /^multipart\/report\b/i.test(headers['content-type'] ?? '');
  // Abuse reports and receipts come from programs that are no mail systems.
  const isOther = /report-type="?(?:feedback-report|disposition-notification)/i.test(headers['content-type'] ?? '');
  const hasNoPoster = /(?:^|\s)<>/.test(headers['from'] ?? '');
  if (DAEMON.test(from.email ?? headers['from'] ?? '') || hasNoPoster || (isReport && !isOther)) return 'daemon';
  const isNamedDaemon = DAEMON_NAME.test(headers['from'] ?? '');
  if (headers['x-failed-recipients'] !== undefined || (isNamedDaemon && hasNullSender)) return 'daemon';
  if (hasNullSender || headers['return-path'] === '<>' || isNamedDaemon || POSTMASTER.test(from.email ?? ''))
    return 'perhaps';
  return 'nobody';
}

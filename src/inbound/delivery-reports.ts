import type { RecipientReport } from '../domain/delivery-report.ts';
import {
  expiredEnvelopes,
  isCertainlyOver,
  isOfPerson,
  reasonsIn,
  reportsInWords,
  wordedReport,
} from './prose-reports.ts';
import type { ReadMail } from './read-mail.ts';
import { recipientsInFields, statusIn } from './report-fields.ts';
import { refusalIn } from './refusals.ts';
import { senderOfReport } from './report-sender.ts';

/** What a mail reports of its recipients, and by what it was recognised as a report. */
export interface FoundReports {
  readonly knownBy: string;
  readonly reports: readonly RecipientReport[];
}

/** Fields of a report in the text stand above the message that it returns. */
const LONGEST_FIELDS = 20_000;
/** A message of ours has one recipient, and an alias some tens. */
const MAX_REPORTS = 200;

/**
 * Reads what a mail reports about the delivery of a message. Reads the fields of RFC 3464 where there are some, in a part of
 * their own or in the text; otherwise a filter's refusal (RFC 5429), the `X-Failed-Recipients` header of Exim and Gmail, or the
 * words of mail systems. A report without `Diagnostic-Code` has its reason from the text. `null` for a mail that is no report,
 * or one that is not understood.
 */
export function deliveryReportsIn(mail: ReadMail, hasNullSender: boolean): FoundReports | null {
  const refusal = refusalIn(mail);
  if (refusal !== null) return { knownBy: 'RFC 5429', reports: [refusal] };
  const sender = senderOfReport(mail, hasNullSender);
  if (sender === 'nobody' || (sender === 'perhaps' && isOfPerson(mail))) return null;
  const standard = mail.reports
    .filter(({ contentType }) => contentType.endsWith('delivery-status'))
    .flatMap(({ text }) => recipientsInFields(text));
  if (standard.length > 0) return { knownBy: 'RFC 3464', reports: explained(mail, standard) };
  const worded = wordedReport(mail, sender);
  const inText = sender === 'daemon' || worded !== null ? recipientsInFields(mail.text.slice(0, LONGEST_FIELDS)) : [];
  if (inText.length > 0) return { knownBy: 'RFC 3464 in the text', reports: explained(mail, inText) };
  const failed = mail.headers['x-failed-recipients'];
  if (failed !== undefined && isCertainlyOver(mail)) {
    const recipients = failed.split(',', MAX_REPORTS).map((address) => address.trim());
    return { knownBy: 'X-Failed-Recipients', reports: explained(mail, reportsInWords(mail, 'failed', recipients)) };
  }
  return worded && { knownBy: worded.knownBy, reports: explained(mail, reportsInWords(mail, worded.action)) };
}

/** The reports with the reasons that stand in the text alone, and with OpenSMTPD's last report as the failure that it is. */
function explained(mail: ReadMail, reports: readonly RecipientReport[]): RecipientReport[] {
  const expired = expiredEnvelopes(mail);
  const reasonFor = reasonsIn(mail, reports.length);
  return reports.slice(0, MAX_REPORTS).map((report) => {
    const diagnostic = report.diagnostic ?? reasonFor(report.recipients);
    const status = report.status ?? statusIn(diagnostic ?? '');
    const isExpired = report.recipients.some((address) => expired.has(address.toLowerCase()));
    return { ...report, action: isExpired ? 'failed' : report.action, status, diagnostic };
  });
}

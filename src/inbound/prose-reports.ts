import type { RecipientReport, ReportedAction } from '../domain/delivery-report.ts';
import type { ReadMail } from './read-mail.ts';
import { statusIn } from './report-fields.ts';
import type { ReportSender } from './report-sender.ts';
import { hasSmtpReply, reasonInWords, recipientsInWords, reportTextOf } from './report-text.ts';
import { DELAYED_SUBJECT, DELAYED_TEXT, FAILURES, FINAL_TEXT, REPORT_SUBJECT } from './report-wordings.ts';

/** What a mail says in the words of a mail system. */
export interface WordedReport {
  readonly knownBy: string;
  readonly action: ReportedAction;
}

/** A person's reply, or a report that a person has passed on. */
const REPLY_SUBJECT = /^(?:re|sv|vs|aw|antw|fw|fwd|vb|wg|tr|rv)\s{0,3}(?:\[\d{1,3}\])?:/i;
/** Words of somebody who may object. Mail systems have them in the subject that they repeat alone. */
const MAY_OBJECT = /indsigelse|indvend|protest|modsætter|uenig|\bobject(?:ion|ions|ing|s)?\b|\boppose|\bdisagree|widerspr|invänd|innsigelse/i;
const SUBJECT_LINE = /^\s{0,40}(?:subject|subj|emne|betreff|ämne|objet|oggetto|asunto)\s{0,5}:/i;
/** A report begins with its words: below a greeting in another language, or the name of the system. */
const BEGINNING = 300;
/** The lines that OpenSMTPD gives up with. It calls that delayed. */
const ENVELOPE_EXPIRED = /^\s{0,20}(\S{1,320}): envelope expired\b/gim;

/**
 * What a mail says in the customary words of mail systems; `null` for one that does not, or that says both that the message
 * failed and that it is still tried. A daemon is believed where it names a recipient, or uses words that only mail systems
 * use. Another sender is believed only where the mail has the subject of a report too, or begins with such words.
 */
export function wordedReport(mail: ReadMail, sender: ReportSender): WordedReport | null {
  const text = reportTextOf(mail.text);
  const names = recipientsInWords(text).length > 0;
  const isReport = REPORT_SUBJECT.test(mail.subject);
  const isFinal = FINAL_TEXT.test(text.flat);
  if (DELAYED_TEXT.test(text.flat) || DELAYED_SUBJECT.test(mail.subject)) {
    const isWarning = sender === 'daemon' || (names && (isReport || DELAYED_SUBJECT.test(mail.subject)));
    return isFinal || !isWarning ? null : { knownBy: 'a warning in words', action: 'delayed' };
  }
  const failure = FAILURES.find((wording) => wording.text.test(text.flat));
  if (failure === undefined) {
    // A daemon with words of its own, which only its subject explains.
    const isExplained = sender === 'daemon' && isReport && (isFinal || hasSmtpReply(text));
    return isExplained ? { knownBy: 'a failure in words', action: 'failed' } : null;
  }
  const { isOfMachinesOnly } = failure;
  if (sender === 'daemon') return isOfMachinesOnly || names ? failure : null;
  const begins = isOfMachinesOnly && text.flat.search(failure.text) < BEGINNING;
  return (isReport && (isOfMachinesOnly || names)) || (begins && names) ? failure : null;
}

/** Whether a mail with the null sender, or from a postmaster, is a person's: it replies, quotes or objects. */
export function isOfPerson({ subject, text }: ReadMail): boolean {
  if (REPLY_SUBJECT.test(subject)) return true;
  const { lines } = reportTextOf(text);
  const own = lines.filter((line) => !SUBJECT_LINE.test(line)).join('\n');
  return lines.some((line) => /^\s?> ?\S/.test(line)) || MAY_OBJECT.test(own.replaceAll(subject, ''));
}

/** The recipients that a report names in words, or those given, each with its reason and status. */
export function reportsInWords(mail: ReadMail, action: ReportedAction, given?: readonly string[]): RecipientReport[] {
  const text = reportTextOf(mail.text);
  const named = recipientsInWords(text);
  const common = reasonInWords(text);
  const isSingle = (given ?? named).length <= 1;
  const about = (address: string): RecipientReport => {
    const found = named.find((each) => each.address.toLowerCase() === address.toLowerCase());
    const reason = found?.reason ?? common;
    const status = statusIn(reason ?? '') ?? (isSingle ? statusIn(text.flat) : null);
    const original = found?.expandedFrom ?? null;
    const recipients = original === null ? [address] : [original, address];
    return { action, status, diagnostic: reason, recipients, originalRecipient: original, finalRecipient: address };
  };
  const addresses = given ?? named.map(({ address }) => address);
  if (addresses.length > 0) return addresses.map(about);
  return [{ action, status: statusIn(text.flat), diagnostic: common, recipients: [] }];
}

/** The reason that the words of a report give for these recipients; `null` where it has no words. */
export function reasonFor(mail: ReadMail, recipients: readonly string[]): string | null {
  const text = reportTextOf(mail.text);
  const ours = new Set(recipients.map((address) => address.toLowerCase()));
  const named = recipientsInWords(text).find(({ address }) => ours.has(address.toLowerCase()));
  return named?.reason ?? reasonInWords(text);
}

/** The addresses for which OpenSMTPD says that it has given up, in lower case. */
export function expiredEnvelopes({ text }: ReadMail): ReadonlySet<string> {
  if (!/this is the mailer-daemon, please do not reply/i.test(text.slice(0, 1_000))) return new Set();
  return new Set([...text.slice(0, 10_000).matchAll(ENVELOPE_EXPIRED)].map(([, address = '']) => address.toLowerCase()));
}

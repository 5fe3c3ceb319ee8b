import type { RecipientReport, ReportedAction } from '../domain/delivery-report.ts';
import type { ReadMail } from './read-mail.ts';
import { statusIn } from './report-fields.ts';
import type { ReportSender } from './report-sender.ts';
import { reasonInWords, recipientsInWords, reportTextOf, smtpReplyIn, type ReportText } from './report-text.ts';
import {
  ANOTHER_TRY,
  DELAYED_SUBJECT,
  DELAYED_TEXT,
  FAILURES,
  FINAL_TEXT,
  REPORT_SUBJECT,
  SAYS_DELAY,
} from './report-wordings.ts';

/** What a mail says in the words of a mail system. */
export interface WordedReport {
  readonly knownBy: string;
  readonly action: ReportedAction;
}

/** A person's reply, or a report that a person has passed on. */
const REPLY_SUBJECT = /^(?:re|sv|vs|aw|antw|fw|fwd|vb|wg|tr|rv)\s{0,3}(?:\[\d{1,3}\])?:/i;
/** Words of somebody who may object. Mail systems have them in the subject that they repeat alone. */
const MAY_OBJECT =
  /indsigelse|indvend|protest|modsætter|uenig|betænkelig|vi (?:siger nej|ønsker ikke|accepterer ikke|kan ikke acceptere)|\bobject(?:ion|ions|ing|s)?\b|\boppose|\bdisagree|\bwe (?:reject|do not (?:accept|agree|want)|cannot accept)|widerspr|invänd|innsigelse/i;
/** A question, or somebody who speaks of themselves. */
const SPEAKS =
  /\p{L}\?(?:\s|$)|(?<![\p{L}\p{N}])(?:jeg|mig|meg|vi|os|vores|vårt?|jag|oss|ich|mir|mich|wir|uns|unsere?)(?![\p{L}\p{N}])|\b(?:I|we) (?!(?:was|were|am|have|had|could|can|tried|attempted|sent|recommend)\b)\p{L}+/iu;
/** How persons begin and end. qmail greets too, and then says what it is. */
const GREETING =
  /^(?:hej|hejsa|kære|goddag|godmorgen|hei|hallo|sehr geehrte|guten tag|hi|hello|dear|good (?:morning|day))\b(?!.{0,4} this is the )/i;
const SIGN_OFF =
  /^\s{0,10}(?:mvh|vh|(?:med )?(?:venlig|vennlig) hilsen|hilsen|de bedste hilsner|mit freundlichen grüßen|(?:best|kind|warm) regards|regards|sincerely)\b/im;
const SUBJECT_LINE = /^\s{0,40}(?:subject|subj|emne|betreff|ämne|objet|oggetto|asunto)\s{0,5}:/i;
/** A report begins with its words: below a greeting in another language, or the name of the system. */
const BEGINNING = 300;
/** The lines that OpenSMTPD gives up with. It calls that delayed. */
const ENVELOPE_EXPIRED = /^\s{0,20}(\S{1,320}): envelope expired\b/gim;

/**
 * What a mail says in the customary words of mail systems; `null` for one that does not, or that says of a failure that the
 * message is still tried. A daemon is believed where it names a recipient, or uses words that only mail systems
 * use. Another sender is believed only where the mail has the subject of a report too, or begins with such words.
 */
export function wordedReport(mail: ReadMail, sender: ReportSender): WordedReport | null {
  const text = reportTextOf(mail.text);
  const names = recipientsInWords(text).length > 0;
  const isReport = REPORT_SUBJECT.test(mail.subject);
  const trial = trialIn(mail, text);
  if (trial === 'delayed') {
    const isWarning = sender === 'daemon' || (names && (isReport || DELAYED_SUBJECT.test(mail.subject)));
    return isWarning ? { knownBy: 'a warning in words', action: 'delayed' } : null;
  }
  if (trial === 'unclear') return null;
  const failure = FAILURES.find((wording) => wording.text.test(text.flat));
  if (failure === undefined) {
    // A daemon with words of its own, which only its subject explains.
    const isExplained = sender === 'daemon' && isReport && (trial === 'ended' || smtpReplyIn(text) !== null);
    return isExplained ? { knownBy: 'a failure in words', action: 'failed' } : null;
  }
  const { isOfMachinesOnly } = failure;
  if (sender === 'daemon') return isOfMachinesOnly || names ? failure : null;
  const begins = isOfMachinesOnly && text.flat.search(failure.text) < BEGINNING;
  // Persons tell of a failure in the same words, and then speak for themselves.
  const isOfMachine = isOfMachinesOnly || !SPEAKS.test(text.flat);
  return (isReport && isOfMachine && (isOfMachinesOnly || names)) || (begins && names) ? failure : null;
}

/**
 * Whether a mail says that the message is still tried. `unclear` where it speaks of another try and of none, or of a delay in
 * its subject alone.
 */
function trialIn({ subject }: ReadMail, { flat }: ReportText): 'delayed' | 'ended' | 'unclear' | 'unsaid' {
  const isFinal = FINAL_TEXT.test(flat);
  if (DELAYED_TEXT.test(flat) || DELAYED_SUBJECT.test(subject)) return isFinal ? 'unclear' : 'delayed';
  if (isFinal) return 'ended';
  return ANOTHER_TRY.test(flat) || SAYS_DELAY.test(subject) ? 'unclear' : 'unsaid';
}

/** Whether the words of a mail leave no doubt that what it names as failed has failed. */
export function isCertainlyOver(mail: ReadMail): boolean {
  return ['ended', 'unsaid'].includes(trialIn(mail, reportTextOf(mail.text)));
}

/** Whether a mail with the null sender, or from a postmaster, is a person's: it replies, quotes, greets or objects. */
export function isOfPerson({ subject, text }: ReadMail): boolean {
  const { lines, flat } = reportTextOf(text);
  if (REPLY_SUBJECT.test(subject) || GREETING.test(flat)) return true;
  const own = lines.filter((line) => !SUBJECT_LINE.test(line)).join('\n');
  if (/^\s?> ?\S/m.test(own) || SIGN_OFF.test(own)) return true;
  const repeated = subject.slice(subject.indexOf(': ') + 1).trim();
  const oneLine = own.replaceAll(/\s+/g, ' ');
  return MAY_OBJECT.test(repeated === '' ? oneLine : oneLine.replaceAll(repeated, ''));
}

/** The recipients that a report names in words, or those given, each with its reason and status. */
export function reportsInWords(mail: ReadMail, action: ReportedAction, given?: readonly string[]): RecipientReport[] {
  const text = reportTextOf(mail.text);
  const named = recipientsInWords(text);
  const addresses = given ?? named.map(({ address }) => address);
  const reasonFor = reasonsIn(mail, addresses.length);
  const about = (address: string): RecipientReport => {
    const diagnostic = reasonFor([address]);
    const status = statusIn(diagnostic ?? '') ?? (addresses.length === 1 ? statusIn(text.flat) : null);
    const found = named.find((each) => each.address.toLowerCase() === address.toLowerCase());
    const original = found?.expandedFrom ?? null;
    const recipients = original === null ? [address] : [original, address];
    return { action, status, diagnostic, recipients, originalRecipient: original, finalRecipient: address };
  };
  if (addresses.length > 0) return addresses.map(about);
  return [{ action, status: statusIn(text.flat), diagnostic: reasonFor([]), recipients: [] }];
}

/** Finds the reason that the words of a report give for recipients; `null` where it has no words. */
export function reasonsIn(mail: ReadMail, ofRecipients: number): (recipients: readonly string[]) => string | null {
  const text = reportTextOf(mail.text);
  const common = reasonInWords(text);
  const named = new Map(recipientsInWords(text).map((each) => [each.address.toLowerCase(), each]));
  return (recipients) => {
    const found = recipients.map((address) => named.get(address.toLowerCase())).find((each) => each !== undefined);
    // A reply that stands apart may be about another recipient.
    return (ofRecipients > 1 ? found?.reason : null) ?? (found ? reasonInWords(text, found) : common);
  };
}

/** The addresses for which OpenSMTPD says that it has given up, in lower case. */
export function expiredEnvelopes({ text }: ReadMail): ReadonlySet<string> {
  if (!/this is the mailer-daemon, please do not reply/i.test(text.slice(0, 1_000))) return new Set();
  return new Set(
    [...text.slice(0, 10_000).matchAll(ENVELOPE_EXPIRED)].map(([, address = '']) => address.toLowerCase()),
  );
}

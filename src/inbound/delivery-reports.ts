import { REPORTED_ACTIONS, type RecipientReport, type ReportedAction } from '../domain/delivery-report.ts';
import type { ReadMail } from './read-mail.ts';

/** What a mail reports of its recipients, and by what it was recognised as a report. */
export interface FoundReports {
  readonly knownBy: string;
  readonly reports: readonly RecipientReport[];
}

const STATUS = /\b([245]\.\d{1,3}\.\d{1,3})\b/;
/** Only the first lines are searched for the words of machines: a person quotes these words further down. */
const HEAD_LINES = 40;
const HEAD_LENGTH = 10_000;

/** The words of mail systems whose reports are prose. The first that fits counts. */
const PROSE_REPORTS: readonly { knownBy: string; action: ReportedAction; text: RegExp }[] = [
  // Warnings stand first: several also say "could not be delivered", although the mail system still tries.
  {
    knownBy: 'a warning in words',
    action: 'delayed',
    text: /this is a warning message only|\bwarning only\b|do not need to resend your message|delivery (?:is|has been) delayed|levering(?:en)? (?:er|blev) forsinket|transient non-fatal errors|has not yet been delivered|no action is required on your part|delivery attempts will continue|vil fortsat forsøge at levere/i,
  },
  { knownBy: 'qmail', action: 'failed', text: /^hi\. this is the qmail-send program at/im },
  {
    knownBy: 'Exim',
    action: 'failed',
    text: /a message that you sent could not be delivered to one or more of its\s+recipients/i,
  },
  {
    knownBy: 'Postfix',
    action: 'failed',
    text: /this is the mail system at host[\s\S]*could not\s+be delivered to one or more recipients/i,
  },
  { knownBy: 'Sendmail', action: 'failed', text: /the following addresses had permanent fatal errors/i },
  {
    knownBy: 'Exchange',
    action: 'failed',
    text: /delivery (?:has failed|to the following recipients? failed)|did not reach some or all of the intended recipients|(?:levering|meddelelsen?)[^\n]{0,80}(?:mislykkedes|kunne ikke leveres)|der er ikke leveret til følgende modtagere/i,
  },
  {
    knownBy: 'Gmail',
    action: 'failed',
    text: /(?:delivery to the following recipient failed permanently|your message wasn['’]t delivered to|address not found|adressen blev ikke fundet)/i,
  },
  { knownBy: 'Domino', action: 'failed', text: /your message[\s\S]{0,400}was not delivered to:/i },
];

/**
 * Reads what a mail reports about the delivery of a message. Reads the standard form (RFC 3464) where there is one; otherwise
 * the `X-Failed-Recipients` header of Exim and Gmail, or the prose of known mail systems. `null` for a mail that is no report.
 */
export function deliveryReportsIn(mail: ReadMail, hasNullSender: boolean): FoundReports | null {
  const standard = mail.reports
    .filter(({ contentType }) => contentType.endsWith('delivery-status'))
    .flatMap(({ text }) => recipientsIn(text));
  const isReport = /^multipart\/report\b/i.test(mail.headers['content-type'] ?? '');
  const isFromMachine = hasNullSender || isFromDaemon(mail);
  if (standard.length > 0 && (isReport || isFromMachine)) return { knownBy: 'RFC 3464', reports: standard };
  if (!isFromMachine) return null;
  const head = mail.text.slice(0, HEAD_LENGTH).split('\n').slice(0, HEAD_LINES).join('\n');
  const prose = PROSE_REPORTS.find(({ text }) => text.test(head));
  const failed = mail.headers['x-failed-recipients'];
  if (failed !== undefined && prose?.action !== 'delayed') {
    const recipients = failed.split(',').map((address) => address.trim());
    return { knownBy: 'X-Failed-Recipients', reports: [reportFromProse('failed', mail.text, recipients)] };
  }
  if (prose === undefined) return null;
  return { knownBy: prose.knownBy, reports: [reportFromProse(prose.action, mail.text, [])] };
}

/** Whether a mail says that it is from a mail system. Needed because some gateways replace the null sender. */
function isFromDaemon({ from, headers }: ReadMail): boolean {
  return (
    /^(?:mailer-daemon|postmaster|mail-daemon|microsoftexchange[0-9a-f]*)@/i.test(from.email ?? '') ||
    headers['return-path'] === '<>' ||
    headers['x-failed-recipients'] !== undefined
  );
}

/**
 * The recipients of a `message/delivery-status`, one group of fields each. Groups without a known action are left out; the
 * first group, which is about the message itself, has none.
 */
function recipientsIn(text: string): RecipientReport[] {
  return text
    .split(/\n[ \t]*\n/)
    .map(fieldsOf)
    .flatMap((fields) => {
      const action = fields.get('action')?.toLowerCase().split(/\s/)[0];
      const reported = REPORTED_ACTIONS.find((each) => each === action);
      if (reported === undefined) return [];
      const diagnostic = withoutType(fields.get('diagnostic-code'));
      const recipients = ['original-recipient', 'final-recipient'].flatMap((name) => {
        const address = withoutType(fields.get(name))?.replace(/^<(.*)>$/, '$1');
        return address === undefined ? [] : [address];
      });
      const status = STATUS.exec(fields.get('status') ?? '')?.[1] ?? STATUS.exec(diagnostic ?? '')?.[1] ?? null;
      const finalRecipient = fields.has('final-recipient') ? recipients.at(-1) : undefined;
      return [{ action: reported, status, diagnostic: diagnostic ?? null, recipients, finalRecipient }];
    });
}

function fieldsOf(group: string): Map<string, string> {
  const unfolded = group.replaceAll(/\n[ \t]+/g, ' ').split('\n');
  return new Map(
    unfolded.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

/** A field's value without its type: `dpo@kunde.example` of `rfc822; dpo@kunde.example`. */
function withoutType(value: string | undefined): string | undefined {
  return value?.replace(/^[\w-]+\s*;\s*/, '').slice(0, 1_000);
}

function reportFromProse(action: ReportedAction, text: string, recipients: readonly string[]): RecipientReport {
  const status = STATUS.exec(text)?.[1] ?? null;
  const diagnostic = text.split('\n').find((line) => STATUS.test(line) || /\b[45]\d\d[ -]/.test(line));
  return { action, status, diagnostic: diagnostic?.trim().slice(0, 1_000) ?? null, recipients };
}

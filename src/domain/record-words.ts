import type { ReportedAction } from './delivery-report.ts';
import type { MessageKind, SendOutcome } from './message.ts';
import type { ObjectionChannel, ObjectionRefusal, Outcome } from './objection.ts';
import type { Language } from './text.ts';

/** What the record has by codes, in words: for evidence packs, and for the console. */
interface RecordWords {
  /** What a message is called. */
  readonly messages: Readonly<Record<MessageKind, string>>;
  /** What became of an attempt to send one. */
  readonly outcomes: Readonly<Record<SendOutcome, string>>;
  /** How something was said. */
  readonly channels: Readonly<Record<ObjectionChannel, string>>;
  /** Why an attempt to object does not count. */
  readonly rejected: Readonly<Record<ObjectionRefusal, string>>;
  /** How an objection ended. */
  readonly resolved: Readonly<Record<Outcome, string>>;
  /** What was reported of a message. */
  readonly reports: Readonly<Record<ReportedAction, string>>;
}

export const RECORD_WORDS: Readonly<Record<Language, RecordWords>> = {
  da: {
    messages: {
      notice: 'Underretning',
      reminder: 'Påmindelse',
      'approval-reminder': 'Påmindelse om svar',
      'change-activated': 'Meddelelse om ikrafttræden',
      'change-withdrawn': 'Meddelelse om tilbagetrækning',
      'deadline-moved': 'Meddelelse om flyttet frist',
      'late-notice': 'Underretning efter fristen',
      'objection-received': 'Kvittering for indsigelse',
      'objection-rejected': 'Afvisning af indsigelse',
      'objection-resolved': 'Afgørelse af indsigelse',
      'withdrawal-code': 'Kode til at trække en indsigelse tilbage',
      'withdrawal-requested': 'Meddelelse om, at en indsigelse ønskes trukket tilbage',
      'withdrawal-stopped': 'Meddelelse om, at en indsigelse fastholdes',
      'approval-code': 'Kode til at godkende',
      'approval-received': 'Kvittering for godkendelse',
      'approval-ended': 'Meddelelse om, at en godkendelse er ophørt',
      'refusal-received': 'Kvittering for afslag',
    },
    outcomes: {
      accepted: 'modtaget af modtagerens mailserver',
      retry: 'midlertidigt afvist; sendes igen',
      failed: 'afvist endeligt',
      deferred: 'ikke sendt på grund af en fejl hos os; sendes igen',
      unknown: 'afsendt, men svaret fra mailserveren gik tabt',
    },
    channels: { link: 'gennem linket', email: 'pr. mail', letter: 'pr. brev' },
    rejected: {
      'reasons-required': 'den er uden begrundelse',
      'window-closed': 'fristen var udløbet',
      'agreement-ended': 'aftalen var ophørt',
      'change-ended': 'ændringen var afsluttet',
      'no-objection-window': 'ændringen har ingen indsigelsesfrist',
    },
    resolved: {
      withdrawn: 'trukket tilbage af kunden',
      accommodated: 'imødekommet med en løsning, som kunden har bekræftet',
      'agreement-ended': 'bortfaldet, fordi aftalen er ophørt',
      'change-withdrawn': 'bortfaldet, fordi ændringen er trukket tilbage',
      invalid: 'ikke en gyldig indsigelse',
    },
    reports: {
      failed: 'kunne ikke afleveres',
      delayed: 'er forsinket',
      delivered: 'er afleveret',
      relayed: 'er sendt videre',
      expanded: 'er fordelt til flere modtagere',
    },
  },
  en: {
    messages: {
      notice: 'Notice',
      reminder: 'Reminder',
      'approval-reminder': 'Reminder to answer',
      'change-activated': 'Notice that the change is in force',
      'change-withdrawn': 'Notice that the change is withdrawn',
      'deadline-moved': 'Notice of a moved deadline',
      'late-notice': 'Notice after the deadline',
      'objection-received': 'Receipt of an objection',
      'objection-rejected': 'Rejection of an objection',
      'objection-resolved': 'Decision on an objection',
      'withdrawal-code': 'Code to withdraw an objection',
      'withdrawal-requested': 'Notice that somebody asks to withdraw an objection',
      'withdrawal-stopped': 'Notice that an objection is kept',
      'approval-code': 'Code to approve',
      'approval-received': 'Receipt of an approval',
      'approval-ended': 'Notice that an approval has ended',
      'refusal-received': 'Receipt of a refusal',
    },
    outcomes: {
      accepted: 'accepted by the recipient’s mail server',
      retry: 'refused for now; sent again',
      failed: 'refused for good',
      deferred: 'not sent because of a fault of ours; sent again',
      unknown: 'sent, and the mail server’s answer was lost',
    },
    channels: {
      link: 'through the link',
      email: 'by e-mail',
      letter: 'by letter',
    },
    rejected: {
      'reasons-required': 'it has no reasons',
      'window-closed': 'the deadline had passed',
      'agreement-ended': 'the agreement had ended',
      'change-ended': 'the change had ended',
      'no-objection-window': 'the change has no time to object',
    },
    resolved: {
      withdrawn: 'withdrawn by the customer',
      accommodated: 'accommodated by a solution that the customer has confirmed',
      'agreement-ended': 'lapsed, because the agreement has ended',
      'change-withdrawn': 'lapsed, because the change is withdrawn',
      invalid: 'no valid objection',
    },
    reports: {
      failed: 'could not be delivered',
      delayed: 'is delayed',
      delivered: 'was delivered',
      relayed: 'was passed on',
      expanded: 'went to several recipients',
    },
  },
};

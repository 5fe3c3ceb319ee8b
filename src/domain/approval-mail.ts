import type { Approval } from './approval.ts';
import { companiesOf } from './effect.ts';
import { mailAbout, type OfficerMail } from './officer-mail.ts';
import { customerInWords, momentIn, phraseOf, quoted, type ConcernedChange, type Customer } from './officer-words.ts';

/** What a customer answers to a request for its approval. */
interface About extends ConcernedChange {
  readonly customer: Customer;
}

/** The mail about an approval that somebody recorded, and a second person has to confirm (D42). */
export function approvalToConfirmMail(about: About, approval: Approval): OfficerMail {
  const { change, customer } = about;
  return mailAbout(change, {
    kind: 'approval-to-confirm',
    subject: `Godkendelse nr. ${approval.number} fra ${customer.name} skal bekræftes`,
    lines: [
      `${approval.recordedBy} har registreret, at ${customerInWords(customer)} skriftligt har godkendt ${phraseOf(about)}.`,
      '',
      `Godkendelse nr. ${approval.number} blev modtaget ${momentIn(change, approval.receivedAt)} fra ${writerOf(approval)}.`,
      'En anden af jer skal bekræfte, at underskriveren kan godkende på kundens vegne. Først derefter tæller godkendelsen, og kunden får en kvittering.',
      'Er godkendelsen betinget, gælder den kun dele af ændringen, eller er I i tvivl, skal I ikke bekræfte den.',
      '',
      ...quoted('Grundlaget for underskriverens bemyndigelse:', approval.authority ?? ''),
      ...quoted('Kundens tekst:', approval.statement ?? ''),
      `Den bekræftes i API’et: POST /v1/approvals/${approval.id}/confirm`,
    ],
  });
}

/** The mail about a refusal, which stands over every approval of its controller (D41). */
export function refusalMail(about: About, refusal: Approval): OfficerMail {
  const { change, customer } = about;
  return mailAbout(change, {
    kind: 'refusal',
    subject: `Afslag nr. ${refusal.number} fra ${customer.name} om ${companiesOf(change).join(', ')}`,
    lines: [
      `${customerInWords(customer)} har ikke villet godkende ${phraseOf(about)}.`,
      '',
      `Afslag nr. ${refusal.number} blev modtaget ${momentIn(change, refusal.receivedAt)} fra ${writerOf(refusal)}.`,
      'Ændringen kan ikke gennemføres for kunden, før afslaget er trukket skriftligt tilbage og kunden har godkendt.',
      '',
      ...quoted('Kundens tekst:', refusal.statement ?? '(ingen; et afslag kræver ingen begrundelse)'),
      `Afslaget findes i API’et: GET /v1/approvals/${refusal.id}`,
    ],
  });
}

/** The mail that an approval has ended which a contact disowned, or whose change was in force already (D42). */
export function endedApprovalMail(about: About, approval: Approval): OfficerMail {
  const { change, customer } = about;
  const isIncident = approval.status === 'effective';
  return mailAbout(change, {
    kind: 'approval-ended',
    subject: `Godkendelse nr. ${approval.number} fra ${customer.name} er trukket tilbage`,
    lines: [
      `${customerInWords(customer)} har trukket sin godkendelse af ${phraseOf(about)} tilbage${
        approval.ended?.messageId ? ': en kontaktperson skriver, at den ikke var fra dem' : ''
      }.`,
      '',
      isIncident
        ? 'Ændringen gælder allerede for kunden. Intet udgår af registret af sig selv: en af jer skal tage stilling til, hvad der nu skal ske.'
        : 'Godkendelsen tæller ikke længere.',
      '',
      ...quoted('Begrundelse:', approval.ended?.explanation ?? '(ingen)'),
      `Den findes i API’et: GET /v1/approvals/${approval.id}`,
    ],
  });
}

/** The mail that no receipt of an approval arrived, so that it does not take effect (D42). */
export function undeliveredApprovalMail(about: About, approval: Approval): OfficerMail {
  const { change, customer } = about;
  return mailAbout(change, {
    kind: 'approval-undelivered',
    subject: `Kvitteringen for godkendelse nr. ${approval.number} fra ${customer.name} er ikke kommet frem`,
    lines: [
      `${customerInWords(customer)} har godkendt ${phraseOf(about)}, men ingen af kvitteringerne er kommet frem.`,
      '',
      'Godkendelsen får ikke virkning uden en kvittering. Ret kundens kontaktpersoner, og bed kunden om at godkende igen.',
      '',
      `Godkendelsen afsluttes i API’et: POST /v1/approvals/${approval.id}/withdraw`,
    ],
  });
}

const writerOf = ({ from }: Approval) =>
  [from.name ?? from.email ?? 'en ukendt afsender', from.role].filter((part) => part !== null).join(', ');

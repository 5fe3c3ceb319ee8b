import { namesInWords } from './change-words.ts';
import type { Answer } from './answer.ts';
import type { Change } from './change.ts';
import type { DeadlineInEvent } from './event.ts';
import type { MailContent } from './inbound-mail.ts';
import { holdOf } from './hold.ts';
import { dayIn } from './instant.ts';
import { isInTime } from './objection-window.ts';
import type { Objection } from './objection.ts';
import {
  customerInWords,
  customersInWords,
  isInformation,
  many,
  momentIn,
  phraseOf,
  quoted,
  senderOf,
  subjectLine,
  type ConcernedChange,
  type Customer,
  type Customers,
} from './officer-words.ts';
import { announceNoLaterThan } from './upstream.ts';
import { dayInWords, deadlineDateInWords, deadlineInWords, instantInWords } from './wording.ts';

/** How many mails of one kind officers get about one product within an hour; the next digest tells the others. */
export const MAX_OF_A_KIND_PER_HOUR = 20;

/** A mail to the officers of a product: in Danish, plain text, whose last line is about `page`. */
export interface OfficerMail {
  readonly kind:
    | 'objection'
    | 'late-objection'
    | 'approval-to-confirm'
    | 'refusal'
    | 'approval-ended'
    | 'approval-undelivered'
    | 'answer'
    | 'unattributed-mail'
    | 'nomination'
    | 'deadline'
    | 'digest';
  readonly subject: string;
  readonly body: string;
  /** The path of what its reader can open. */
  readonly page: string;
}

/** What a customer does, in a change. */
interface About extends ConcernedChange {
  readonly customer: Customer & { readonly deadline: Temporal.Instant | null };
}

/** The page that a mail to officers links to: a change in the public register, or all that are planned. */
export function pageFor(product: string, changeId: string | null): string {
  return `/register/${product}?lang=da#${changeId === null ? 'planned' : `change-${changeId}`}`;
}

/** The mail about an objection that blocks (D18). */
export function objectionMail(about: About, objection: Objection, now: Temporal.Instant): OfficerMail {
  const { change, customer } = about;
  return mailAbout(change, {
    kind: 'objection',
    subject: `Indsigelse nr. ${objection.number} fra ${customer.name} mod ${namesInWords(change, 'da')}`,
    lines: [
      `${customerInWords(customer)} har gjort indsigelse mod ${phraseOf(about)}.`,
      '',
      `Indsigelse nr. ${objection.number} blev modtaget ${momentIn(change, objection.receivedAt)}.`,
      deadlineOf(about, objection.receivedAt, now),
      'Ændringen kan ikke gennemføres, før indsigelsen er afsluttet.',
      '',
      ...quoted('Kundens begrundelse:', objection.reasons ?? ''),
      `Hele indsigelsen findes i API’et: GET /v1/objections/${objection.id}`,
    ],
  });
}

/** The mail about an objection that came too late, which an officer may accept (D16). */
export function lateObjectionMail(about: About, objection: Objection): OfficerMail {
  const { change, customer } = about;
  const { deadline } = customer;
  const ended = deadline && ` Kundens frist udløb ${deadlineInWords(deadline, change.terms.timeZone, 'da')}.`;
  return mailAbout(change, {
    kind: 'late-objection',
    subject: `For sen indsigelse nr. ${objection.number} fra ${customer.name} mod ${namesInWords(change, 'da')}`,
    lines: [
      `${customerInWords(customer)} har gjort indsigelse mod ${phraseOf(about)}, men efter fristens udløb. Indsigelsen er derfor afvist og hindrer ikke, at ændringen gennemføres.`,
      '',
      `Indsigelse nr. ${objection.number} blev modtaget ${momentIn(change, objection.receivedAt)}.${ended ?? ''}`,
      'I kan godtage den alligevel, så længe ændringen ikke er gennemført eller trukket tilbage.',
      '',
      ...quoted('Kundens begrundelse:', objection.reasons ?? ''),
      `Den godtages i API’et: POST /v1/objections/${objection.id}/accept-late`,
    ],
  });
}

/** The mail about an answer that somebody has to read (D17, D20). */
export function answerMail(about: About, answer: Answer): OfficerMail {
  const { change, customer } = about;
  const consequence = {
    announced: isInformation(change)
      ? 'Det hindrer ikke, at ændringen gennemføres.'
      : 'Indtil det er afgjort, kan ændringen ikke gennemføres.',
    activated: 'Ændringen er allerede gennemført.',
    withdrawn: 'Ændringen er allerede trukket tilbage.',
  }[change.status];
  return mailAbout(change, {
    kind: 'answer',
    subject: `Svar fra ${customer.name} om ${namesInWords(change, 'da')} skal læses`,
    lines: [
      `${customerInWords(customer)} har svaret på en e-mail om ${phraseOf(about)}.`,
      '',
      `Svaret er fra ${senderOf(answer)} og blev modtaget ${momentIn(change, answer.receivedAt)}.`,
      `En af jer skal læse svaret og afgøre, ${questionOf(change)}. ${consequence}`,
      '',
      ...quoted(subjectLine(answer), answer.text),
      `Svaret læses og afgøres i API’et: GET /v1/answers/${answer.id} og POST /v1/answers/${answer.id}/classify`,
    ],
  });
}

/** The mail about a mail of which nobody can tell what it is about (D17). `product` is one that its reader answers for. */
export function unattributedMail(
  product: { readonly id: string; readonly timeZone: string },
  mail: { readonly id: string; readonly receivedAt: Temporal.Instant; readonly content: MailContent },
): OfficerMail {
  const { id, receivedAt, content } = mail;
  return {
    kind: 'unattributed-mail',
    subject: 'Varsel: En e-mail, som ikke kan henføres til en kunde, skal læses',
    body: [
      `${senderOf(content)} har skrevet til os. Det fremgår ikke, hvilken ændring e-mailen handler om, og den hindrer derfor ikke, at en ændring gennemføres.`,
      '',
      `E-mailen blev modtaget ${instantInWords(receivedAt, product.timeZone, 'da')}.`,
      'En af jer skal læse den. Handler den om en ændring, skal den henføres til kunden og ændringen; den gælder så fra det tidspunkt, hvor den blev modtaget. Ellers kan den lægges til side.',
      '',
      ...quoted(subjectLine(content), content.text),
      `E-mailen læses i API’et: GET /v1/mails/${id}`,
      '',
      'De planlagte ændringer i det offentlige register:',
    ].join('\n'),
    page: pageFor(product.id, null),
  };
}

/** What is open as a deadline comes near, with the customers that it is of. */
interface OpenNow {
  readonly deadline: DeadlineInEvent;
  readonly objecting: Customers;
  readonly answering: Customers;
}

/** The mail that the last deadline of a change is near, with what is still open. */
export function deadlineMail(concerned: ConcernedChange, open: OpenNow): OfficerMail {
  const { change } = concerned;
  const at = Temporal.Instant.from(open.deadline.at);
  const { timeZone } = change.terms;
  return mailAbout(change, {
    kind: 'deadline',
    subject: `Fristen for indsigelser mod ${namesInWords(change, 'da')} udløber ${deadlineDateInWords(at, timeZone, 'da')}`,
    lines: [
      `Den sidste frist for at gøre indsigelse mod ${phraseOf(concerned)} udløber ${deadlineInWords(at, timeZone, 'da')}.`,
      ...openInWords(
        concerned,
        open,
        `${many(open.deadline.windowsOpen, 'kunde', 'kunder')} kan stadig gøre indsigelse.`,
      ),
    ],
  });
}

/** The mail that the last time to answer a request for approval is near (D41). */
export function answersMail(concerned: ConcernedChange, open: OpenNow): OfficerMail {
  const { change } = concerned;
  const at = Temporal.Instant.from(open.deadline.at);
  const { timeZone } = change.terms;
  const silent = many(open.deadline.answersAwaited, 'kunde', 'kunder');
  return mailAbout(change, {
    kind: 'deadline',
    subject: `Fristen for at godkende ${namesInWords(change, 'da')} udløber ${deadlineDateInWords(at, timeZone, 'da')}`,
    lines: [
      `Vi har bedt kunderne svare på, om de godkender ${phraseOf(concerned)}. Den sidste frist for at svare udløber ${deadlineInWords(at, timeZone, 'da')}. Svarer en kunde ikke, er det et nej; kunden kan stadig godkende bagefter, så længe ændringen ikke er afsluttet.`,
      ...openInWords(concerned, open, `${silent} har ikke svaret.`),
    ],
  });
}

function openInWords(
  { change }: ConcernedChange,
  { deadline, objecting, answering }: OpenNow,
  first: string,
): readonly string[] {
  return [
    `Ændringen er planlagt til ${dayInWords(change.plannedActivationOn, 'da')}.`,
    '',
    'Status lige nu:',
    `- ${first}`,
    deadline.objectionsPending === 0
      ? '- Ingen indsigelser venter på at blive afsluttet.'
      : `- ${many(deadline.objectionsPending, 'indsigelse', 'indsigelser')} venter på at blive afsluttet, fra ${customersInWords(objecting)}.`,
    deadline.answersUnread === 0
      ? '- Ingen svar venter på at blive læst.'
      : `- ${deadline.answersUnread} svar venter på at blive læst, fra ${customersInWords(answering)}.`,
    '',
    ...upstreamInWords(change, Temporal.Instant.from(deadline.at)),
    `Ændringen med alt, der hindrer den, findes i API’et: GET /v1/changes/${change.id}`,
  ];
}

/** What the processor's own sub-processor has told it, and until when to announce (D45). `lastDeadline` is that of controllers. */
function upstreamInWords(change: Change, lastDeadline: Temporal.Instant): readonly string[] {
  const { upstream, terms } = change;
  if (upstream === null) return [];
  const { noticeReceivedOn, objectBy, effectiveOn, reference } = upstream;
  const latest = announceNoLaterThan(upstream, change, holdOf(change));
  const told = `Underdatabehandleren har selv varslet ændringen${reference === null ? '' : ` (${reference})`}: modtaget ${dayInWords(noticeReceivedOn, 'da')}, gældende fra ${dayInWords(effectiveOn, 'da')}.`;
  if (objectBy === null || latest === null) return [told, ''];
  const lines = [
    told,
    `I kan selv gøre indsigelse til og med ${dayInWords(objectBy, 'da')}. Skal kundernes frister udløbe inden da, skal ændringen varsles senest ${dayInWords(latest, 'da')}.`,
  ];
  const lastDay = dayIn(terms.timeZone, lastDeadline.subtract({ minutes: 1 }));
  const isMissed = Temporal.PlainDate.compare(lastDay, objectBy) > 0;
  return [...lines, ...(isMissed ? ['Den sidste kundefrist udløber først efter den dag.'] : []), ''];
}

/** A mail about a change: under its product's name, with the page of the change in the public register. */
export function mailAbout(
  change: Change,
  { kind, subject, lines }: { kind: OfficerMail['kind']; subject: string; lines: readonly string[] },
): OfficerMail {
  return {
    kind,
    subject: `${change.productName}: ${subject}`,
    body: [...lines, '', 'Ændringen i det offentlige register:'].join('\n'),
    page: pageFor(change.product, change.id),
  };
}

/** What an officer decides of an answer, by what the change needs of customers. */
function questionOf({ regime }: Change): string {
  if (regime.approval)
    return `om det er en godkendelse, et nej${regime.objection ? ', en indsigelse' : ''} eller noget andet`;
  return regime.objection ? 'om det er en indsigelse' : 'hvad kunden vil have svar på';
}

/** What the customer's deadline means for an objection that counts. */
function deadlineOf(
  { change, customer: { deadline } }: About,
  receivedAt: Temporal.Instant,
  now: Temporal.Instant,
): string {
  const { timeZone } = change.terms;
  if (deadline === null) return 'Kunden er endnu ikke underrettet, og dens frist løber derfor ikke endnu.';
  const end = deadlineInWords(deadline, timeZone, 'da');
  if (!isInTime(receivedAt, deadline))
    return `Den kom efter kundens frist, som udløb ${end}, og er godtaget alligevel.`;
  if (!isInTime(now, deadline)) return `Den kom inden kundens frist, som udløb ${end}.`;
  const lastDay = dayIn(timeZone, deadline.subtract({ minutes: 1 }));
  const days = dayIn(timeZone, now).until(lastDay).days;
  return `Kundens frist udløber ${end}${days === 0 ? ', altså i dag' : `, altså om ${many(days, 'dag', 'dage')}`}.`;
}

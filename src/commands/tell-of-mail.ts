import { companiesOf } from '../domain/effect.ts';
import { insertOperatorMail } from '../db/operator-mails.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Change } from '../domain/change.ts';
import { memberReported, type RecipientReport } from '../domain/delivery-report.ts';
import type { MailContent } from '../domain/inbound-mail.ts';
import { isOfForgotten, withoutTags } from '../domain/mail-on-record.ts';
import { reasonOf, type RecordedBounce } from './record-bounce.ts';

/** Queues the mail to the operator about a notice that failed for one member of an alias, and perhaps for no other. */
export async function tellOfMember(
  tx: Transaction,
  {
    recorded: { message, effect },
    report,
    change,
    now,
  }: { recorded: RecordedBounce; report: RecipientReport; change: Change; now: Temporal.Instant },
  apiUrl: string,
): Promise<void> {
  const member = memberReported(message.email, report);
  if (member === null) return;
  const { email, controller } = message;
  const name = companiesOf(change).join(', ');
  const consequence =
    effect === 'reopened'
      ? [
          `Others behind ${email} may have got it. Nothing says so, and no other notice to ${controller} stands. So ${controller}`,
          `counts as not notified, and change ${change.id} (${name}) cannot be activated.`,
          '',
          'If you know that the controller was reached, say so with your evidence. Its window then stands as it stood, with at',
          'least 3 days left:',
          `POST ${apiUrl}/notices/${message.id}/reached {"evidence": "…"}`,
          'Otherwise notify it again:',
          `POST ${apiUrl}/changes/${change.id}/controllers/${controller}/resend`,
        ]
      : [
          `That notice does not stand any more. The window of ${controller} for change ${change.id} (${name}) is as it was before.`,
          'See what is on record of the notice:',
          `${apiUrl}/notices/${message.id}`,
        ];
  await insertOperatorMail(tx, {
    kind: 'notice-failed-for-member',
    subject: `The notice of ${name} to ${email} has failed for ${member}`,
    body: [
      `The notice to ${email} of controller ${controller} was accepted. A report now says that it failed for`,
      `${member}, to which ${email} passes mail on: ${reasonOf(report)}`,
      ...consequence,
    ].join('\n'),
    at: now,
  });
}

/** Of a mail that came by what we gave to a message, which is not on record any more (D32). */
const FORGOTTEN = [
  'It came by a link or an address that we gave to a message which is not on record. Was the database restored to an earlier',
  'point? Whoever wrote has lost nothing: what is attributed counts from when it came.',
];

/** Queues the mail to the operator about a mail that nobody can attribute. */
export async function tellOfUnattributed(
  tx: Transaction,
  { id, sentTo, content, at }: { id: string; sentTo: string; content: MailContent; at: Temporal.Instant },
  apiUrl: string,
): Promise<void> {
  const address = withoutTags(sentTo);
  await insertOperatorMail(tx, {
    kind: 'mail-unattributed',
    subject: `A mail to ${address} names no change: ${content.subject}`,
    body: [
      `${senderOf(content)} has written to ${address}. Nothing in the mail says which change it is about, so it blocks none.`,
      ...(isOfForgotten(sentTo) ? FORGOTTEN : []),
      'If it is about a change, say which one and whose it is; it then counts from when it came. Or dismiss it:',
      `${apiUrl}/mails/${id}`,
      '',
      ...wordsOf(content),
    ].join('\n'),
    at,
  });
}

/** Queues the mail to the operator about an answer; of an incident, with that it came before the activation. */
export async function tellOfAnswer(
  tx: Transaction,
  {
    answer,
    change,
    content,
    isIncident,
    at,
  }: {
    answer: { readonly id: string; readonly controller: string };
    change: Change;
    content: MailContent;
    isIncident: boolean;
    at: Temporal.Instant;
  },
  apiUrl: string,
): Promise<void> {
  const name = companiesOf(change).join(', ');
  await insertOperatorMail(tx, {
    kind: isIncident ? 'answer-before-activation' : 'answer-received',
    subject: isIncident
      ? `Incident: ${answer.controller} had answered the notice of ${name} before it was activated`
      : `${answer.controller} has answered the notice of ${name}`,
    body: [
      `${senderOf(content)} has answered a mail to controller ${answer.controller}`,
      `about ${name} (change ${change.id}).${change.status === 'announced' ? '' : ` The change is ${change.status}.`}`,
      `Say what it is, an objection or not${change.status === 'announced' ? '; until then the change cannot be activated' : ''}:`,
      `${apiUrl}/answers/${answer.id}`,
      '',
      ...wordsOf(content),
    ].join('\n'),
    at,
  });
}

function senderOf({ from }: MailContent): string {
  return [from.name, from.email && `<${from.email}>`].filter(Boolean).join(' ') || 'Somebody';
}

function wordsOf({ subject, text, quoted, attachments }: MailContent): string[] {
  const names = attachments.map(({ filename, contentType }) => filename ?? contentType);
  return [
    ...(subject === '' ? [] : [`Subject: ${subject}`]),
    ...(names.length === 0 ? [] : [`Attachments: ${names.join(', ')}`]),
    '',
    text,
    ...(quoted === '' ? [] : ['', '[The mail that it quotes is left out here; the API has it.]']),
  ];
}

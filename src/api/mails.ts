import { z } from 'zod';
import { attributeMail, callMailAnAnswer, dismissMail } from '../commands/decide-mail.ts';
import { findMail, findRawMail, listMails } from '../db/mails-on-record.ts';
import { TAKEN_AS } from '../domain/inbound-mail.ts';
import { MAIL_DECISIONS, viewOfMail } from '../domain/mail-on-record.ts';
import { notFound } from '../domain/refused.ts';
import { flag } from '../http/flag.ts';
import { command, query } from '../http/operation.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';
import type { ApiDependencies } from './dependencies.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, mailContent, openEnum, prose, uuid } from './fields.ts';
import { rawMail, viewOfRawMail } from './raw-mail.ts';

const example = {
  id: EXAMPLE_ID,
  takenAs: 'unattributed',
  knownBy: 'nothing else',
  changeId: null,
  controller: null,
  messageId: null,
  answerId: null,
  sentTo: 'varsel@telenor.example',
  envelopeFrom: 'dpo@kunde.example',
  from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
  subject: 'Underdatabehandler',
  text: 'Vi gør indsigelse, fordi vi er uenige i overførslen til USA.',
  quoted: '',
  attachments: [],
  receivedAt: '2026-11-25T08:15:00.000Z',
  decisions: [],
  candidates: [
    {
      controller: 'kunde-1001',
      name: 'Kunde A/S',
      changes: [{ id: EXAMPLE_ID, subProcessor: 'Nordlys Hosting ApS', status: 'announced' }],
    },
  ],
};

const mail = z
  .object({
    id: uuid,
    takenAs: openEnum(TAKEN_AS).nullable(),
    knownBy: z.string().nullable(),
    changeId: uuid.nullable(),
    controller: externalId.nullable(),
    messageId: uuid.nullable(),
    answerId: uuid.nullable(),
    sentTo: z.string(),
    envelopeFrom: z.string(),
    ...mailContent,
    receivedAt: instantOut,
    decisions: z.array(
      z.object({
        decision: z.enum(MAIL_DECISIONS),
        explanation: z.string().nullable(),
        changeId: uuid.nullable(),
        controller: externalId.nullable(),
        decidedAt: instantOut,
        decidedBy: z.string(),
      }),
    ),
    candidates: z.array(
      z.object({
        controller: externalId,
        name: z.string(),
        changes: z.array(
          z.object({ id: uuid, subProcessor: z.string(), status: z.enum(['announced', 'activated', 'withdrawn']) }),
        ),
      }),
    ),
  })
  .meta({
    id: 'Mail',
    description:
      'A mail that came in. `takenAs` is null until a program has read it; it then blocks activation. `messageId` is the message that it answers or reports on, `answerId` the answer that it became. `candidates` are the controllers that have its sender as a contact, while it is attributed to nobody.',
    examples: [example],
  });

// Its response is logged where it is an incident, so it has nothing of the mail's words.
const calledAnAnswer = z
  .object({ mailId: uuid, answerId: uuid, changeId: uuid, controller: externalId, isIncident: z.boolean() })
  .meta({
    id: 'MailCalledAnAnswer',
    description:
      'The mail, and the unread answer that it is now. `isIncident`: it came before an activation that it should have blocked.',
    examples: [
      {
        mailId: EXAMPLE_ID,
        answerId: EXAMPLE_ID,
        changeId: EXAMPLE_ID,
        controller: 'kunde-1001',
        isIncident: false,
      },
    ],
  });

const columns = [
  'id',
  'takenAs',
  'knownBy',
  'changeId',
  'controller',
  'messageId',
  'answerId',
  'sentTo',
  'from.name',
  'from.email',
  'subject',
  'text',
  'receivedAt',
  'decisions.decision',
  'decisions.decidedBy',
] as const;
const params = z.object({ id: uuid });
const explanation = prose(5_000);

export const listOfChange = listing({
  operationId: 'listChangeMails',
  summary: 'Every mail about a change, automatic ones and reports among them',
  tag: 'Mails',
  scope: 'mails:read',
  params,
  filters: {
    takenAs: z.enum(['automatic', 'answer', 'report', 'repeated']).optional(),
    controller: externalId.optional(),
  },
  item: mail,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: changeId }, query: { takenAs = null, controller = null }, after, limit }) => {
    await expectNamed(db, { change: changeId });
    const found = await listMails(db, { changeId, controller, takenAs, isAttributed: null, after, limit });
    return placed(found, (each) => each.id, viewOfMail);
  },
  columns,
});

export const list = listing({
  operationId: 'listMails',
  summary: 'Every mail; those that wait to be attributed by an officer with attributed=false',
  tag: 'Mails',
  scope: 'mails:read',
  filters: {
    attributed: flag
      .optional()
      .meta({ description: 'true: about a known change. false: it waits for an officer to say what it is about.' }),
    takenAs: z.enum(TAKEN_AS).optional(),
  },
  item: mail,
  place: uuid,
  refusals: [],
  find: async (db, { query: { attributed: isAttributed = null, takenAs = null }, after, limit }) => {
    const found = await listMails(db, { changeId: null, takenAs, isAttributed, after, limit });
    return placed(found, (each) => each.id, viewOfMail);
  },
  columns,
});

export const get = query({
  operationId: 'getMail',
  summary: 'A mail',
  tag: 'Mails',
  scope: 'mails:read',
  params,
  responses: { 200: mail },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => {
    const found = await findMail(db, wanted);
    if (found === null) throw notFound(`mail ${wanted}`);
    return viewOfMail(found);
  },
});

export const getRaw = query({
  operationId: 'getRawMail',
  summary: 'A mail byte for byte, with its attachments',
  tag: 'Mails',
  scope: 'mails:read',
  params,
  responses: { 200: rawMail },
  refusals: ['not-found', 'mail-erased'],
  read: async (db, { params: { id: wanted } }) => {
    const raw = await findRawMail(db, wanted);
    if (raw === null) throw notFound(`mail ${wanted}`);
    return viewOfRawMail(raw);
  },
});

export const attribute = command({
  operationId: 'attributeMail',
  summary: 'Say what a mail is about (D17): it counts from when it came',
  tag: 'Mails',
  scope: 'mails:decide',
  params,
  body: z
    .strictObject({
      changeId: uuid.optional(),
      controller: externalId.optional(),
      notice: uuid.optional(),
      explanation: explanation.nullable().default(null),
    })
    .refine(
      ({ changeId, controller, notice }) =>
        (notice === undefined) === (changeId !== undefined) && (changeId === undefined) === (controller === undefined),
      'Expected either changeId and controller, or notice',
    )
    .meta({
      id: 'Attribution',
      description:
        'What the mail is about: a controller’s part in a change, or the message that it answers. A program then reads it as any other. What is no report is then an answer, which somebody has to classify, also where it looks automatic.',
      examples: [{ changeId: EXAMPLE_ID, controller: 'kunde-1001' }, { notice: EXAMPLE_ID }],
    }),
  responses: { 200: mail },
  refusals: [
    'not-found',
    'notice-unknown',
    'change-unknown',
    'controller-unknown',
    'controller-not-in-change',
    'received-at-out-of-range',
    'mail-being-read',
    'mail-erased',
    'mail-already-attributed',
  ],
  write: async (tx, { params: { id: wanted }, body: { changeId = '', controller = '', notice, ...said }, by }) => {
    // The schema has made sure of one or the other.
    const subject = notice === undefined ? { changeId, controller } : { notice };
    return { status: 200, body: viewOfMail(await attributeMail(tx, wanted, { subject, ...said }, by)) };
  },
});

export const dismiss = command({
  operationId: 'dismissMail',
  summary: 'Say that a mail which is attributed to nobody is of no concern',
  tag: 'Mails',
  scope: 'mails:decide',
  params,
  body: z.strictObject({ explanation }).meta({ id: 'Dismissal', examples: [{ explanation: 'Reklame.' }] }),
  responses: { 200: mail },
  refusals: ['not-found', 'mail-being-read', 'mail-erased', 'mail-already-attributed', 'mail-already-dismissed'],
  write: async (tx, { params: { id: wanted }, body, by }) => ({
    status: 200,
    body: viewOfMail(await dismissMail(tx, wanted, body.explanation, by)),
  }),
});

export const callAnAnswer = command({
  operationId: 'callMailAnAnswer',
  summary: 'Say that a person wrote a mail which was taken as automatic: it is an unread answer',
  tag: 'Mails',
  scope: 'mails:decide',
  params,
  body: z
    .strictObject({ explanation: explanation.nullable().default(null) })
    .nullish()
    .meta({ id: 'CallAnAnswer', examples: [{}, { explanation: 'Sagssystemet sætter Auto-Submitted på alt.' }] }),
  responses: { 200: calledAnAnswer },
  refusals: ['not-found', 'mail-being-read', 'mail-erased', 'mail-not-automatic'],
  write: async (tx, { params: { id: wanted }, body, by }, { publicUrl }: ApiDependencies) => {
    const explained = body?.explanation ?? null;
    return { status: 200, body: await callMailAnAnswer(tx, wanted, explained, { by, apiUrl: `${publicUrl()}/v1` }) };
  },
  alarm: ({ body }) =>
    (body as z.output<typeof calledAnAnswer>).isIncident ? 'an answer had come before its change was activated' : null,
});

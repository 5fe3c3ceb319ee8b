import { z } from 'zod';
import { classifyAnswer } from '../commands/classify-answer.ts';
import { notFound } from '../domain/refused.ts';
import { findAnswer, findMailOfAnswer, listAnswers } from '../db/answers.ts';
import type { SaidFilter } from '../db/said-list.ts';
import type { Queryable } from '../db/postgres.ts';
import { ANSWER_DECISIONS, ANSWER_STATUSES, viewOfAnswer, type AnswerStatus } from '../domain/answer.ts';
import { viewOfApproval } from '../domain/approval.ts';
import { recordOfObjection } from '../domain/objection.ts';
import { command, query } from '../http/operation.ts';
import { approval } from './approval-schemas.ts';
import { EXAMPLE_ID } from './examples.ts';
import { externalId, instantOut, line, mailContent, productId, prose, uuid } from './fields.ts';
import { objection, reasons } from './objection-schemas.ts';
import { rawMail, viewOfRawMail } from './raw-mail.ts';
import { list as listing, placed } from '../http/list.ts';
import { expectNamed } from '../http/named-in-filter.ts';

const example = {
  id: EXAMPLE_ID,
  changeId: EXAMPLE_ID,
  controller: 'kunde-1001',
  messageId: EXAMPLE_ID,
  from: { name: 'Dorthe Persson', email: 'dpo@kunde.example' },
  subject: 'SV: Ny underdatabehandler til TrueTalk',
  text: 'Vi gør indsigelse, fordi vi er uenige i overførslen til USA.',
  quoted: 'Fra: Telenor A/S …',
  attachments: [],
  receivedAt: '2026-11-25T08:15:00.000Z',
  status: 'unread',
  decision: null,
  earlierDecisions: [],
};

const decisionFields = {
  writtenByPerson: z.boolean(),
  explanation: z.string().nullable(),
  objectionId: uuid.nullable(),
  approvalId: uuid.nullable(),
  decidedAt: instantOut,
  decidedBy: z.string(),
};

const answer = z
  .object({
    id: uuid,
    changeId: uuid,
    controller: externalId,
    messageId: uuid.nullable(),
    ...mailContent,
    receivedAt: instantOut,
    status: z.enum(ANSWER_STATUSES),
    decision: z.object(decisionFields).nullable(),
    earlierDecisions: z.array(z.object({ status: z.enum(ANSWER_DECISIONS), ...decisionFields })),
  })
  .meta({
    id: 'Answer',
    description:
      'What a controller wrote back by mail (D17). `text` is without `quoted`, the part that was recognised as the mail it answers. It blocks activation while it is unread. `decision` is the latest, which counts; `earlierDecisions` are those before it.',
    examples: [example],
  });

const answerWithObjection = z.object({ answer, objection: objection.nullable(), approval: approval.nullable() }).meta({
  id: 'ClassifiedAnswer',
  description:
    'The answer, and the objection that it became: pending, or rejected as any other (D15, D16); or the approval or refusal (D42). Classified anew as something else, what it was: an objection resolved as `invalid`, an approval or a refusal withdrawn.',
  examples: [
    {
      answer: {
        ...example,
        text: 'Tak for beskeden.',
        status: 'not-an-objection',
        decision: {
          writtenByPerson: true,
          explanation: 'De takker for beskeden.',
          objectionId: null,
          approvalId: null,
          decidedAt: '2026-11-25T09:00:00.000Z',
          decidedBy: `Jura (key ${EXAMPLE_ID})`,
        },
      },
      objection: null,
      approval: null,
    },
  ],
});

const params = z.object({ id: uuid });

const filters = {
  status: z.enum(ANSWER_STATUSES).optional(),
  controller: externalId.optional(),
  sort: z.enum(['received', '-received']).default('received').meta({ description: '-received: the latest first.' }),
};
const columns = [
  'id',
  'changeId',
  'controller',
  'from.name',
  'from.email',
  'subject',
  'text',
  'attachments.filename',
  'receivedAt',
  'status',
  'decision.writtenByPerson',
  'decision.explanation',
  'decision.objectionId',
  'decision.approvalId',
  'decision.decidedAt',
  'decision.decidedBy',
] as const;

async function find(
  db: Queryable,
  filter: SaidFilter<AnswerStatus> & { readonly sort: 'received' | '-received' },
  part: { readonly after: string | null; readonly limit: number },
) {
  const { sort } = filter;
  return placed(await listAnswers(db, filter, { ...part, sort }), ({ id }) => id, viewOfAnswer);
}

// Not for readers: an answer quotes the notice with its link, and whoever has the link can object for the controller.
export const list = listing({
  operationId: 'listAnswers',
  summary: 'What controllers have written back about any change',
  tag: 'Answers',
  scope: 'answers:read',
  filters: { ...filters, product: productId.optional(), change: uuid.optional() },
  item: answer,
  place: uuid,
  refusals: [],
  find: (db, { query: filter, ...part }) => find(db, filter, part),
  columns,
});

export const listOfChange = listing({
  operationId: 'listChangeAnswers',
  summary: 'What controllers have written back about a change',
  tag: 'Answers',
  scope: 'answers:read',
  params,
  filters,
  item: answer,
  place: uuid,
  refusals: ['not-found'],
  find: async (db, { params: { id: change }, query: filter, ...part }) => {
    await expectNamed(db, { change });
    return find(db, { ...filter, change }, part);
  },
  columns,
});

export const get = query({
  operationId: 'getAnswer',
  summary: 'An answer',
  tag: 'Answers',
  scope: 'answers:read',
  params,
  responses: { 200: answer },
  refusals: ['not-found'],
  read: async (db, { params: { id: wanted } }) => {
    const found = await findAnswer(db, wanted);
    if (found === null) throw notFound(`answer ${wanted}`);
    return viewOfAnswer(found);
  },
});

export const getMail = query({
  operationId: 'getMailOfAnswer',
  summary: 'The mail that an answer came in, byte for byte, with its attachments',
  tag: 'Answers',
  scope: 'answers:read',
  params,
  responses: { 200: rawMail },
  refusals: ['not-found', 'mail-erased'],
  read: async (db, { params: { id: wanted } }) => {
    const raw = await findMailOfAnswer(db, wanted);
    if (raw === null) throw notFound(`answer ${wanted}`);
    return viewOfRawMail(raw);
  },
});

export const classify = command({
  operationId: 'classifyAnswer',
  summary:
    'Say what an answer is: an objection, an approval, a refusal, or none of these; until its change has ended also anew, with an explanation',
  tag: 'Answers',
  scope: 'answers:classify',
  params,
  body: z
    .strictObject({
      decision: z.enum(ANSWER_DECISIONS),
      insteadOf: z.enum(ANSWER_DECISIONS).nullable().default(null).meta({
        description:
          'To classify anew: what it is classified as now. Left out, only an unread answer is classified, so that nobody undoes what they have not seen.',
      }),
      writtenByPerson: z.boolean().default(false).meta({
        description:
          'Whether a person wrote it: that proves that the controller was notified, and no bounce undoes it (D30). An objection always is.',
      }),
      explanation: prose(5_000).nullable().default(null),
      reasons: reasons.nullable().default(null).meta({
        description: 'What an attachment states, where the text of the mail does not. Left out, the text counts.',
      }),
      authority: prose(5_000).nullable().default(null).meta({
        description:
          'Of an approval: on what it rests that its writer may approve for the controller. A second person confirms it (D42).',
      }),
      from: z
        .strictObject({ name: line(200).nullable().default(null), role: line(200).nullable().default(null) })
        .default({ name: null, role: null })
        .meta({ description: 'Who approves or refuses, and as what, where the sender of the mail does not say it.' }),
    })
    .meta({
      id: 'Classification',
      examples: [
        { decision: 'objection' },
        { decision: 'not-an-objection', writtenByPerson: true, explanation: 'De takker for beskeden.' },
        { decision: 'approval', authority: 'Direktør efter CVR.', from: { role: 'Direktør' } },
      ],
      description:
        '`approval` and `refusal` are of a change that asks for approval (D41); where it asks for nothing else, an objection is a refusal. A conditional yes, and one to a part of the change, is no approval: `not-an-objection`.',
    }),
  responses: { 200: answerWithObjection },
  refusals: [
    'not-found',
    'answer-already-classified',
    'change-ended',
    'explanation-required',
    'second-person-needed',
    'no-objection-window',
    'received-at-out-of-range',
    'approval-not-asked',
    'agreement-ended',
    'already-in-force',
    'approval-stands',
    'refusal-stands',
    'authority-required',
  ],
  write: async (tx, { params: { id: wanted }, body, by }) => {
    const classified = await classifyAnswer(tx, wanted, body, by);
    return {
      status: 200,
      body: {
        answer: viewOfAnswer(classified.answer),
        objection: classified.objection && recordOfObjection(classified.objection),
        approval: classified.approval && viewOfApproval(classified.approval),
      },
    };
  },
});

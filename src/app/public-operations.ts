import { z } from 'zod';
import { EXAMPLE_HASH } from '../api/examples.ts';
import { dayOut, instantOut, productId, text, uuid } from '../api/fields.ts';
import { objectionOfController as objection } from '../api/objection-schemas.ts';
import { entry } from '../api/register.ts';
import { changeElement, regime } from '../api/change-schemas.ts';
import { approval } from '../api/approval-schemas.ts';
import { answerFields, codeFields, nominationFields } from '../customer/answer-fields.ts';
import { objectionFields, withdrawalFields } from '../customer/form-fields.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, SCOPES } from '../domain/change.ts';
import { LANGUAGES } from '../domain/text.ts';
import type { DocumentedOperation } from '../http/documentation.ts';
import type { ProblemCode } from '../http/problems.ts';

const UNSERVED: readonly ProblemCode[] = ['internal-error', 'overloaded', 'not-ready'];
const token = z
  .string()
  .max(500)
  .meta({ description: 'Of the link in a notice.', examples: ['kJ3…'] });
const lang = z.enum(LANGUAGES).optional().meta({ description: 'Of a page; the reader’s own unless given.' });
const page = z.string().meta({ description: 'A page for people.' });
const PAGE = { 'text/html': page };

const ofLink = {
  tag: 'Customers',
  params: z.object({ token }),
  query: z.object({ lang }),
  refusals: ['not-found', 'too-many-requests', ...UNSERVED],
} as const;
const ofObjection = { ...ofLink, params: z.object({ token, objectionId: uuid }) };
const sent = ['invalid-request', 'body-too-large', 'unsupported-media-type'] as const;

const exampleCode = { codeSentTo: 'dpo@kunde.example', expiresAt: '2026-11-25T08:30:00.000Z' };
const codeSent = z.object({ codeSentTo: z.string(), expiresAt: instantOut }).meta({
  id: 'MailedCode',
  examples: [exampleCode],
});
const askedForApproval = z.object({ changeId: uuid, contentHash: z.string().nullable(), statement: z.string() }).meta({
  id: 'RequestForApproval',
  description: 'What a controller is asked to approve, in full, and its version.',
  examples: [
    {
      changeId: '01980000-0000-7000-8000-000000000001',
      contentHash: EXAMPLE_HASH,
      statement: 'Kunde A/S godkender som dataansvarlig, at …',
    },
  ],
});
const onRecord = z.object({ onRecord: z.literal(true) }).meta({ id: 'OnRecord', examples: [{ onRecord: true }] });
const ofAnswer = { ...ofLink, params: z.object({ token, approvalId: uuid }) };
const ANSWER_REFUSALS = [
  'change-ended',
  'approval-not-asked',
  'agreement-ended',
  'already-in-force',
  'approval-of-another-version',
  'approval-stands',
  'refusal-stands',
  'may-not-approve',
  'code-wrong',
  'code-limit',
] as const;
const keptForOfficers = z.object({ onRecord: z.boolean() }).meta({
  id: 'KeptForOfficers',
  description: 'Of a link whose message is lost from the record (D32): officers see what was sent.',
  examples: [{ onRecord: true }],
});

const describedPublicly = entry.omit({
  contactPerson: true,
  id: true,
  activeFrom: true,
  activeUntil: true,
  factsFrom: true,
  changeId: true,
  forSome: true,
});
const publicChange = z
  .object({
    id: uuid,
    kind: z.enum(CHANGE_KINDS),
    status: z.enum(CHANGE_STATUSES),
    regime,
    scope: z.enum(SCOPES),
    effects: z.array(
      z.object({
        act: z.enum(['enters', 'replaces', 'amends', 'leaves']),
        entry: uuid.nullable(),
        name: z.string(),
        subProcessor: describedPublicly.nullable(),
        elements: z.array(changeElement),
      }),
    ),
    reason: text,
    plannedActivationOn: dayOut,
    announcedAt: instantOut,
    forSomeSince: instantOut.nullable(),
    activatedAt: instantOut.nullable(),
    withdrawnAt: instantOut.nullable(),
  })
  .meta({
    id: 'PublicChange',
    description:
      '`effects` are what it does to each company, which is `subProcessor` as it shall be; null of one that leaves. `forSomeSince`: since when it is in force for some customers (D43).',
  });
const publicRegister = z
  .object({
    product: productId,
    productName: z.string(),
    processor: z.object({ name: z.string(), registrationNumber: z.string(), address: z.string() }),
    asOf: dayOut,
    entries: z.array(entry.omit({ contactPerson: true })),
    plannedChanges: z.array(publicChange),
    pastChanges: z.array(publicChange),
  })
  .meta({
    id: 'PublicRegister',
    examples: [
      {
        product: 'truetalk',
        productName: 'TrueTalk',
        processor: {
          name: 'Telenor A/S',
          registrationNumber: '19433692',
          address: 'Frederikskaj 8, 2450 København SV',
        },
        asOf: '2026-11-23',
        entries: [],
        plannedChanges: [],
        pastChanges: [],
      },
    ],
  });

const ofRegister = {
  tag: 'Public register',
  params: z.object({ product: productId }),
  query: z.object({
    lang,
    asOf: z.iso.date().optional().meta({ description: 'A day that is not to come; today unless given.' }),
  }),
  refusals: ['invalid-request', 'not-found', 'internal-error', 'overloaded'],
} as const;
const csv = { 'text/csv': z.string() };
const atom = { 'application/atom+xml': z.string() };

/** The operations that take no key, as the OpenAPI document shows them, by method and address. Their routes validate by themselves. */
export const PUBLIC_OPERATIONS: Readonly<Record<string, DocumentedOperation>> = {
  'GET /objections/:token': {
    ...ofLink,
    operationId: 'showNotice',
    summary: 'The page behind the link in a notice',
    responses: { 200: PAGE },
  },
  'POST /objections/:token': {
    ...ofLink,
    operationId: 'objectThroughLink',
    summary: 'Object, through the link in a notice (D14, D15)',
    body: objectionFields.meta({
      id: 'ObjectionThroughLink',
      examples: [{ reasons: 'Vi er uenige i overførslen til USA.', name: 'Dorthe Persson' }],
    }),
    responses: { 201: objection, 202: keptForOfficers, 422: keptForOfficers },
    refusals: [
      ...ofLink.refusals,
      ...sent,
      'reasons-required',
      'window-closed',
      'agreement-ended',
      'change-ended',
      'no-objection-window',
    ],
  },
  'GET /objections/:token/:objectionId': {
    ...ofObjection,
    operationId: 'showReceipt',
    summary: 'The receipt of an objection, with its present status',
    responses: { 200: PAGE },
  },
  'GET /objections/:token/:objectionId/withdraw': {
    ...ofObjection,
    operationId: 'askWhetherToWithdraw',
    summary: 'The page that withdraws an objection',
    responses: { 200: PAGE, 409: PAGE },
  },
  'POST /objections/:token/:objectionId/withdraw': {
    ...ofObjection,
    operationId: 'withdrawObjection',
    summary: 'Have a code mailed; with the code, withdraw an objection (D31)',
    body: withdrawalFields
      .nullish()
      .meta({ id: 'WithdrawalThroughLink', examples: [{}, { code: '123456', explanation: 'Afklaret i telefonen' }] }),
    responses: { 202: z.union([codeSent, objection]).meta({ examples: [exampleCode] }) },
    refusals: [
      ...ofObjection.refusals,
      ...sent,
      'code-wrong',
      'code-limit',
      'withdrawal-already-requested',
      'objection-not-pending',
      'objection-already-resolved',
    ],
  },
  'GET /objections/:token/:objectionId/keep': {
    ...ofObjection,
    operationId: 'askWhetherToKeep',
    summary: 'The page that stops a withdrawal',
    responses: { 200: PAGE, 409: PAGE },
  },
  'POST /objections/:token/:objectionId/keep': {
    ...ofObjection,
    operationId: 'keepObjection',
    summary: 'Stop a withdrawal that waits: “that was not us” (D31)',
    responses: { 200: objection },
    refusals: [...ofObjection.refusals, ...sent, 'no-withdrawal-waiting'],
  },
  'GET /objections/:token/answer': {
    ...ofLink,
    operationId: 'showRequestForApproval',
    summary: 'What a controller is asked to approve: a page, or JSON for who accepts that',
    responses: { 200: { 'application/json': askedForApproval, ...PAGE } },
  },
  'POST /objections/:token/answer': {
    ...ofLink,
    operationId: 'answerThroughLink',
    summary: 'Refuse, or have a code mailed; with the code, approve (D42)',
    body: answerFields.meta({
      id: 'AnswerThroughLink',
      examples: [
        { decision: 'approval', contentHash: EXAMPLE_HASH, name: 'Dorthe Persson', role: 'Direktør' },
        { code: '12345678' },
        { decision: 'refusal', comment: 'Ikke i Indien' },
      ],
    }),
    responses: { 201: approval, 202: codeSent },
    refusals: [...ofLink.refusals, ...sent, ...ANSWER_REFUSALS],
  },
  'GET /objections/:token/answer/:approvalId': {
    ...ofAnswer,
    operationId: 'showApprovalReceipt',
    summary: 'The receipt of an approval or a refusal, as it stands',
    responses: { 200: PAGE },
  },
  'GET /objections/:token/answer/:approvalId/stop': {
    ...ofAnswer,
    operationId: 'askWhetherToStopApproval',
    summary: 'The page that stops an approval',
    responses: { 200: PAGE, 409: PAGE },
  },
  'POST /objections/:token/answer/:approvalId/stop': {
    ...ofAnswer,
    operationId: 'stopApproval',
    summary: 'Stop an approval: “that was not us” (D42)',
    responses: { 200: approval },
    refusals: [...ofAnswer.refusals, ...sent, 'approval-already-ended', 'change-ended'],
  },
  'GET /objections/:token/answer/:approvalId/withdraw': {
    ...ofAnswer,
    operationId: 'askWhetherToWithdrawRefusal',
    summary: 'The page that withdraws a refusal',
    responses: { 200: PAGE, 409: PAGE },
  },
  'POST /objections/:token/answer/:approvalId/withdraw': {
    ...ofAnswer,
    operationId: 'withdrawRefusal',
    summary: 'Have a code mailed; with the code, withdraw a refusal (D42)',
    body: codeFields.nullish().meta({ id: 'TypedCode', examples: [{}, { code: '12345678' }] }),
    responses: { 200: approval, 202: codeSent },
    refusals: [...ofAnswer.refusals, ...sent, 'code-wrong', 'code-limit', 'change-ended'],
  },
  'GET /objections/:token/nominate': {
    ...ofLink,
    operationId: 'askWhoMayApprove',
    summary: 'The page on which a contact names who may approve',
    responses: { 200: PAGE },
  },
  'POST /objections/:token/nominate': {
    ...ofLink,
    operationId: 'nominateThroughLink',
    summary: 'Name who may approve for a controller; an officer confirms it (D42)',
    body: nominationFields.meta({
      id: 'NominationThroughLink',
      examples: [{ name: 'Anna Holm', role: 'Direktør', email: 'direktion@kunde.example' }],
    }),
    responses: { 202: onRecord },
    refusals: [...ofLink.refusals, ...sent, 'nomination-limit'],
  },
  'GET /register/:product': {
    ...ofRegister,
    operationId: 'showPublicRegister',
    summary: 'The register of a product, and its changes: a page, or JSON for who accepts that',
    responses: { 200: { 'application/json': publicRegister, ...PAGE } },
  },
  'GET /register/:product.json': {
    ...ofRegister,
    operationId: 'getPublicRegister',
    summary: 'The register of a product, and its changes, as JSON',
    responses: { 200: publicRegister },
  },
  'GET /register/:product.csv': {
    ...ofRegister,
    operationId: 'getPublicRegisterAsCsv',
    summary: 'The register of a product as CSV, as the Excel of its language splits it',
    responses: { 200: csv },
  },
  'GET /register/:product.atom': {
    ...ofRegister,
    operationId: 'getPublicRegisterAsAtom',
    summary: 'The changes of a register as an Atom feed',
    responses: { 200: atom },
  },
  'GET /healthz': {
    tag: 'Service',
    operationId: 'checkHealth',
    summary: 'Whether the process is alive',
    responses: { 200: z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] }) },
    refusals: [],
  },
  'GET /readyz': {
    tag: 'Service',
    operationId: 'checkReadiness',
    summary: 'Whether the process can do its work, and why not',
    responses: {
      200: z
        .object({ status: z.literal('ready'), sending: z.enum(['sending', 'paused', 'probing']).optional() })
        .meta({ examples: [{ status: 'ready', sending: 'sending' }] }),
    },
    refusals: ['not-ready'],
  },
};
